/** What one peer wants of us, most urgent first. Bounded: what does not fit is refused, not kept. */
import type { Ms } from '../base/units.ts';
import { MAX_QUEUED_CHUNKS } from './settings.ts';

interface Wanted { readonly group: number; readonly chunks: Set<number>; dueAt: Ms; readonly order: number }

/** Chunks of one group to be sent next. */
export interface Batch { readonly group: number; readonly chunks: readonly number[] }

/** The requests of one link. */
export class UploadQueue {
	/** `ready`: the next batch may go. `serving`: one is with the runtime. `full`: the transport has no room. */
	state: 'ready' | 'serving' | 'full' = 'ready';
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
	 * Takes the next chunks to send, `most` at most: of the group that is due first, those that were sent least often
	 * before, `sent` says how often. So viewers who ask for the same at the same time get different parts of it, and the
	 * rest from each other.
	 */
	take(most: number, sent: (group: number, k: number) => number): Batch | undefined {
		let first: Wanted | undefined;
		for (const wanted of this.#wanted.values()) {
			if (!first || wanted.dueAt < first.dueAt || (wanted.dueAt === first.dueAt && wanted.order < first.order)) {
				first = wanted;
			}
		}
		if (!first) return undefined;
		const { group } = first;
		const chunks: number[] = [];
		let least = leastOf(first, sent);
		for (; chunks.length < most && least < Infinity; least = leastOf(first, sent, least + 1)) {
			for (const k of first.chunks) if (chunks.length < most && sent(group, k) === least) chunks.push(k);
		}
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
