/** The shelf of descriptors on disk. */
import type { Bytes } from '../../shared/base/bytes.ts';
import { fail, ok, type Result } from '../../shared/base/result.ts';
import { MIB, SECOND, type Ms } from '../../shared/base/units.ts';
import type { DescriptorClaims } from '../../shared/protocol/descriptor.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import type { Listing } from '../../shared/protocol/listing.ts';
import type { KeptListing, ListedShare, ListingShelf } from '../core/catalogue.ts';
import type { Shelf } from '../core/descriptors.ts';
import { openDb, type Db, type Statement } from './db.ts';

/** A descriptor goes when nobody has asked for it for so long: DESIGN §5. */
export const KEPT_FOR: Ms = 90 * 24 * 3600 * SECOND;
/** Uses are noted once an hour, so that a busy share costs one write an hour. */
const NOTE_EVERY: Ms = 3600 * SECOND;
/** Bytes of descriptors kept; beyond it those go that were used least lately. 65 000 of the largest. */
export const MAX_KEPT_BYTES = 1024 * MIB;

/** Version k + 1 is made by `MIGRATIONS[k]`. `used_at`: milliseconds since 1970. */
const MIGRATIONS = [
	`CREATE TABLE descriptors (
		share TEXT PRIMARY KEY, revision INTEGER NOT NULL, state TEXT NOT NULL, size INTEGER NOT NULL, root BLOB,
		bytes BLOB NOT NULL, used_at INTEGER NOT NULL
	) STRICT;
	CREATE INDEX descriptors_by_use ON descriptors (used_at)`,
	// The newest statement of a share; link_key and place are NULL once it was taken off the list.
	`CREATE TABLE listings (
		share TEXT PRIMARY KEY, number INTEGER NOT NULL, statement BLOB NOT NULL, link_key BLOB, name TEXT NOT NULL, place INTEGER
	) STRICT`,
] as const;

const KEEP = `INSERT INTO descriptors (share, revision, state, size, root, bytes, used_at) VALUES (?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT (share) DO UPDATE SET revision = excluded.revision, state = excluded.state, size = excluded.size,
		root = excluded.root, bytes = excluded.bytes, used_at = excluded.used_at`;
const EVICT = `DELETE FROM descriptors WHERE share IN (SELECT share FROM (
	SELECT share, SUM(length(bytes)) OVER (ORDER BY used_at DESC, share) AS so_far FROM descriptors) WHERE so_far > ?)`;

const KEEP_LISTING = 'INSERT OR REPLACE INTO listings (share, number, statement, link_key, name, place) VALUES (?, ?, ?, ?, ?, ?)';
const LISTED = `SELECT share, link_key, name, place FROM listings JOIN descriptors USING (share)
	WHERE place IS NOT NULL AND state <> 'revoked' ORDER BY place`;
const FORGET_LISTINGS = 'DELETE FROM listings WHERE share NOT IN (SELECT share FROM descriptors)';

/** Told of every failure of the disk. */
export type ReportFault = (error: unknown) => void;

/** Opens the shelf at `path`, made if it is not there. @throws as {@link openDb} */
export async function openDescriptorStore(path: string, report: ReportFault): Promise<DescriptorStore> {
	return new DescriptorStore(await openDb(path, MIGRATIONS), report);
}

/** Descriptors in SQLite, and what the catalogue has of their shares. */
export class DescriptorStore implements Shelf, ListingShelf {
	readonly #db: Db;
	readonly #find: Statement;
	readonly #keep: Statement;
	readonly #use: Statement;
	readonly #report: ReportFault;
	#isOpen = true;

	/** @param db - with this store's tables */
	constructor(db: Db, report: ReportFault) {
		this.#db = db;
		this.#report = report;
		this.#find = db.prepare('SELECT revision, state, size, root, bytes, used_at FROM descriptors WHERE share = ?');
		this.#keep = db.prepare(KEEP);
		this.#use = db.prepare('UPDATE descriptors SET used_at = ? WHERE share = ?');
	}

	find(share: ShareId, now: Ms): Result<DescriptorClaims | undefined, 'unavailable'> {
		return this.#attempt(() => {
			const row = this.#find.get(share);
			if (row && now - Number(row['used_at']) >= NOTE_EVERY) this.#use.run(Math.floor(now), share);
			return row && claimsOf(row);
		});
	}

	peek(share: ShareId): Result<DescriptorClaims | undefined, 'unavailable'> {
		return this.#attempt(() => {
			const row = this.#find.get(share);
			return row && claimsOf(row);
		});
	}

	listing(share: ShareId): Result<KeptListing | undefined, 'unavailable'> {
		return this.#attempt(() => {
			const row = this.#db.prepare('SELECT number, statement FROM listings WHERE share = ?').get(share);
			return row && { number: Number(row['number']), bytes: own(row['statement'] as Bytes) };
		});
	}

	keepListing({ share, number, bytes, listed }: Listing, place: number): Result<void, 'unavailable'> {
		const words = listed ? [listed.linkKey, listed.name, place] as const : [null, '', null] as const;
		return this.#attempt(() => void this.#db.prepare(KEEP_LISTING).run(share, number, bytes, ...words));
	}

	listed(): Result<readonly ListedShare[], 'unavailable'> {
		return this.#attempt(() => this.#db.prepare(LISTED).all().map((row) => ({
			share: row['share'] as ShareId, linkKey: own(row['link_key'] as Bytes), name: row['name'] as string,
			place: Number(row['place']),
		})));
	}

	keep(share: ShareId, claims: DescriptorClaims, now: Ms): Result<void, 'unavailable'> {
		const { revision, state, size, root, bytes } = claims;
		return this.#attempt(() => void this.#keep.run(share, revision, state, size, root ?? null, bytes, Math.floor(now)));
	}

	/** How many are kept. */
	count(): Result<number, 'unavailable'> {
		return this.#attempt(() => Number(this.#db.prepare('SELECT count(*) AS n FROM descriptors').get()?.['n']));
	}

	/** Drops what nobody has used for {@link KEPT_FOR}, and what goes beyond `maxBytes`. Gives how many went. */
	sweep(now: Ms, maxBytes: number = MAX_KEPT_BYTES): Result<number, 'unavailable'> {
		return this.#attempt(() => {
			const expired = this.#db.prepare('DELETE FROM descriptors WHERE used_at <= ?').run(Math.floor(now - KEPT_FOR));
			const evicted = this.#db.prepare(EVICT).run(maxBytes);
			this.#db.exec(FORGET_LISTINGS);
			return Number(expired.changes) + Number(evicted.changes);
		});
	}

	/** Idempotent. */
	close(): void {
		if (this.#isOpen) this.#db.close();
		this.#isOpen = false;
	}

	/** Drivers report a full or failing disk by exceptions. */
	#attempt<T>(act: () => T): Result<T, 'unavailable'> {
		if (!this.#isOpen) return fail('unavailable');
		try {
			return ok(act());
		} catch (error) {
			this.#report(error);
			return fail('unavailable');
		}
	}
}

function claimsOf(row: Readonly<Record<string, unknown>>): DescriptorClaims {
	const { revision, state, size, root, bytes } = row as { readonly [K in keyof DescriptorClaims]: DescriptorClaims[K] };
	return { revision, state, size, root: root ? own(root) : undefined, bytes: own(bytes) };
}

/** Drivers give Buffers or views; callers keep what they get. */
function own(bytes: Bytes): Bytes {
	return new Uint8Array(bytes);
}
