/** What one peer wants of us, most urgent first. Bounded: what does not fit is refused, not kept. */
import type { Ms } from '../base/units.ts';
import { MAX_QUEUED_CHUNKS, NOT_DUE_MS } from './settings.ts';

/** What is wanted of one group. `order`: among those that are due at one time. */
export interface Wanted { readonly group: number; readonly chunks: Set<number>; dueAt: Ms; readonly order: number }

/** What a link is to get next. `rank`: the time by which, as it were; the least goes first. */
export interface Next { readonly wanted: Wanted; readonly least: number; readonly rank: Ms }

/** Chunks of one group to be sent next. */
export interface Batch { readonly group: number; readonly chunks: readonly number[] }

/** The requests of one link. */
export class UploadQueue {
	/** `ready`: the next batch may go. `serving`: one is with the runtime. `full`: the transport has no room. */
	state: 'ready' | 'serving' | 'full' = 'ready';
	/** Bytes with the runtime or the transport that the others wait for, and since when: none when `ready`. */
	handedBytes = 0;
	handedAt: Ms = 0;
	/** Counts batches of all links: when this one had its last. */
	servedAt = 0;
	/** What was taken last, in case it cannot be read. */
	last: Batch | undefined;
	readonly #wanted = new Map<number, Wanted>();
	#size = 0;
	#order = 0;

	/** Chunks waiting. */
	get size(): number { return this.#size; }

	/**
	 * Queues chunks of a group; those that would be too many are returned. A later request for a group renews its due
	 * time.
	 */
	add(group: number, chunks: readonly number[], dueAt: Ms): number[] {
		let wanted = this.#wanted.get(group);
		if (!wanted) this.#wanted.set(group, wanted = { group, chunks: new Set(), dueAt, order: this.#order++ });
		wanted.dueAt = Math.min(wanted.dueAt, dueAt);
		const refused: number[] = [];
		for (const k of chunks) {
			if (wanted.chunks.has(k)) continue;
			if (this.#size >= MAX_QUEUED_CHUNKS) {
				refused.push(k);
				continue;
			}
			wanted.chunks.add(k);
			this.#size += 1;
		}
		if (wanted.chunks.size === 0) this.#wanted.delete(group);
		return refused;
	}

	cancel(group: number, chunks: readonly number[]): void {
		const wanted = this.#wanted.get(group);
		if (!wanted) return;
		for (const k of chunks) if (wanted.chunks.delete(k)) this.#size -= 1;
		if (wanted.chunks.size === 0) this.#wanted.delete(group);
	}

	/**
	 * What would be sent next, and how soon it has to be: what is due first, but a chunk that was sent before gives way
	 * to one that was not, `sent` says how often. So viewers who ask for the same at the same time get different parts of
	 * it, and the rest from each other.
	 */
	next(
		sent: (group: number, k: number) => number, { now, givesWayMs }: { readonly now: Ms; readonly givesWayMs: Ms },
	): Next | undefined {
		let best: Next | undefined;
		for (const wanted of this.#wanted.values()) {
			const least = leastOf(wanted, sent);
			const rank = Math.min(wanted.dueAt, now + NOT_DUE_MS) + least * givesWayMs;
			if (!best || rank < best.rank || (rank === best.rank && wanted.order < best.wanted.order)) {
				best = { wanted, least, rank };
			}
		}
		return best;
	}

	/** Takes what {@link next} found, `most` chunks at most. */
	take({ wanted, least }: Next, most: number, sent: (group: number, k: number) => number): Batch {
		const { group } = wanted;
		const chunks: number[] = [];
		for (const k of wanted.chunks) if (chunks.length < most && sent(group, k) === least) chunks.push(k);
		this.cancel(group, chunks);
		return this.last = { group, chunks };
	}
}

/** The least number of times one of the chunks was sent, of those at or above `from`. Infinity: there is none. */
function leastOf({ group, chunks }: Wanted, sent: (group: number, k: number) => number, from = 0): number {
	let least = Infinity;
	for (const k of chunks) {
		const count = sent(group, k);
		if (count >= from && count < least) least = count;
		if (least === from) break;
	}
	return least;
}
