/**
 * Where this browser keeps films: the origin-private file system where there is one, IndexedDB otherwise. Also what a
 * person may want to know about it, and to have deleted.
 */
import { ok, type Result } from '../../shared/base/result.ts';
import type { GroupStore, Inventory, StoredGroup, StoreFault } from '../../shared/ports/group-store.ts';
import type { Layout, ShareId } from '../../shared/protocol/ids.ts';
import { clearDatabase, IdbGroupStore, keptInDatabase, openGroupDatabase } from './idb-group-store.ts';
import { OpfsGroupStore } from './opfs-group-store.ts';
import type { KeptShare } from './store-messages.ts';
import { StoreWorker } from './store-worker.ts';
import { UnkeptStore } from '../../shared/store/unkept-store.ts';
import { sha256Now } from './wasm-sha256.ts';

/**
 * The store of one share; one that refuses all it is given where there is no room for any. `busy`: another tab watches
 * the same film.
 */
export async function openGroupStore(share: ShareId, layout: Layout): Promise<Result<GroupStore, StoreFault>> {
	const opened = await openKeepingStore(share, layout);
	if (opened.ok) void askToPersist();
	if (opened.ok || opened.error === 'busy') return opened;
	return ok(new UnkeptStore(layout.groups, opened.error));
}

async function openKeepingStore(share: ShareId, layout: Layout): Promise<Result<GroupStore, StoreFault>> {
	if (hasFileSystem()) {
		const worker = StoreWorker.start();
		const opened = await OpfsGroupStore.open(worker, share, layout.groups);
		if (opened.ok) return ok(new OwningStore(opened.value, () => worker.stop()));
		worker.stop();
		if (opened.error !== 'gone') return opened;
	}
	const db = await openGroupDatabase();
	if (!db.ok) return db;
	const store = new IdbGroupStore(db.value, share, { groups: layout.groups, hash: await sha256Now() });
	return ok(new OwningStore(store, () => db.value.close()));
}

/** What is kept, and how many bytes of each share's stores. */
export async function keptShares(): Promise<readonly KeptShare[]> {
	const files = hasFileSystem() ? await withWorker((worker) => worker.ask({ type: 'list' })) : ok([]);
	const db = await openGroupDatabase();
	const records = db.ok ? await keptInDatabase(db.value) : db;
	if (db.ok) db.value.close();
	return [...files.ok ? files.value : [], ...records.ok ? records.value : []];
}

/** Deletes what is kept of one share, or of all. `busy`: some of it is open, here or in another tab. */
export async function deleteKept(share?: ShareId): Promise<Result<undefined, StoreFault>> {
	const request = share === undefined ? { type: 'wipe' } as const : { type: 'delete', share } as const;
	if (hasFileSystem()) {
		const deleted = await withWorker((worker) => worker.ask(request));
		if (!deleted.ok && deleted.error !== 'gone') return deleted;
	}
	const db = await openGroupDatabase();
	if (!db.ok) return ok(undefined); // nothing can be kept where nothing can be opened
	const cleared = await clearDatabase(db.value, share);
	db.value.close();
	return cleared;
}

/** Asks the browser not to throw data away when the disk fills up. It promises or not; there is nothing to be done. */
export async function askToPersist(): Promise<void> {
	if (hasStorageManager()) await navigator.storage.persist().catch(() => false); // in some windows: as a no
}

/** Pages on plain HTTP have no `navigator.storage`, whatever its type says. */
function hasStorageManager(): boolean {
	return (navigator as Partial<Navigator>).storage !== undefined;
}

function hasFileSystem(): boolean {
	return hasStorageManager() && 'getDirectory' in navigator.storage;
}

async function withWorker<T>(ask: (worker: StoreWorker) => Promise<T>): Promise<T> {
	const worker = StoreWorker.start();
	const answer = await ask(worker);
	worker.stop();
	return answer;
}

/** A store that frees what it was made on when it is closed. */
class OwningStore implements GroupStore {
	readonly #store: GroupStore;
	readonly #release: () => void;

	constructor(store: GroupStore, release: () => void) {
		this.#store = store;
		this.#release = release;
	}

	inventory(): Promise<Result<Inventory, StoreFault>> { return this.#store.inventory(); }
	read(group: number): Promise<Result<StoredGroup | undefined, StoreFault>> { return this.#store.read(group); }
	write(group: number, stored: StoredGroup): Promise<Result<void, StoreFault>> {
		return this.#store.write(group, stored);
	}

	remove(group: number): Promise<Result<void, StoreFault>> { return this.#store.remove(group); }

	async close(): Promise<void> {
		await this.#store.close();
		this.#release();
	}
}
