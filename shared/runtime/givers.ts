/** Who gave which group, for a person to see: a byte for each group, whoever gave of it last. */
import type { BitSet } from '../base/bit-set.ts';
import type { PeerId } from '../protocol/ids.ts';

/** A byte tells this many apart; groups of whoever comes after them count as nobody's. */
const MAX_GIVERS = 255;

/** Held groups `from` to `to` - 1. `by`: undefined when they were here before, or nobody knows. */
export interface Run { readonly from: number; readonly to: number; readonly by: PeerId | undefined }

/** The givers of one share's groups. */
export class Givers {
	readonly #of: Uint8Array;
	/** Those who gave, in the order they first did; group g is of number `#of[g]` - 1. */
	readonly #peers: PeerId[] = [];

	constructor(groups: number) { this.#of = new Uint8Array(groups); }

	/** Something of the group came from that peer. */
	note(group: number, peer: PeerId): void {
		let number = this.#peers.indexOf(peer) + 1;
		if (number === 0 && this.#peers.length < MAX_GIVERS) number = this.#peers.push(peer);
		this.#of[group] = number;
	}

	/**
	 * The runs of the groups in `whole`, split where the giver changes.
	 *
	 * @param least - groups; what would be shorter than that belongs to the run before it
	 */
	runs(whole: BitSet, least: number): Run[] {
		const runs: Run[] = [];
		for (let from = whole.next(0); from >= 0;) {
			const missing = whole.nextMissing(from);
			const end = missing < 0 ? whole.length : missing;
			for (let at = from; at < end; at = from) {
				do from += 1; while (from < end && (from - at < least || this.#of[from] === this.#of[at]));
				runs.push({ from: at, to: from, by: this.#peers[(this.#of[at] ?? 0) - 1] });
			}
			from = whole.next(end);
		}
		return runs;
	}
}
