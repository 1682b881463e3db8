/**
 * Small things kept on this device, in IndexedDB: what I share and its keys, what I watched, parts of attachments,
 * settings. The bytes of films are elsewhere (`open-group-store.ts`).
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { concat, type Bytes } from '../../shared/base/bytes.ts';
import { fail, ok, type Result } from '../../shared/base/result.ts';
import type { PartStore, StoredPartName } from '../../shared/ports/part-store.ts';
import type { StoreFault } from '../../shared/ports/group-store.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import { HASH_BYTES } from '../../shared/protocol/limits.ts';
import type { CertifiedGroup } from '../../shared/runtime/certifying-store.ts';

/** A share of mine. Whoever has this record can go on sharing it; so it never leaves the device. */
export interface ShareRecord {
	readonly id: ShareId;
	readonly secretKey: Bytes;
	readonly linkKey: Bytes;
	readonly contentKey: Bytes;
	readonly fileName: string;
	readonly fileType: string;
	readonly size: number;
	readonly lastModified: number;
	/** Gives the file back after a reload, where the browser has such handles. */
	readonly handle: FileSystemFileHandle | undefined;
	/** The newest descriptor; undefined for the blink before the first is signed. */
	readonly descriptor: Bytes | undefined;
	readonly createdAt: number;
	readonly stopped: boolean;
	/** The newest statement about the public catalogue, signed; undefined when there never was one. */
	readonly listing?: Bytes | undefined;
	/** A bridge keeps a copy until then, milliseconds since 1970. */
	readonly parkedUntil?: number | undefined;
}

/** A film somebody shared with me. */
export interface WatchRecord {
	readonly id: ShareId;
	readonly descriptor: Bytes;
	/** Undefined in records of earlier versions. */
	readonly title?: string | undefined;
	readonly positionSec: number;
	readonly updatedAt: number;
}

/** What a person set. */
export interface Settings {
	readonly theme: 'auto' | 'light' | 'dark';
	readonly name: string | undefined;
	/** Mbit/s that this device sends and fetches at most; undefined: as many as go. */
	readonly upMbit?: number | undefined;
	readonly downMbit?: number | undefined;
}

interface Schema extends DBSchema {
	shares: { key: ShareId; value: ShareRecord };
	watched: { key: ShareId; value: WatchRecord };
	certified: { key: [ShareId, number]; value: CertifiedGroup };
	/** Since version 2: by the first group of a run, the roots of its groups, 32 bytes each. */
	sealing: { key: [ShareId, number]; value: Bytes };
	parts: { key: [ShareId, number, number, string, number]; value: Bytes };
	settings: { key: 'settings'; value: Settings };
}

const NAME = 'streamlet';
/** Of the schema above. Each version adds to the one before it in `upgrade`, and keeps what is there. */
const VERSION = 2;
const UNSET: Settings = { theme: 'auto', name: undefined };

/** The records of this browser profile. */
export class Records {
	readonly #db: IDBPDatabase<Schema>;
	/** Certified groups that are not on disk yet, the write they wait for, and the one before it. */
	readonly #uncertain: [[ShareId, number], CertifiedGroup][] = [];
	#flushing: Promise<Result<void, StoreFault>> | undefined;
	#lastFlush: Promise<unknown> = Promise.resolve();

	private constructor(db: IDBPDatabase<Schema>) { this.#db = db; }

	/** `gone`: the browser keeps nothing for this page. `name`: of the database; tests have their own. */
	static async open(name = NAME): Promise<Result<Records, StoreFault>> {
		try {
			const db = await openDB<Schema>(name, VERSION, {
				upgrade(former, from) {
					if (from < 1) {
						for (const store of ['shares', 'watched'] as const) former.createObjectStore(store, { keyPath: 'id' });
						for (const store of ['certified', 'parts', 'settings'] as const) former.createObjectStore(store);
					}
					if (from < 2) former.createObjectStore('sealing');
				},
				blocking: (_current, _next, event) => (event.target as IDBDatabase).close(), // a newer page wants to upgrade
			});
			return ok(new Records(db));
		} catch {
			return fail('gone'); // storage is switched off, full, or of a later version
		}
	}

	/** My shares, newest first. */
	async shares(): Promise<ShareRecord[]> {
		const all = await this.#db.getAll('shares');
		return all.sort((a, b) => b.createdAt - a.createdAt);
	}

	/** One of them; undefined when it was forgotten. */
	async share(id: ShareId): Promise<ShareRecord | undefined> { return this.#db.get('shares', id); }

	/** Settles once a crash cannot lose it. */
	async putShare(record: ShareRecord): Promise<Result<void, StoreFault>> {
		return this.#durably(async () => {
			const transaction = this.#db.transaction('shares', 'readwrite', { durability: 'strict' });
			await transaction.store.put(record);
			await transaction.done;
		});
	}

	/** Undefined also when it cannot be read: the film is watched all the same. */
	async watched(id: ShareId): Promise<WatchRecord | undefined> {
		try {
			return await this.#db.get('watched', id);
		} catch {
			return undefined; // the database is closed: a newer page upgrades it
		}
	}

	/** All that was watched. Empty also when it cannot be read. */
	allWatched(): Promise<WatchRecord[]> { return this.#db.getAll('watched').catch(() => []); }

	/** What cannot be kept costs a later visit its place in the film, nothing more. */
	putWatched(record: WatchRecord): Promise<Result<void, StoreFault>> {
		return this.#durably(async () => { await this.#db.put('watched', record); });
	}

	async settings(): Promise<Settings> { return await this.#db.get('settings', 'settings') ?? UNSET; }
	/** Complete as soon as it is said: whoever changes a setting may leave the page in the next moment. */
	async putSettings(settings: Settings): Promise<void> {
		const transaction = this.#db.transaction('settings', 'readwrite');
		const put = transaction.store.put(settings, 'settings');
		transaction.commit();
		await Promise.all([put, transaction.done]);
	}

	async certified(id: ShareId, group: number): Promise<CertifiedGroup | undefined> {
		return this.#db.get('certified', [id, group]);
	}

	/** Groups that were certified, ascending. */
	async certifiedGroups(id: ShareId): Promise<number[]> {
		const keys = await this.#db.getAllKeys('certified', rangeOf(id));
		return keys.map(([, group]) => group);
	}

	/** Those of the groups `from` to `to` - 1 that were certified. */
	async certifiedIn(id: ShareId, from: number, to: number): Promise<Map<number, CertifiedGroup>> {
		const range = IDBKeyRange.bound([id, from], [id, to], false, true);
		const { store } = this.#db.transaction('certified');
		const [keys, values] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
		return new Map(keys.flatMap(([, group], k) => {
			const value = values[k];
			return value ? [[group, value] as const] : [];
		}));
	}

	/** Group roots that sealing passes found, from the first group on without a gap, 32 bytes each. */
	async foundRoots(id: ShareId): Promise<Bytes> {
		const { store } = this.#db.transaction('sealing');
		const [keys, runs] = await Promise.all([store.getAllKeys(rangeOf(id)), store.getAll(rangeOf(id))]);
		const roots: Bytes[] = [];
		let groups = 0;
		for (const [k, run] of runs.entries()) {
			if (keys[k]?.[1] !== groups) break; // a run is missing: it and what comes after it is found again
			roots.push(run);
			groups += run.length / HASH_BYTES;
		}
		return concat(...roots);
	}

	/** The roots of a run of groups from `first` on. One that cannot be kept is found again after a reload. */
	async putFoundRoots(id: ShareId, first: number, roots: Bytes): Promise<void> {
		await this.#durably(async () => { await this.#db.put('sealing', roots, [id, first]); });
	}

	async forgetFoundRoots(id: ShareId): Promise<void> { await this.#db.delete('sealing', rangeOf(id)); }

	/** Settles once a crash cannot lose it. Those that come while the disk is busy go to it together. */
	putCertified(id: ShareId, group: number, certified: CertifiedGroup): Promise<Result<void, StoreFault>> {
		this.#uncertain.push([[id, group], certified]);
		return this.#flushing ??= this.#lastFlush.then(() => this.#flushCertified());
	}

	/** The parts of one share's attachments. */
	parts(id: ShareId): PartStore {
		const keyOf = (name: StoredPartName): [ShareId, number, number, string, number] =>
			[id, name.attachment, name.since, name.of, name.part];
		return {
			get: (name) => this.#db.get('parts', keyOf(name)),
			put: async (name, bytes) => {
				const kept = await this.#durably(async () => { await this.#db.put('parts', bytes, keyOf(name)); });
				return kept.ok;
			},
		};
	}

	/** Forgets a film that was watched. One that is mine too stays mine: its keys and attachments are needed. */
	async forgetWatched(id: ShareId): Promise<void> {
		const transaction = this.#db.transaction(['shares', 'watched', 'parts'], 'readwrite');
		await transaction.objectStore('watched').delete(id);
		const isMine = await transaction.objectStore('shares').getKey(id) !== undefined;
		if (!isMine) await transaction.objectStore('parts').delete(rangeOf(id));
		await transaction.done;
	}

	/** Forgets a share of mine, and all that belongs to it. */
	async forgetShare(id: ShareId): Promise<void> {
		await this.#flushing; // what was certified a moment ago comes first, or it would stay
		await this.#lastFlush;
		const transaction = this.#db.transaction(['shares', 'watched', 'certified', 'sealing', 'parts'], 'readwrite');
		await Promise.all([
			transaction.objectStore('shares').delete(id),
			transaction.objectStore('watched').delete(id),
			transaction.objectStore('certified').delete(rangeOf(id)),
			transaction.objectStore('sealing').delete(rangeOf(id)),
			transaction.objectStore('parts').delete(rangeOf(id)),
			transaction.done,
		]);
	}

	#flushCertified(): Promise<Result<void, StoreFault>> {
		const batch = this.#uncertain.splice(0);
		this.#flushing = undefined;
		const flush = this.#durably(async () => {
			const transaction = this.#db.transaction('certified', 'readwrite', { durability: 'strict' });
			await Promise.all([...batch.map(([key, certified]) => transaction.store.put(certified, key)), transaction.done]);
		});
		this.#lastFlush = flush;
		return flush;
	}

	async #durably(write: () => Promise<void>): Promise<Result<void, StoreFault>> {
		try {
			await write();
			return ok(undefined);
		} catch (error) {
			return fail(error instanceof DOMException && error.name === 'QuotaExceededError' ? 'full' : 'gone');
		}
	}
}

/** All keys that begin with the id. Arrays sort after every other kind of key. */
function rangeOf(id: ShareId): IDBKeyRange {
	return IDBKeyRange.bound([id], [id, []]);
}
