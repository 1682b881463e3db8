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
	 * The runs of the groups in `whole`, split where the giver changes, as a bar of so many cells can show them: a cell
	 * is held when half of its groups are, and is of the last one's giver. However scattered the groups, there are no
	 * more runs than cells.
	 */
	runs(whole: BitSet, cells: number): Run[] {
		const runs: Run[] = [];
		const size = Math.max(1, Math.ceil(whole.length / cells));
		for (let from = 0; from < whole.length; from += size) {
			const to = Math.min(whole.length, from + size);
			const [held, giver] = this.#cell(whole, from, to);
			if (2 * held < to - from) continue;
			const [last, by] = [runs.at(-1), this.#peers[giver - 1]];
			if (last?.to === from && last.by === by) runs[runs.length - 1] = { ...last, to };
			else runs.push({ from, to, by });
		}
		return runs;
	}

	/** How many of these groups are held, and the number of who gave the last of them. */
	#cell(whole: BitSet, from: number, to: number): [held: number, giver: number] {
		let [held, giver] = [0, 0];
		for (let group = from; group < to; group++) {
			if (!whole.has(group)) continue;
			held += 1;
			giver = this.#of[group] ?? 0;
		}
		return [held, giver];
	}
}
