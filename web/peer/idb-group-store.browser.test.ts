import { expect, test } from 'vitest';
import { Layout, type ShareId } from '../../shared/protocol/ids.ts';
import { GROUP_BYTES } from '../../shared/protocol/limits.ts';
import { groupStoreContract, storedGroup } from '../../shared/testkit/group-store-contract.ts';
import { clearDatabase, IdbGroupStore, keptInDatabase, openGroupDatabase } from './idb-group-store.ts';

const SHARE = 'AAAAAAAAAAAAAAAAAAAAAA' as ShareId;
const OTHER = 'BBBBBBBBBBBBBBBBBBBBBA' as ShareId;

async function database() {
	const opened = await openGroupDatabase();
	if (!opened.ok) throw new Error(opened.error);
	return opened.value;
}

groupStoreContract('IndexedDB', async () => {
	const db = await database();
	await clearDatabase(db);
	return {
		open: (share, groups) => Promise.resolve(new IdbGroupStore(db, share, groups)),
		end: () => Promise.resolve(db.close()),
	};
});

test('kept shares are counted, and deleted one by one or all at once', async () => {
	const db = await database();
	await clearDatabase(db);
	for (const share of [SHARE, OTHER]) {
		const store = new IdbGroupStore(db, share, 9);
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
	const store = new IdbGroupStore(db, SHARE, new Layout(GROUP_BYTES).groups);
	const group = storedGroup(3, { length: 100 });
	const wide = new Uint8Array(5000);
	wide.set(group.bytes, 77);
	await store.write(0, { ...group, bytes: wide.subarray(77, 177) });
	const read = await store.read(0);
	expect(read.ok && read.value?.bytes).toEqual(group.bytes);
	expect(read.ok && read.value?.bytes.buffer.byteLength).toBe(100);
	db.close();
});

test('a database that was closed under a store is gone', async () => {
	const db = await database();
	const store = new IdbGroupStore(db, SHARE, 1);
	db.close();
	expect(await store.read(0)).toEqual({ ok: false, error: 'gone' });
	expect(await store.inventory()).toEqual({ ok: false, error: 'gone' });
});
