/** Fetches parts of attachments: each from one link at a time, from the next when that one has it not or is silent. */
import type { Ms } from '../base/units.ts';
import type { LinkId } from '../protocol/ids.ts';
import type { PartName } from './events.ts';
import type { Link } from './link.ts';
import type { Outbox } from './outbox.ts';
import { SNUBBED_MS } from './settings.ts';

interface WantedPart { readonly part: PartName; of: { readonly link: LinkId; readonly at: Ms } | undefined; readonly refusedBy: Set<LinkId> }

/** Parts asked of one link at once: 128 KiB on the wire at most. */
const MAX_PARTS_A_LINK = 8;

/** All parts that are wanted and not here. */
export class Parts {
	readonly #wanted = new Map<string, WantedPart>();
	readonly #links: ReadonlyMap<LinkId, Link>;
	readonly #out: Outbox;

	constructor(links: ReadonlyMap<LinkId, Link>, out: Outbox) {
		this.#links = links;
		this.#out = out;
	}

	want(part: PartName, now: Ms): void {
		if (this.#wanted.has(keyOf(part))) return;
		this.#wanted.set(keyOf(part), { part, of: undefined, refusedBy: new Set() });
		this.fill(now);
	}

	/** Asks for all that nobody is asked for. */
	fill(now: Ms): void {
		for (const wanted of this.#wanted.values()) if (!wanted.of) this.#ask(wanted, now);
	}

	/** Whether this part was asked of this link. Otherwise the answer is not looked at. */
	expects(part: PartName, link: LinkId): boolean {
		return this.#wanted.get(keyOf(part))?.of?.link === link;
	}

	/** It is here and good. */
	settle(part: PartName): void { this.#wanted.delete(keyOf(part)); }

	/** The link has it not, or sent something else. */
	refused(part: PartName, link: LinkId, now: Ms): void {
		const wanted = this.#wanted.get(keyOf(part));
		if (wanted?.of?.link !== link) return;
		wanted.of = undefined;
		wanted.refusedBy.add(link);
		this.#ask(wanted, now);
	}

	/** A link may have what it had not: a newer descriptor came. */
	forgetRefusals(now: Ms): void {
		for (const wanted of this.#wanted.values()) wanted.refusedBy.clear();
		this.fill(now);
	}

	closed(link: LinkId, now: Ms): void {
		for (const wanted of this.#wanted.values()) {
			wanted.refusedBy.delete(link);
			if (wanted.of?.link === link) wanted.of = undefined;
		}
		this.fill(now);
	}

	/** Asks elsewhere for what is long overdue; those who had it not are asked again. */
	tick(now: Ms): void {
		for (const wanted of this.#wanted.values()) {
			if (wanted.of && now - wanted.of.at > SNUBBED_MS) {
				wanted.refusedBy.add(wanted.of.link);
				wanted.of = undefined;
			} else if (!wanted.of && wanted.refusedBy.size >= this.#links.size) wanted.refusedBy.clear();
		}
		this.fill(now);
	}

	#ask(wanted: WantedPart, now: Ms): void {
		let best: { link: Link; load: number } | undefined;
		for (const link of this.#links.values()) {
			const load = this.#load(link.id);
			if (wanted.refusedBy.has(link.id) || load >= MAX_PARTS_A_LINK) continue;
			const prefer = load - (link.holdings.completeRevision > 0 ? 0.5 : 0);
			if (!best || prefer < best.load) best = { link, load: prefer };
		}
		if (!best) return;
		wanted.of = { link: best.link.id, at: now };
		this.#out.send(best.link.id, { type: 'want-attachment', ...wanted.part });
	}

	#load(link: LinkId): number {
		let load = 0;
		for (const wanted of this.#wanted.values()) if (wanted.of?.link === link) load += 1;
		return load;
	}
}

function keyOf(part: PartName): string {
	return `${part.attachment}/${part.of}/${part.part}`;
}
