/** What reads wait for, earliest deadline first, with a cursor each so that picking costs what is picked. */
import type { Ms } from '../base/units.ts';
import type { ReadId } from './events.ts';

/** A read of chunks `first` to `first + count - 1`. */
export interface Demand {
	readonly read: ReadId;
	readonly first: number;
	readonly count: number;
	dueAt: Ms;
	/** Where looking for lacking chunks goes on. */ cursor: number;
}

/** All reads of one share. */
export class Demands {
	readonly #byRead = new Map<ReadId, Demand>();
	#sorted: Demand[] | undefined = [];

	get size(): number { return this.#byRead.size; }

	add(read: ReadId, first: number, count: number, dueAt: Ms): void {
		this.#byRead.set(read, { read, first, count, dueAt, cursor: first });
		this.#sorted = undefined;
	}

	setDue(read: ReadId, dueAt: Ms): void {
		const demand = this.#byRead.get(read);
		if (!demand) return;
		demand.dueAt = dueAt;
		this.#sorted = undefined;
	}

	/** The read is over, or nobody waits for it any more. */
	remove(read: ReadId): Demand | undefined {
		const demand = this.#byRead.get(read);
		if (demand && this.#byRead.delete(read)) this.#sorted = undefined;
		return demand;
	}

	/** Earliest deadline first; equal ones as they came. */
	inOrder(): readonly Demand[] {
		return this.#sorted ??= [...this.#byRead.values()].sort((a, b) => a.dueAt - b.dueAt || a.read - b.read);
	}

	/** The earliest deadline of a read that covers the chunk. */
	dueOf(index: number): Ms | undefined {
		return this.inOrder().find((d) => index >= d.first && index < d.first + d.count)?.dueAt;
	}

	/** Anything may be lacking again. */
	reopenAll(): void {
		for (const demand of this.#byRead.values()) demand.cursor = demand.first;
	}

	/** A chunk that was asked for is lacking again. */
	reopen(index: number): void {
		for (const d of this.#byRead.values()) {
			if (index >= d.first && index < d.first + d.count && index < d.cursor) d.cursor = index;
		}
	}
}
