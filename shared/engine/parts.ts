/**
 * Fetches parts of attachments: each from one link, soon from a second when that one is slow, from the next when it has
 * it not.
 */
import type { Ms } from '../base/units.ts';
import type { LinkId } from '../protocol/ids.ts';
import type { PartName } from './events.ts';
import type { Link } from './link.ts';
import type { Outbox } from './outbox.ts';
import { REFUSED_MS, SNUBBED_MS } from './settings.ts';

interface WantedPart {
	readonly part: PartName;
	/** Who was asked, and when. An answer of any of them will do. */
	readonly askedOf: Map<LinkId, Ms>;
	readonly refusedBy: Set<LinkId>;
	/** When those who refused are asked again. */
	againAt: Ms;
}

/** Parts asked of one link at once: 128 KiB on the wire at most. */
const MAX_PARTS_A_LINK = 8;

/**
 * A part that has not come after this long is asked of a second link too: parts are small, and a first frame waits for
 * them.
 */
const LATE_PART_MS: Ms = 1000;

/** All parts that are wanted and not here. */
export class Parts {
	readonly #wanted = new Map<string, WantedPart>();
	readonly #links: ReadonlyMap<LinkId, Link>;
	readonly #out: Outbox;

	constructor(links: ReadonlyMap<LinkId, Link>, out: Outbox) {
		this.#links = links;
		this.#out = out;
	}

	/** Parts that are wanted and not here. */
	get size(): number { return this.#wanted.size; }

	want(part: PartName, now: Ms): void {
		if (this.#wanted.has(keyOf(part))) return;
		this.#wanted.set(keyOf(part), { part, askedOf: new Map(), refusedBy: new Set(), againAt: Infinity });
		this.fill(now);
	}

	/** Asks for all that nobody is asked for. */
	fill(now: Ms): void {
		for (const wanted of this.#wanted.values()) if (wanted.askedOf.size === 0) this.#ask(wanted, now);
	}

	/** Whether this part was asked of this link. Otherwise the answer is not looked at. */
	expects(part: PartName, link: LinkId): boolean {
		return this.#wanted.get(keyOf(part))?.askedOf.has(link) ?? false;
	}

	/** It is here and good. */
	settle(part: PartName): void { this.#wanted.delete(keyOf(part)); }

	/** The link has it not, or sent something else. */
	refused(part: PartName, link: LinkId, now: Ms): void {
		const wanted = this.#wanted.get(keyOf(part));
		if (!wanted?.askedOf.delete(link)) return;
		wanted.refusedBy.add(link);
		if (wanted.askedOf.size === 0) this.#ask(wanted, now);
	}

	/** A link may have what it had not: a newer descriptor came. */
	forgetRefusals(now: Ms): void {
		for (const wanted of this.#wanted.values()) wanted.refusedBy.clear();
		this.fill(now);
	}

	closed(link: LinkId, now: Ms): void {
		for (const wanted of this.#wanted.values()) {
			wanted.refusedBy.delete(link);
			wanted.askedOf.delete(link);
		}
		this.fill(now);
	}

	/** Asks elsewhere for what is late; those who had it not are asked again after a while. */
	tick(now: Ms): void {
		for (const wanted of this.#wanted.values()) {
			if (wanted.againAt <= now) {
				wanted.refusedBy.clear();
				wanted.againAt = Infinity;
			}
			for (const [link, at] of [...wanted.askedOf]) {
				if (now - at > SNUBBED_MS) this.refused(wanted.part, link, now);
				else if (now - at > LATE_PART_MS && wanted.askedOf.size === 1) this.#ask(wanted, now);
			}
		}
		this.fill(now);
	}

	#ask(wanted: WantedPart, now: Ms): void {
		let best: { link: Link; load: number } | undefined;
		for (const link of this.#links.values()) {
			const load = this.#load(link.id);
			if (wanted.refusedBy.has(link.id) || wanted.askedOf.has(link.id) || load >= MAX_PARTS_A_LINK) continue;
			const prefer = load - (link.holdings.completeRevision > 0 ? 0.5 : 0);
			if (!best || prefer < best.load) best = { link, load: prefer };
		}
		if (!best) {
			if (wanted.askedOf.size === 0) wanted.againAt = Math.min(wanted.againAt, now + REFUSED_MS);
			return;
		}
		wanted.askedOf.set(best.link.id, now);
		this.#out.send(best.link.id, { type: 'want-attachment', ...wanted.part });
	}

	#load(link: LinkId): number {
		let load = 0;
		for (const wanted of this.#wanted.values()) if (wanted.askedOf.has(link)) load += 1;
		return load;
	}
}

function keyOf(part: PartName): string {
	return `${part.attachment}/${part.of}/${part.part}`;
}
