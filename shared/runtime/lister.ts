/**
 * The statements about its catalogue that one tracker is to keep for us: each share's latest, said until it is kept. A
 * tracker lists what it has a descriptor of, so a statement that came before that is said again after it.
 */
import type { Bytes } from '../base/bytes.ts';
import { SECOND, type Ms } from '../base/units.ts';
import type { ShareId } from '../protocol/ids.ts';
import type { Listing } from '../protocol/listing.ts';
import type { Refusal } from '../protocol/tracker-message.ts';
import type { Clock } from '../ports/clock.ts';

/** What a tracker had no time or room for is said again after this long. */
const AGAIN_MS: Ms = 5 * SECOND;

/** What a lister needs. `say`: to the tracker, if the line is up. */
export interface ListerInit { readonly clock: Clock; readonly say: (share: ShareId, statement: Bytes) => void }

/** What is said at one tracker. */
export class Lister {
	readonly #init: ListerInit;
	readonly #latest = new Map<ShareId, { readonly listing: Listing; isKept: boolean }>();
	/** What ends the wait of those that are said again. */
	readonly #waits = new Map<ShareId, () => void>();

	constructor(init: ListerInit) { this.#init = init; }

	/** Takes the place of an older one. */
	list(listing: Listing): void {
		const before = this.#latest.get(listing.share);
		if (before && before.listing.number > listing.number) return;
		this.#latest.set(listing.share, { listing, isKept: false });
		this.#init.say(listing.share, listing.bytes);
	}

	/** The line is new: the tracker may have forgotten, or was never told. */
	sayAll(): void {
		for (const [share, latest] of this.#latest) {
			latest.isKept = false;
			this.#init.say(share, latest.listing.bytes);
		}
	}

	/** The tracker has a descriptor of the share. */
	published(share: ShareId): void { this.#sayAgain(share); }

	/** The tracker keeps a statement. One that took the share off the list is the last there is to say. */
	heard(share: ShareId, number: number): void {
		const latest = this.#latest.get(share);
		if (latest?.listing.number !== number) return;
		latest.isKept = true;
		if (!latest.listing.listed) this.#latest.delete(share);
	}

	/** The tracker did not keep it: it is said again where that helps. */
	refused(share: ShareId, code: Refusal): void {
		if (code === 'unknown-share') return; // until its descriptor is there
		if (code !== 'too-fast' && code !== 'unavailable') return void this.#latest.delete(share);
		this.#waits.get(share)?.();
		this.#waits.set(share, this.#init.clock.after(AGAIN_MS, () => this.#sayAgain(share)));
	}

	/** Nothing is said again. */
	close(): void { for (const cancel of this.#waits.values()) cancel(); }

	#sayAgain(share: ShareId): void {
		this.#waits.get(share)?.();
		this.#waits.delete(share);
		const latest = this.#latest.get(share);
		if (latest && !latest.isKept) this.#init.say(share, latest.listing.bytes);
	}
}
