/**
 * The groups of one share in memory: those on their way, and those that were used last. Everything else is in the
 * store. Bounded: what the store has too is let go beyond {@link HOT_BYTES}; what it has not is what the engine has
 * begun and not yet saved, and the engine bounds that.
 *
 * The memory of a group that was let go is used for the next one: a fresh mebibyte for each would be cleared by the
 * system, faulted in page by page, and be garbage a second later. So what {@link GroupCache.peek} gives is good until
 * the caller waits for anything.
 */
import { BitSet } from '../base/bit-set.ts';
import type { Bytes } from '../base/bytes.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { CHUNK_SET_BYTES, type Certificate } from '../protocol/peer-message.ts';
import { CHUNK_BYTES, GROUP_BYTES, GROUP_CHUNKS, HASH_BYTES, HOT_BYTES } from '../protocol/limits.ts';
import type { Layout } from '../protocol/ids.ts';
import type { GroupStore, StoredGroup, StoreFault } from '../ports/group-store.ts';
import type { FreeMemory } from './frame-memory.ts';

/** Groups in memory from which on stored ones are let go. */
const KEPT_GROUPS = HOT_BYTES / GROUP_BYTES;

/** Memory of groups let go that is kept for others. */
const SPARE_GROUPS = 4;

/** Groups read from the store side by side. */
const READS_AT_ONCE = 4;

/** What is known of a group so that its chunks can be checked. */
export interface KnownProof { readonly leaves: Bytes; readonly certificate: Certificate }

/** What is told of a group across a wait: not its bytes. */
export type KnownGroup = Omit<StoredGroup, 'bytes'>;

/** `isStored`: the store has all that is here. `saves`: writes under way. `failed`: the last write was refused. */
interface HotGroup extends StoredGroup { isStored: boolean; saves: number; failed: boolean }

/** What a cache is given. */
export interface GroupCacheUses {
	/** Hears what of a group the store still had: less than was written, where a disk rotted. */
	readonly found?: (group: number, stored: KnownGroup | undefined) => void;
	/** Takes memory that nobody reads again. */
	readonly free?: FreeMemory;
}

/** Groups by number. */
export class GroupCache {
	readonly #store: GroupStore;
	readonly #layout: Layout;
	readonly #uses: GroupCacheUses;
	/** Least recently used first. */
	readonly #hot = new Map<number, HotGroup>();
	readonly #loading = new Map<number, Promise<Result<HotGroup | undefined, StoreFault>>>();
	readonly #spare: Bytes[] = [];
	readonly #queue: (() => void)[] = [];
	#reading = 0;
	#closed = false;

	constructor(store: GroupStore, layout: Layout, uses: GroupCacheUses = {}) {
		this.#store = store;
		this.#layout = layout;
		this.#uses = uses;
	}

	/** Groups in memory. */
	get size(): number { return this.#hot.size; }

	/** The group if it is in memory: no waiting, no promise. Good until the caller waits. */
	peek(group: number): StoredGroup | undefined {
		const hot = this.#hot.get(group);
		if (hot) this.#touch(group, hot);
		return hot;
	}

	/**
	 * Has the group in memory, from the store if need be, to be looked at with {@link peek}. What is told of it here is
	 * its proof and what was held; undefined when nothing of it is known.
	 */
	async read(group: number): Promise<Result<KnownGroup | undefined, StoreFault>> {
		const hot = this.peek(group);
		if (hot || this.#closed) return ok(hot);
		let loading = this.#loading.get(group);
		if (!loading) {
			loading = this.#load(group).finally(() => this.#loading.delete(group));
			this.#loading.set(group, loading);
		}
		return loading;
	}

	/** From now on the group's chunks can be put. What was loaded or proven before stays. */
	async prove(group: number, proof: KnownProof): Promise<void> {
		await this.read(group);
		if (this.#hot.has(group)) return;
		const length = this.#layout.bytesIn(group);
		const bytes = (length === GROUP_BYTES ? this.#spare.pop() : undefined) ?? new Uint8Array(length);
		this.#hot.set(
			group, { bytes, held: new Uint8Array(CHUNK_SET_BYTES), ...proof, isStored: false, saves: 0, failed: false },
		);
		this.#shrink();
	}

	/** The leaf hash a chunk must have; undefined while no proof of its group is in memory. */
	leaf(index: number): Bytes | undefined {
		const k = index % GROUP_CHUNKS;
		return this.#hot.get(Math.floor(index / GROUP_CHUNKS))?.leaves.subarray(k * HASH_BYTES, (k + 1) * HASH_BYTES);
	}

	/** Keeps a chunk that was verified. False when its group was let go while it was being checked. */
	put(index: number, bytes: Bytes): boolean {
		const group = Math.floor(index / GROUP_CHUNKS);
		const hot = this.#hot.get(group);
		if (!hot) return false;
		const k = index % GROUP_CHUNKS;
		hot.bytes.set(bytes, k * CHUNK_BYTES);
		hot.held[k >> 3] = (hot.held[k >> 3] ?? 0) | (1 << (k & 7));
		hot.isStored = false;
		this.#touch(group, hot);
		return true;
	}

	/** Writes what memory has of a group and the store has not. */
	async save(group: number): Promise<Result<void, StoreFault>> {
		const hot = this.#hot.get(group);
		if (!hot || hot.isStored || this.#closed) return ok(undefined);
		hot.isStored = true;
		hot.saves += 1;
		const { bytes, held, leaves, certificate } = hot;
		const written = await this.#store.write(group, { bytes, held: held.slice(), leaves, certificate });
		hot.saves -= 1;
		hot.failed = !written.ok;
		if (!written.ok) hot.isStored = false;
		this.#shrink();
		return written;
	}

	/** Groups that the store refused, least recently used first. */
	get refused(): number[] {
		return [...this.#hot].filter(([, hot]) => hot.failed && hot.saves === 0).map(([group]) => group);
	}

	/** Lets go of groups that the store refused, beyond the bound. They are held no longer. */
	dropUnsaved(): number[] {
		const dropped = this.refused.slice(0, Math.max(0, this.#hot.size - KEPT_GROUPS));
		for (const group of dropped) this.#letGo(group);
		return dropped;
	}

	/** Nothing of the group is held or on its way. */
	forget(group: number): void { this.#letGo(group); }

	/** The group is not what was sealed: away with it everywhere. */
	async remove(group: number): Promise<void> {
		this.#letGo(group);
		if (!this.#closed) await this.#store.remove(group);
	}

	/** No call of the store from now on. */
	close(): void { this.#closed = true; }

	/** A few at a time: more would take memory and make the first come later. */
	async #readInTurn(group: number): Promise<Result<StoredGroup | undefined, StoreFault>> {
		while (this.#reading >= READS_AT_ONCE) await new Promise<void>((resolve) => { this.#queue.push(resolve); });
		this.#reading += 1;
		const stored = await this.#store.read(group);
		this.#reading -= 1;
		this.#queue.shift()?.();
		return stored;
	}

	async #load(group: number): Promise<Result<HotGroup | undefined, StoreFault>> {
		const stored = await this.#readInTurn(group);
		if (!stored.ok) return fail(stored.error);
		const raced = this.#hot.get(group);
		if (raced) return ok(raced);
		if (!stored.value) {
			this.#uses.found?.(group, undefined);
			return ok(undefined);
		}
		const hot: HotGroup = { ...stored.value, isStored: true, saves: 0, failed: false };
		this.#hot.set(group, hot);
		this.#uses.found?.(group, hot);
		this.#shrink();
		return ok(hot);
	}

	#touch(group: number, hot: HotGroup): void {
		this.#hot.delete(group);
		this.#hot.set(group, hot);
	}

	/** Lets go of the groups that were not used for longest, as far as the store has them. */
	#shrink(): void {
		for (const [group, hot] of this.#hot) {
			if (this.#hot.size <= KEPT_GROUPS) return;
			if (hot.isStored && hot.saves === 0) this.#letGo(group);
		}
	}

	/** Memory that the store still writes from is not used again. */
	#letGo(group: number): void {
		const hot = this.#hot.get(group);
		if (!hot || !this.#hot.delete(group)) return;
		const { bytes, saves } = hot;
		if (saves > 0) return;
		if (bytes.length === GROUP_BYTES && this.#spare.length < SPARE_GROUPS) this.#spare.push(bytes);
		else if (bytes.length === bytes.buffer.byteLength) this.#uses.free?.(bytes.buffer); // not its leaves with it
	}
}

/** Whether bytes `from` to `to` of a group are all there. */
export function holdsAll({ held }: StoredGroup, from: number, to: number): boolean {
	const chunks = BitSet.from(held, GROUP_CHUNKS);
	const missing = chunks?.nextMissing(Math.floor(from / CHUNK_BYTES)) ?? 0;
	return missing < 0 || missing * CHUNK_BYTES >= to;
}
