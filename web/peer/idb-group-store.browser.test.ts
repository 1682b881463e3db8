import { expect, test } from 'vitest';
import type { ShareId } from '../../shared/protocol/ids.ts';
import { groupStoreContract, storedGroup, testHash } from '../../shared/testkit/group-store-contract.ts';
import {
	clearDatabase, IdbGroupStore, keptInDatabase, openGroupDatabase, type GroupDatabase,
} from './idb-group-store.ts';

const SHARE = 'AAAAAAAAAAAAAAAAAAAAAA' as ShareId;
const OTHER = 'BBBBBBBBBBBBBBBBBBBBBA' as ShareId;

async function database() {
	const opened = await openGroupDatabase();
	if (!opened.ok) throw new Error(opened.error);
	return opened.value;
}

type Kept = NonNullable<Awaited<ReturnType<typeof kept>>>;

function kept(db: GroupDatabase, key: [ShareId, number]) { return db.get('groups', key); }

async function spoil(db: GroupDatabase, key: [ShareId, number], change: (record: Kept) => void): Promise<void> {
	const record = await kept(db, key);
	change(record!);
	await db.put('groups', record!, key);
}

groupStoreContract('IndexedDB', async () => {
	const db = await database();
	await clearDatabase(db);
	return {
		open: (share, groups) => Promise.resolve(new IdbGroupStore(db, share, { groups, hash: testHash })),
		spoil: (share, group, at) => spoil(db, [share, group], ({ bytes }) => { bytes[at] = (bytes[at] ?? 0) ^ 1; }),
		end: () => Promise.resolve(db.close()),
	};
});

test('kept shares are counted, and deleted one by one or all at once', async () => {
	const db = await database();
	await clearDatabase(db);
	for (const share of [SHARE, OTHER]) {
		const store = new IdbGroupStore(db, share, { groups: 9, hash: testHash });
		await store.write(0, storedGroup(1, { length: 1000 }));
		await store.write(8, storedGroup(2, { length: 234 }));
	}
	const [mine, others] = [{ share: SHARE, bytes: 1234 }, { share: OTHER, bytes: 1234 }];
	expect(await keptInDatabase(db)).toEqual({ ok: true, value: [mine, others] });
	await clearDatabase(db, SHARE);
	expect(await keptInDatabase(db)).toEqual({ ok: true, value: [others] });
	await clearDatabase(db);
	expect(await keptInDatabase(db)).toEqual({ ok: true, value: [] });
	db.close();
});

test('a view is kept without the memory around it', async () => {
	const db = await database();
	await clearDatabase(db);
	const store = new IdbGroupStore(db, SHARE, { groups: 1, hash: testHash });
	const group = storedGroup(3, { length: 100 });
	const wide = new Uint8Array(5000);
	wide.set(group.bytes, 77);
	await store.write(0, { ...group, bytes: wide.subarray(77, 177) });
	const read = await store.read(0);
	expect(read.ok && read.value?.bytes).toEqual(group.bytes);
	expect(read.ok && read.value?.bytes.buffer.byteLength).toBe(100);
	db.close();
});

test('a group whose leaves rotted, or whose bytes are too few, is gone', async () => {
	const db = await database();
	await clearDatabase(db);
	const store = new IdbGroupStore(db, SHARE, { groups: 1, hash: testHash });
	for (const change of [
		(record: Kept) => { record.leaves[40] = (record.leaves[40] ?? 0) ^ 1; },
		(record: Kept) => { Object.assign(record, { bytes: record.bytes.slice(1) }); },
	]) {
		await store.write(0, storedGroup(4, { length: 20_000 }));
		await spoil(db, [SHARE, 0], change);
		expect(await store.read(0)).toEqual({ ok: true, value: undefined });
		expect(await db.count('contents')).toBe(0);
	}
	db.close();
});

test('a database that was closed under a store is gone', async () => {
	const db = await database();
	const store = new IdbGroupStore(db, SHARE, { groups: 1, hash: testHash });
	db.close();
	expect(await store.read(0)).toEqual({ ok: false, error: 'gone' });
	expect(await store.inventory()).toEqual({ ok: false, error: 'gone' });
});
