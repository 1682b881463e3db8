/**
 * Which chunks of a share we hold, and which we have asked for. A chunk is lacking, asked of one or two links, being
 * checked, or held; a group whose chunks are all held is whole and costs one bit.
 */
import { BitSet } from '../base/bit-set.ts';
import type { Ms } from '../base/units.ts';
import type { Inventory as Stored } from '../ports/group-store.ts';
import type { Layout, LinkId } from '../protocol/ids.ts';
import { GROUP_CHUNKS } from '../protocol/limits.ts';

/** How far the proof of a group is: chunks are asked of anyone only once it is known. */
export type ProofState =
	| { readonly state: 'lacking' }
	| { readonly state: 'asked'; readonly of: LinkId; readonly at: Ms }
	| { readonly state: 'known' };

/** A group of which something is held, asked for or known. */
export class PartialGroup {
	readonly group: number;
	readonly held: BitSet;
	/** Chunks that are held or asked for; the others are lacking. */
	readonly taken: BitSet;
	/** How many links each chunk is asked of; a chunk that is being checked counts as asked once more. */
	readonly asked: Uint8Array;
	proof: ProofState = { state: 'lacking' };
	/** Since when something of it is held that the store lacks. */
	unsavedSince: Ms | undefined;
	/** Chunks held that neighbours were not told of. */
	untold = 0;

	constructor(group: number, chunks: number) {
		this.group = group;
		this.held = new BitSet(chunks);
		this.taken = new BitSet(chunks);
		this.asked = new Uint8Array(chunks);
	}

	/** Whether chunk `k` is neither held nor asked for. */
	lacks(k: number): boolean { return !this.taken.has(k); }
	/** Whether nothing that is not held is asked for. */
	get idle(): boolean { return this.taken.size === this.held.size; }

	/** One more link was asked for `k`, or has sent it. */
	ask(k: number): void {
		this.asked[k] = (this.asked[k] ?? 0) + 1;
		this.taken.add(k);
	}

	/** One link less. */
	release(k: number): void {
		const asked = this.asked[k] ?? 0;
		if (asked === 0) return;
		this.asked[k] = asked - 1;
		if (asked === 1 && !this.held.has(k)) this.taken.delete(k);
	}

	/** `k` is verified. False when it was held already. */
	hold(k: number): boolean {
		this.taken.add(k);
		return this.held.add(k);
	}

	/** Nothing of it is held any more; what was asked for still is. */
	lose(): void {
		for (const k of [...this.held]) {
			this.held.delete(k);
			if (this.asked[k] === 0) this.taken.delete(k);
		}
		this.proof = { state: 'lacking' };
		this.unsavedSince = undefined;
		this.untold = 0;
	}
}

/** The chunks of one share. */
export class Inventory {
	readonly layout: Layout;
	readonly whole: BitSet;
	readonly partials = new Map<number, PartialGroup>();
	#held = 0;
	#active = 0;

	constructor(layout: Layout, stored: Stored) {
		this.layout = layout;
		this.whole = BitSet.from(stored.whole, layout.groups) ?? new BitSet(layout.groups);
		for (const group of this.whole) this.#held += layout.chunksIn(group);
		for (const [group, chunks] of stored.partial) this.#restore(group, chunks);
	}

	/** Number of chunks held. */
	get held(): number { return this.#held; }
	get complete(): boolean { return this.whole.isFull; }
	/** Groups of which chunks are on their way: each takes memory. */
	get active(): number { return this.#active; }

	/** Whether chunk `index` is held. */
	holds(index: number): boolean {
		const group = Math.floor(index / GROUP_CHUNKS);
		return this.whole.has(group) || (this.partials.get(group)?.held.has(index % GROUP_CHUNKS) ?? false);
	}

	/** Whether chunk `index` is neither held nor asked for. */
	lacks(index: number): boolean {
		const group = Math.floor(index / GROUP_CHUNKS);
		return !this.whole.has(group) && (this.partials.get(group)?.lacks(index % GROUP_CHUNKS) ?? true);
	}

	/** One more link was asked for the chunk, or has sent it. Says the state of its group, made if there was none. */
	ask(index: number): PartialGroup {
		const partial = this.#begin(Math.floor(index / GROUP_CHUNKS));
		const wasIdle = partial.idle;
		partial.ask(index % GROUP_CHUNKS);
		this.#note(partial, wasIdle);
		return partial;
	}

	/** One link less is asked for the chunk, or the check of what it sent is over. */
	release(index: number): void {
		const partial = this.partials.get(Math.floor(index / GROUP_CHUNKS));
		if (!partial) return;
		const wasIdle = partial.idle;
		partial.release(index % GROUP_CHUNKS);
		this.#note(partial, wasIdle);
	}

	/** A chunk was verified. `new`: not held before. `whole`: with it the group is whole. */
	hold(index: number, now: Ms): 'known' | 'new' | 'whole' {
		const group = Math.floor(index / GROUP_CHUNKS);
		if (this.whole.has(group)) return 'known';
		const partial = this.#begin(group);
		const wasIdle = partial.idle;
		if (!partial.hold(index % GROUP_CHUNKS)) return 'known';
		this.#note(partial, wasIdle);
		partial.unsavedSince ??= now;
		partial.untold += 1;
		this.#held += 1;
		if (!partial.held.isFull) return 'new';
		this.partials.delete(group);
		this.whole.add(group);
		return 'whole';
	}

	/** The group is no longer held, but for the chunks `held`, whose leaves are known. */
	lose(group: number, held?: Uint8Array): void {
		if (this.whole.delete(group)) this.#held -= this.layout.chunksIn(group);
		const partial = this.partials.get(group);
		if (partial) {
			const wasIdle = partial.idle;
			this.#held -= partial.held.size;
			partial.lose();
			this.#note(partial, wasIdle);
		}
		if (held) this.#restore(group, held);
	}

	/** Whether a chunk counts as held that is not among `held`. */
	exceeds(group: number, held: Uint8Array): boolean {
		const counted = this.whole.has(group) ? BitSet.full(this.layout.chunksIn(group)) : this.partials.get(group)?.held;
		const here = BitSet.from(held, GROUP_CHUNKS);
		return counted !== undefined && (!here || counted.nextNotIn(here, 0) >= 0);
	}

	/** Forgets groups of which nothing is held and nothing asked. Says which. */
	prune(): number[] {
		const empty = [...this.partials.values()].filter((p) => p.held.size === 0 && p.idle && p.proof.state !== 'asked');
		for (const partial of empty) this.partials.delete(partial.group);
		return empty.map((partial) => partial.group);
	}

	#begin(group: number): PartialGroup {
		let partial = this.partials.get(group);
		if (!partial) this.partials.set(group, partial = new PartialGroup(group, this.layout.chunksIn(group)));
		return partial;
	}

	#note(partial: PartialGroup, wasIdle: boolean): void {
		this.#active += Number(wasIdle) - Number(partial.idle);
	}

	#restore(group: number, chunks: Uint8Array): void {
		if (!this.layout.hasGroup(group) || this.whole.has(group)) return;
		const partial = this.#begin(group);
		const wasIdle = partial.idle;
		for (let k = 0; k < partial.held.length; k++) {
			if (((chunks[k >> 3] ?? 0) & (1 << (k & 7))) !== 0 && partial.hold(k)) this.#held += 1;
		}
		this.#note(partial, wasIdle);
		partial.proof = { state: 'known' }; // the leaves were stored with the chunks
		if (!partial.held.isFull) return;
		this.partials.delete(group);
		this.whole.add(group);
	}
}
