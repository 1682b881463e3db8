/**
 * Groups in IndexedDB, for pages without an origin-private file system: plain HTTP in a local network, old browsers.
 * What is held stands in records of its own, so that an inventory reads no group.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { BitSet } from '../../shared/base/bit-set.ts';
import { equalBytes, type Bytes } from '../../shared/base/bytes.ts';
import { fail, ok, type Result } from '../../shared/base/result.ts';
import type { GroupStore, Inventory, StoredGroup, StoreFault } from '../../shared/ports/group-store.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import { proofDigest } from '../../shared/protocol/fitting-chunks.ts';
import type { Hash } from '../../shared/protocol/merkle.ts';
import { checked, contentOf, faultOf } from '../../shared/store/slot-store.ts';
import { isWhole, type ProvenContent } from '../../shared/store/slot-table.ts';
import type { KeptShare } from './store-messages.ts';

type Key = [ShareId, number];

interface Schema extends DBSchema {
	groups: { key: Key; value: Omit<StoredGroup, 'held'> };
	contents: { key: Key; value: ProvenContent };
}

/** The database of all groups of all shares. */
export type GroupDatabase = IDBPDatabase<Schema>;

const NAME = 'streamlet-groups';
/** Of the records above. What another version kept is fetched again. */
const VERSION = 2;

/** Opens it; `gone` where the browser keeps nothing for this page. */
export async function openGroupDatabase(): Promise<Result<GroupDatabase, StoreFault>> {
	return attempt(() => openDB<Schema>(NAME, VERSION, {
		upgrade(fresh) {
			for (const store of [...fresh.objectStoreNames]) fresh.deleteObjectStore(store);
			for (const store of ['groups', 'contents'] as const) fresh.createObjectStore(store);
		},
		// A newer page wants to upgrade, or somebody to delete everything: calls fail with `gone` from now on.
		blocking: (_current, _next, event) => (event.target as IDBDatabase).close(),
	}));
}

/** What is kept of all shares. */
export async function keptInDatabase(db: GroupDatabase): Promise<Result<readonly KeptShare[], StoreFault>> {
	return attempt(async () => {
		const [keys, contents] = await Promise.all([db.getAllKeys('contents'), db.getAll('contents')]);
		const bytes = new Map<ShareId, number>();
		contents.forEach(({ length }, k) => {
			const [share] = keys[k] ?? [];
			if (share !== undefined) bytes.set(share, (bytes.get(share) ?? 0) + length);
		});
		return [...bytes].map(([share, total]) => ({ share, bytes: total }));
	});
}

/** Forgets the groups of one share, or of all. */
export async function clearDatabase(db: GroupDatabase, share?: ShareId): Promise<Result<undefined, StoreFault>> {
	return attempt(async () => {
		const transaction = db.transaction(['groups', 'contents'], 'readwrite');
		const range = share === undefined ? undefined : rangeOf(share);
		for (const name of ['groups', 'contents'] as const) {
			const store = transaction.objectStore(name);
			await (range ? store.delete(range) : store.clear());
		}
		await transaction.done;
		return undefined;
	});
}

/** The groups of one share. */
export class IdbGroupStore implements GroupStore {
	readonly #db: GroupDatabase;
	readonly #share: ShareId;
	readonly #groups: number;
	readonly #hash: Hash;
	readonly #underWay = new Set<Promise<unknown>>();

	/** @param about - `groups`: how many groups the share has */
	constructor(db: GroupDatabase, share: ShareId, about: { readonly groups: number; readonly hash: Hash }) {
		this.#db = db;
		this.#share = share;
		this.#groups = about.groups;
		this.#hash = about.hash;
	}

	inventory(): Promise<Result<Inventory, StoreFault>> {
		return this.#run(async () => {
			const whole = new BitSet(this.#groups);
			const partial = new Map<number, Bytes>();
			for (const content of await this.#db.getAll('contents', rangeOf(this.#share))) {
				if (content.group >= this.#groups) continue;
				if (isWhole(content)) whole.add(content.group);
				else partial.set(content.group, content.held);
			}
			return { whole: whole.bytes(), partial };
		});
	}

	read(group: number): Promise<Result<StoredGroup | undefined, StoreFault>> {
		return this.#run(async () => {
			const transaction = this.#db.transaction(['groups', 'contents']);
			const [stored, content] = await Promise.all([
				transaction.objectStore('groups').get([this.#share, group]),
				transaction.objectStore('contents').get([this.#share, group]),
			]);
			if (!stored || !content) return undefined;
			const held = checked({ ...stored, held: content.held }, content, this.#hash);
			if (!equalBytes(held, content.held)) await this.#amend(content, held);
			return held.some((byte) => byte !== 0) ? { ...stored, held } : undefined;
		});
	}

	write(group: number, stored: StoredGroup): Promise<Result<void, StoreFault>> {
		return this.#run(async () => {
			const transaction = this.#db.transaction(['groups', 'contents'], 'readwrite');
			const { form, bytes } = stored.certificate;
			const [held, leaves, certificate] = [tight(stored.held), tight(stored.leaves), { form, bytes: tight(bytes) }];
			const own = { bytes: tight(stored.bytes), leaves, certificate };
			const proof = proofDigest(leaves, certificate.bytes, this.#hash);
			const content = { ...contentOf(group, { ...stored, held }), proof };
			await Promise.all([
				transaction.objectStore('groups').put(own, [this.#share, group]),
				transaction.objectStore('contents').put(content, [this.#share, group]),
				transaction.done,
			]);
		});
	}

	remove(group: number): Promise<Result<void, StoreFault>> {
		return this.#run(async () => {
			const transaction = this.#db.transaction(['groups', 'contents'], 'readwrite');
			await Promise.all([
				transaction.objectStore('groups').delete([this.#share, group]),
				transaction.objectStore('contents').delete([this.#share, group]),
				transaction.done,
			]);
		});
	}

	async close(): Promise<void> { await Promise.all(this.#underWay); }

	/** Less of a group is what it was. Another tab may have written it anew meanwhile: then that stands. */
	async #amend(was: ProvenContent, held: Bytes): Promise<void> {
		const transaction = this.#db.transaction(['groups', 'contents'], 'readwrite');
		const key: Key = [this.#share, was.group];
		const contents = transaction.objectStore('contents');
		const now = await contents.get(key);
		if (now && equalBytes(now.held, was.held)) {
			if (held.some((byte) => byte !== 0)) await contents.put({ ...was, held }, key);
			else await Promise.all([contents.delete(key), transaction.objectStore('groups').delete(key)]);
		}
		await transaction.done;
	}

	#run<T>(action: () => Promise<T>): Promise<Result<T, StoreFault>> {
		const running = attempt(action);
		this.#underWay.add(running);
		void running.then(() => this.#underWay.delete(running));
		return running;
	}
}

/** A view is cloned with all of the memory it is a view on: bytes that are not alone in theirs are copied out. */
function tight(bytes: Bytes): Bytes {
	return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}

/** All keys that begin with the share. Arrays sort after every other kind of key. */
function rangeOf(share: ShareId): IDBKeyRange {
	return IDBKeyRange.bound([share], [share, []]);
}

async function attempt<T>(action: () => Promise<T>): Promise<Result<T, StoreFault>> {
	try {
		return ok(await action());
	} catch (error) {
		return fail(faultOf(error));
	}
}
