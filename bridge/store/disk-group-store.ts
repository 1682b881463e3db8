/** The groups of one share in two files of a directory. Writes that wait for the disk go to it together. */
import { join } from 'node:path';
import { defer } from '../../shared/base/deferred.ts';
import { assert, fail, ok, type Result } from '../../shared/base/result.ts';
import type { GroupStore, Inventory, StoredGroup, StoreFault } from '../../shared/ports/group-store.ts';
import { GROUP_BYTES, HASH_BYTES, MAX_GROUPS } from '../../shared/protocol/limits.ts';
import type { Hash } from '../../shared/protocol/merkle.ts';
import { contentOf, faultOf, packSlot, SlotStore, type Change } from '../../shared/store/slot-store.ts';
import { chunksOf, ENTRY_BYTES, SLOT_BYTES } from '../../shared/store/slot-table.ts';
import { DiskFile, syncDirectory } from './disk-file.ts';

/** Changes made in one go. Each has a slot of its own until the one it replaces is free: room that a store needs. */
const CHANGES_AT_ONCE = 4;

interface Waiting { readonly change: Change; readonly settle: (result: Result<void, StoreFault>) => void }

/** How to open one. `maxBytes`: of the file of slots. */
export interface DiskGroupsInit { readonly groups: number; readonly hash: Hash; readonly maxBytes: number }

/** Bytes on disk of all groups of a share, and what rewriting them needs. */
export function roomFor(groups: number): number {
	return (groups + CHANGES_AT_ONCE) * (SLOT_BYTES + ENTRY_BYTES);
}

/** Bytes of the largest film that fits so many bytes on disk: the other way round. */
export function largestFilmIn(bytes: number): number {
	const slots = Math.floor(bytes / (SLOT_BYTES + ENTRY_BYTES));
	return Math.min(MAX_GROUPS, Math.max(0, slots - CHANGES_AT_ONCE)) * GROUP_BYTES;
}

/** One per directory. */
export class DiskGroupStore implements GroupStore {
	readonly #store: SlotStore;
	readonly #groups: number;
	readonly #waiting: Waiting[] = [];
	#committing: Promise<void> | undefined;

	private constructor(store: SlotStore, groups: number) {
		this.#store = store;
		this.#groups = groups;
	}

	/** Over the files in `directory`, which exists. */
	static async open(directory: string, init: DiskGroupsInit): Promise<Result<DiskGroupStore, StoreFault>> {
		try {
			const slots = await DiskFile.open(join(directory, 'slots'), init.maxBytes);
			const table = await DiskFile.open(join(directory, 'table'), Infinity);
			await syncDirectory(directory);
			const store = await SlotStore.open({ slots, table }, init.hash);
			return store.ok ? ok(new DiskGroupStore(store.value, init.groups)) : store;
		} catch (error) {
			return fail(faultOf(error));
		}
	}

	inventory(): Promise<Result<Inventory, StoreFault>> {
		return Promise.resolve(ok(this.#store.inventory(this.#groups)));
	}

	read(group: number): Promise<Result<StoredGroup | undefined, StoreFault>> { return this.#store.read(group); }

	/** Copies the group before it returns. */
	write(group: number, stored: StoredGroup): Promise<Result<void, StoreFault>> {
		assert(stored.leaves.length === chunksOf(stored.bytes.length) * HASH_BYTES, 'a group has a leaf for each chunk');
		const image = packSlot(stored, new ArrayBuffer(SLOT_BYTES));
		return this.#make({ type: 'write', content: contentOf(group, { ...stored, held: stored.held.slice() }), image });
	}

	remove(group: number): Promise<Result<void, StoreFault>> { return this.#make({ type: 'remove', group }); }

	async close(): Promise<void> {
		await this.#committing;
		await this.#store.close();
	}

	#make(change: Change): Promise<Result<void, StoreFault>> {
		const { promise, resolve } = defer<Result<void, StoreFault>>();
		this.#waiting.push({ change, settle: resolve });
		this.#committing ??= this.#commitAll();
		return promise;
	}

	async #commitAll(): Promise<void> {
		await Promise.resolve(); // what else is written in this tick goes along
		while (this.#waiting.length > 0) {
			const batch = this.#waiting.splice(0, CHANGES_AT_ONCE);
			const results = await this.#store.commit(batch.map(({ change }) => change));
			batch.forEach(({ settle }, k) => settle(results[k] ?? fail('gone')));
		}
		this.#committing = undefined;
	}
}
