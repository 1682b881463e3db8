import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ok } from '../../shared/base/result.ts';
import type { DescriptorClaims } from '../../shared/protocol/descriptor.ts';
import { shareIdFrom } from '../../shared/protocol/ids.ts';
import type { Listing } from '../../shared/protocol/listing.ts';
import { openDb } from './db.ts';
import { DescriptorStore, KEPT_FOR, openDescriptorStore } from './descriptor-store.ts';

const share = (n: number) => shareIdFrom(new Uint8Array(16).fill(n));
const open: DescriptorClaims = { revision: 7, state: 'open', size: 0, root: undefined, bytes: Uint8Array.of(0, 255, 0) };
const root = new Uint8Array(32).fill(5);
const sealed: DescriptorClaims = { revision: 8, state: 'sealed', size: 2 ** 37, root, bytes: new Uint8Array(16_384).fill(1) };

let directory = '';
let path = '';
const faults: unknown[] = [];
const reopen = (): Promise<DescriptorStore> => openDescriptorStore(path, (error) => faults.push(error));

beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'streamlet-store-'));
	path = join(directory, 'tracker.db');
	faults.length = 0;
});
afterEach(() => rm(directory, { recursive: true }));

test('what was kept is there after the file was closed and opened', async () => {
	const first = await reopen();
	expect(first.find(share(1), 0)).toEqual(ok(undefined));
	expect(first.keep(share(1), open, 0)).toEqual(ok(undefined));
	expect(first.keep(share(2), sealed, 0)).toEqual(ok(undefined));
	first.close();
	const second = await reopen();
	expect(second.find(share(1), 0)).toEqual(ok(open));
	expect(second.find(share(2), 0)).toEqual(ok(sealed));
	second.close();
});

test('what was kept is there although nobody closed the file', async () => {
	const first = await reopen();
	first.keep(share(1), sealed, 0);
	const second = await reopen();
	expect(second.find(share(1), 0)).toEqual(ok(sealed));
	second.close();
	first.close();
});

test('a later descriptor takes the place of the former', async () => {
	const store = await reopen();
	store.keep(share(1), open, 0);
	store.keep(share(1), sealed, 0);
	expect([store.find(share(1), 0), store.count()]).toEqual([ok(sealed), ok(1)]);
	store.close();
});

test('it goes 90 days after its last use, and a use counts', async () => {
	const store = await reopen();
	store.keep(share(1), open, 0);
	store.keep(share(2), open, 0);
	store.find(share(2), KEPT_FOR / 2);
	expect(store.sweep(KEPT_FOR - 1)).toEqual(ok(0));
	expect(store.sweep(KEPT_FOR)).toEqual(ok(1));
	expect([store.find(share(1), KEPT_FOR), store.find(share(2), KEPT_FOR)]).toEqual([ok(undefined), ok(open)]);
	store.close();
});

test('beyond its room it lets go of what was used least lately', async () => {
	const store = await reopen();
	for (let n = 0; n < 4; n++) store.keep(share(n), { ...open, bytes: new Uint8Array(100) }, n);
	store.find(share(0), 4_000_000);
	expect(store.sweep(5, 250)).toEqual(ok(2));
	const left = [0, 1, 2, 3].filter((n) => {
		const found = store.find(share(n), 5);
		return found.ok && found.value !== undefined;
	});
	expect(left).toEqual([0, 3]);
	store.close();
});

describe('what is listed', () => {
	const words = { linkKey: new Uint8Array(32).fill(3), name: 'Ann' };
	const listing = (n: number, number: number, listed: Listing['listed'] = words): Listing =>
		({ share: share(n), number, listed, bytes: Uint8Array.of(n, number) });

	test('is there after the file was opened again, and so is a statement that took a share back', async () => {
		const first = await reopen();
		for (const n of [1, 2, 3]) first.keep(share(n), open, 0);
		first.keepListing(listing(2, 5), 1);
		first.keepListing(listing(1, 1), 2);
		first.keepListing(listing(3, 1), 3);
		first.keepListing({ ...listing(3, 2), listed: undefined }, 0);
		first.close();
		const second = await reopen();
		const places = [{ ...words, share: share(2), place: 1 }, { ...words, share: share(1), place: 2 }];
		expect(second.listed()).toEqual(ok(places));
		expect(second.listing(share(3))).toEqual(ok({ number: 2, bytes: Uint8Array.of(3, 2) }));
		expect(second.listing(share(4))).toEqual(ok(undefined));
		second.close();
	});

	test('goes with its descriptor, and is hidden once that is revoked; being looked at is no use', async () => {
		const store = await reopen();
		for (const n of [1, 2]) store.keep(share(n), open, 0);
		for (const n of [1, 2]) store.keepListing(listing(n, 1), n);
		store.keep(share(2), { ...open, revision: 9, state: 'revoked' }, KEPT_FOR);
		expect(store.listed()).toMatchObject({ value: [{ share: share(1) }] });
		expect(store.peek(share(1))).toEqual(ok(open));
		store.sweep(KEPT_FOR);
		expect([store.listed(), store.listing(share(1))]).toEqual([ok([]), ok(undefined)]);
		store.close();
	});
});

test('a closed store is unavailable, and closing twice is closing once', async () => {
	const store = await reopen();
	store.close();
	store.close();
	expect(store.find(share(1), 0)).toMatchObject({ error: 'unavailable' });
	expect(faults).toEqual([]);
});

test('a failing database is reported and throws nothing', async () => {
	const store = await reopen();
	const saboteur = await openDb(path, []).catch(() => undefined);
	expect(saboteur).toBeUndefined(); // its tables are newer than "none", which openDb refuses
	const other = await openDb(path, ['', '']);
	other.exec('DROP TABLE descriptors');
	expect(store.keep(share(1), open, 0)).toMatchObject({ error: 'unavailable' });
	expect(faults).toHaveLength(1);
	other.close();
	store.close();
});

test('a file that is no database is refused', async () => {
	await writeFile(path, 'this is no database, but a letter to a friend'.repeat(100));
	await expect(reopen()).rejects.toThrow();
});

test('migrations run once each, in order, and all or nothing', async () => {
	const first = await openDb(path, ['CREATE TABLE t (a TEXT)']);
	first.exec("INSERT INTO t VALUES ('kept')");
	first.close();
	const second = ['CREATE TABLE t (a TEXT)', "ALTER TABLE t ADD COLUMN b TEXT DEFAULT 'new'"];
	await expect(openDb(path, [...second, 'CREATE TABLE u (a); CREATE TABLE t (a)'])).rejects.toThrow();
	const third = await openDb(path, second);
	expect(third.prepare('SELECT a, b FROM t').get()).toEqual({ a: 'kept', b: 'new' });
	expect(third.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'u'").get()).toEqual({ n: 0 });
	third.close();
});
