/** What one peer wants of us, most urgent first. Bounded: what does not fit is refused, not kept. */
import type { Ms } from '../base/units.ts';
import { MAX_QUEUED_CHUNKS, SERVE_BATCH } from './settings.ts';

interface Wanted { readonly group: number; readonly chunks: Set<number>; dueAt: Ms; readonly order: number }

/** Chunks of one group to be sent next. */
export interface Batch { readonly group: number; readonly chunks: readonly number[] }

/** The requests of one link. */
export class UploadQueue {
	/** `ready`: the next batch may go. `serving`: one is with the runtime. `full`: the transport has no room. */
	state: 'ready' | 'serving' | 'full' = 'ready';
	readonly #wanted = new Map<number, Wanted>();
	#size = 0;
	#order = 0;

	/** Chunks waiting. */
	get size(): number { return this.#size; }

	/** Queues chunks of a group; those that would be too many are returned. A later request for a group renews its due time. */
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

	/** Takes the next chunks to send: of the group that is due first, in the order they were asked for. */
	take(): Batch | undefined {
		let first: Wanted | undefined;
		for (const wanted of this.#wanted.values()) {
			if (!first || wanted.dueAt < first.dueAt || (wanted.dueAt === first.dueAt && wanted.order < first.order)) first = wanted;
		}
		if (!first) return undefined;
		const chunks: number[] = [];
		for (const k of first.chunks) {
			if (chunks.length === SERVE_BATCH) break;
			chunks.push(k);
		}
		this.cancel(first.group, chunks);
		return { group: first.group, chunks };
	}
}
