import { deleteDB, openDB } from 'idb';
import { expect, onTestFinished, test } from 'vitest';
import { concat, type Bytes } from '../../shared/base/bytes.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import { HASH_BYTES } from '../../shared/protocol/limits.ts';
import { partStoreContract } from '../../shared/testkit/part-store-contract.ts';
import { Records, type ShareRecord } from './records.ts';

const SHARE = 'AAAAAAAAAAAAAAAAAAAAAA' as ShareId;
const OTHER = 'BBBBBBBBBBBBBBBBBBBBBA' as ShareId;
const ROOT = new Uint8Array(HASH_BYTES).fill(3);
const CERTIFIED = { root: ROOT, signature: new Uint8Array(64).fill(4) };
const RECORD: ShareRecord = {
	id: SHARE, secretKey: new Uint8Array(32), linkKey: new Uint8Array(32), contentKey: new Uint8Array(32),
	fileName: 'lake.mp4', fileType: 'video/mp4', size: 5, lastModified: 6, handle: undefined, descriptor: undefined,
	createdAt: 7, stopped: false,
};

let databases = 0;
/** The name of a database that is not there yet, and is not there any more after the test. */
function freshName(): string {
	const name = `records-test-${++databases}`;
	onTestFinished(() => deleteDB(name));
	return name;
}

async function open(name: string): Promise<Records> {
	const opened = await Records.open(name);
	if (!opened.ok) throw new Error(opened.error);
	return opened.value;
}

function roots(count: number, seed: number): Bytes { return new Uint8Array(count * HASH_BYTES).fill(seed); }

test('what the first version kept is there after the upgrade', async () => {
	const name = freshName();
	const former = await openDB(name, 1, {
		upgrade(db) {
			for (const store of ['shares', 'watched']) db.createObjectStore(store, { keyPath: 'id' });
			for (const store of ['certified', 'parts', 'settings']) db.createObjectStore(store);
		},
	});
	const part = { attachment: 0, since: 1, of: 'part', part: 0 } as const;
	await former.put('shares', RECORD);
	await former.put('watched', { id: OTHER, descriptor: ROOT, positionSec: 8, updatedAt: 9 });
	await former.put('certified', CERTIFIED, [SHARE, 2]);
	await former.put('parts', ROOT, [SHARE, 0, 1, 'part', 0]);
	await former.put('settings', { theme: 'dark', name: 'Ada' }, 'settings');
	former.close();
	const records = await open(name);
	expect(await records.shares()).toEqual([RECORD]);
	expect((await records.watched(OTHER))?.positionSec).toBe(8);
	expect(await records.certified(SHARE, 2)).toEqual(CERTIFIED);
	expect(await records.parts(SHARE).get(part)).toEqual(ROOT);
	expect(await records.settings()).toEqual({ theme: 'dark', name: 'Ada' });
	expect(await records.foundRoots(SHARE)).toEqual(new Uint8Array(0));
	await records.putFoundRoots(SHARE, 0, roots(2, 1));
	expect(await records.foundRoots(SHARE)).toEqual(roots(2, 1));
});

test('watching goes on without what can no longer be kept', async () => {
	const name = freshName();
	const records = await open(name);
	await deleteDB(name); // as a newer page does: this one's line to the database is cut
	await records.putWatched({ id: OTHER, descriptor: ROOT, positionSec: 8, updatedAt: 9 });
	expect(await records.watched(OTHER)).toBeUndefined();
});

test('found roots come back in order, up to the first gap', async () => {
	const records = await open(freshName());
	await records.putFoundRoots(SHARE, 300, roots(1, 4));
	await records.putFoundRoots(SHARE, 2, roots(3, 2));
	await records.putFoundRoots(SHARE, 0, roots(2, 1));
	await records.putFoundRoots(OTHER, 5, roots(1, 3));
	expect(await records.foundRoots(SHARE)).toEqual(concat(roots(2, 1), roots(3, 2)));
	expect(await records.foundRoots(OTHER)).toEqual(new Uint8Array(0));
	await records.forgetFoundRoots(SHARE);
	expect(await records.foundRoots(SHARE)).toEqual(new Uint8Array(0));
});

test('certified groups are found by range', async () => {
	const records = await open(freshName());
	await Promise.all([1, 2, 63, 64].map((group) => records.putCertified(SHARE, group, CERTIFIED)));
	await records.putCertified(OTHER, 3, CERTIFIED);
	expect([...(await records.certifiedIn(SHARE, 2, 64)).keys()]).toEqual([2, 63]);
	expect((await records.certifiedIn(SHARE, 64, 65)).get(64)).toEqual(CERTIFIED);
});

test('a share that is forgotten leaves nothing, not even what is still being kept', async () => {
	const name = freshName();
	const records = await open(name);
	await records.putShare(RECORD);
	await records.putShare({ ...RECORD, id: OTHER });
	await records.putFoundRoots(SHARE, 0, roots(2, 1));
	await records.putFoundRoots(OTHER, 0, roots(1, 1));
	await records.parts(SHARE).put({ attachment: 0, since: 1, of: 'part', part: 0 }, ROOT);
	const keeping = [records.putCertified(SHARE, 0, CERTIFIED), records.putCertified(SHARE, 1, CERTIFIED)];
	await records.forgetShare(SHARE);
	await Promise.all(keeping);
	const db = await openDB(name);
	const left = await Promise.all(['shares', 'certified', 'sealing', 'parts'].map((store) => db.count(store)));
	db.close();
	expect(left).toEqual([1, 0, 1, 0]);
	expect((await records.shares())[0]?.id).toBe(OTHER);
});

test('a film that was watched is forgotten without what belongs to a share of mine', async () => {
	const records = await open(freshName());
	const part = { attachment: 0, since: 1, of: 'part', part: 0 } as const;
	await records.putShare(RECORD);
	for (const id of [SHARE, OTHER]) {
		await records.putWatched({ id, descriptor: ROOT, positionSec: 8, updatedAt: 9 });
		await records.parts(id).put(part, ROOT);
		await records.forgetWatched(id);
		expect(await records.watched(id)).toBeUndefined();
	}
	expect((await records.share(SHARE))?.secretKey).toEqual(RECORD.secretKey);
	expect([await records.parts(SHARE).get(part), await records.parts(OTHER).get(part)]).toEqual([ROOT, undefined]);
});

test('a part that cannot be kept is not said to be', async () => {
	const name = freshName();
	const records = await open(name);
	await deleteDB(name);
	expect(await records.parts(SHARE).put({ attachment: 0, since: 1, of: 'part', part: 0 }, ROOT)).toBe(false);
});

partStoreContract('IndexedDB', async () => (await open(freshName())).parts(SHARE));
