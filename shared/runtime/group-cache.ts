/**
 * The groups of one share in memory: those on their way, and the few that were used last. Everything else is in the store.
 * Bounded: a group on its way is written and let go once whole; the engine bounds how many are begun.
 */
import type { Bytes } from '../base/bytes.ts';
import { ok, type Result } from '../base/result.ts';
import { CHUNK_SET_BYTES, type Certificate } from '../protocol/peer-message.ts';
import { CHUNK_BYTES, GROUP_CHUNKS, HASH_BYTES } from '../protocol/limits.ts';
import type { Layout } from '../protocol/ids.ts';
import type { GroupStore, StoredGroup, StoreFault } from '../ports/group-store.ts';

/** Groups kept in memory though they are stored: for viewers that follow each other closely. 12 MiB. */
const KEPT_GROUPS = 12;

/** What is known of a group so that its chunks can be checked. */
export interface KnownProof { readonly leaves: Bytes; readonly certificate: Certificate }

interface HotGroup extends StoredGroup { dirty: boolean; saving: boolean }

/** Groups by number; `bytes` of a group are shared with whoever reads it and never replaced while it is hot. */
export class GroupCache {
	readonly #store: GroupStore;
	readonly #layout: Layout;
	readonly #hot = new Map<number, HotGroup>();
	readonly #loading = new Map<number, Promise<Result<HotGroup | undefined, StoreFault>>>();

	constructor(store: GroupStore, layout: Layout) {
		this.#store = store;
		this.#layout = layout;
	}

	/** The group if it is in memory: no waiting, no promise. */
	peek(group: number): StoredGroup | undefined { return this.#hot.get(group); }

	/** The group from memory or the store; undefined when nothing of it is known. */
	async read(group: number): Promise<Result<StoredGroup | undefined, StoreFault>> {
		const hot = this.#hot.get(group);
		if (hot) {
			this.#touch(group, hot);
			return ok(hot);
		}
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
		this.#hot.set(group, {
			bytes: new Uint8Array(this.#layout.bytesIn(group)), held: new Uint8Array(CHUNK_SET_BYTES), ...proof, dirty: false, saving: false,
		});
	}

	/** The leaf hash a chunk must have; undefined while no proof of its group is in memory. */
	leaf(index: number): Bytes | undefined {
		const k = index % GROUP_CHUNKS;
		return this.#hot.get(Math.floor(index / GROUP_CHUNKS))?.leaves.subarray(k * HASH_BYTES, (k + 1) * HASH_BYTES);
	}

	/** Keeps a chunk that was verified. */
	put(index: number, bytes: Bytes): void {
		const hot = this.#hot.get(Math.floor(index / GROUP_CHUNKS));
		if (!hot) return; // forgotten while it was being checked
		const k = index % GROUP_CHUNKS;
		hot.bytes.set(bytes, k * CHUNK_BYTES);
		hot.held[k >> 3] = (hot.held[k >> 3] ?? 0) | (1 << (k & 7));
		hot.dirty = true;
	}

	/** Writes what memory has of a group and the store has not. */
	async save(group: number): Promise<Result<void, StoreFault>> {
		const hot = this.#hot.get(group);
		if (!hot?.dirty) return ok(undefined);
		hot.dirty = false;
		hot.saving = true;
		const written = await this.#store.write(group, { ...hot, held: hot.held.slice() });
		hot.saving = false;
		if (!written.ok) hot.dirty = true;
		this.#shrink();
		return written;
	}

	/** Nothing of the group is held or on its way. */
	forget(group: number): void { this.#hot.delete(group); }

	/** The group is not what was sealed: away with it everywhere. */
	async remove(group: number): Promise<void> {
		this.#hot.delete(group);
		await this.#store.remove(group);
	}

	async #load(group: number): Promise<Result<HotGroup | undefined, StoreFault>> {
		const stored = await this.#store.read(group);
		if (!stored.ok || !stored.value) return stored.ok ? ok(undefined) : stored;
		const raced = this.#hot.get(group);
		if (raced) return ok(raced);
		const hot: HotGroup = { ...stored.value, dirty: false, saving: false };
		this.#hot.set(group, hot);
		this.#shrink();
		return ok(hot);
	}

	#touch(group: number, hot: HotGroup): void {
		this.#hot.delete(group);
		this.#hot.set(group, hot);
	}

	/** Lets go of the stored groups that were not used for longest. A partial one is needed until it is whole. */
	#shrink(): void {
		const idle = [...this.#hot].filter(([group, hot]) => !hot.dirty && !hot.saving && this.#isWhole(group, hot));
		for (const [group] of idle.slice(0, Math.max(0, idle.length - KEPT_GROUPS))) this.#hot.delete(group);
	}

	#isWhole(group: number, hot: HotGroup): boolean {
		const chunks = this.#layout.chunksIn(group);
		for (let k = 0; k < chunks; k++) if (((hot.held[k >> 3] ?? 0) & (1 << (k & 7))) === 0) return false;
		return true;
	}
}
