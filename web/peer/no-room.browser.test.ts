/** A disk that runs full in mid-film, as the browser has it: what was kept stays, what finds no room says so. */
import { afterEach, expect, test, vi } from 'vitest';
import { cdp } from 'vitest/browser';
import type { GroupStore } from '../../shared/ports/group-store.ts';
import { Layout, type ShareId } from '../../shared/protocol/ids.ts';
import { GROUP_BYTES } from '../../shared/protocol/limits.ts';
import { storedGroup, testHash } from '../../shared/testkit/group-store-contract.ts';
import { IdbGroupStore, openGroupDatabase } from './idb-group-store.ts';
import { deleteKept, openGroupStore } from './open-group-store.ts';

const SHARE = 'EEEEEEEEEEEEEEEEEEEEEA' as ShareId;
/** Far more than the room that is left: what a browser says of its usage may still count what was just deleted. */
const GROUPS = 400;

async function limitRoom(quotaSize?: number): Promise<void> {
	const browser = cdp() as unknown as { send(method: string, about: object): Promise<unknown> };
	await browser.send('Storage.overrideQuotaForOrigin', { origin: location.origin, ...(quotaSize && { quotaSize }) });
}

/** Leaves room for about `bytes`. */
async function leaveRoom(bytes: number): Promise<void> {
	const { usage = 0 } = await navigator.storage.estimate();
	await limitRoom(usage + bytes);
}

afterEach(async () => {
	vi.restoreAllMocks();
	await limitRoom();
	await deleteKept();
});

async function opened(kind: string): Promise<GroupStore> {
	if (kind === 'IndexedDB') {
		const db = await openGroupDatabase();
		if (db.ok) return new IdbGroupStore(db.value, SHARE, { groups: GROUPS, hash: testHash });
	}
	const store = await openGroupStore(SHARE, new Layout(GROUPS * GROUP_BYTES));
	if (!store.ok) throw new Error(store.error);
	return store.value;
}

/**
 * Chromium remembers for half a minute how much room a page's databases had, so what IndexedDB says then is said for
 * it, after `writes` more.
 */
function refuseAfter(writes: number): void {
	const put = Reflect.get(IDBObjectStore.prototype, 'put') as (value: unknown, key?: IDBValidKey) => IDBRequest<IDBValidKey>;
	vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function full(this: IDBObjectStore, value, key) {
		if (writes-- <= 0) throw new DOMException('no room', 'QuotaExceededError');
		return put.call(this, value, key);
	});
}

for (const kind of ['files', 'IndexedDB']) {
	test(`${kind}: what was kept before the disk ran full is there, and room that comes back is used`, async () => {
		const store = await opened(kind);
		await store.inventory();
		if (kind === 'files') await leaveRoom(6 * GROUP_BYTES);
		else refuseAfter(20);
		const kept: number[] = [];
		let fault = '';
		for (let group = 0; group < GROUPS && fault === ''; group++) {
			const written = await store.write(group, storedGroup(group));
			if (written.ok) kept.push(group);
			else fault = written.error;
		}
		expect(fault).toBe('full');
		expect(kept.length).toBeGreaterThan(0);
		const refused = kept.length;
		expect(await store.read(refused)).toEqual({ ok: true, value: undefined });
		for (const group of kept) expect(await isWhole(store, group)).toBe(true);
		await limitRoom();
		vi.restoreAllMocks();
		expect(await store.write(refused, storedGroup(refused))).toEqual({ ok: true, value: undefined });
		expect(await isWhole(store, refused)).toBe(true);
		await store.close();
	});
}

async function isWhole(store: GroupStore, group: number): Promise<boolean> {
	const read = await store.read(group);
	return read.ok && read.value?.held.every((byte) => byte === 255) === true;
}

test('a film that was kept opens on a full disk, and all of it is read', async () => {
	const before = await opened('files');
	await before.inventory();
	await before.write(3, storedGroup(3));
	await before.close();
	await limitRoom(1);
	const store = await opened('files');
	const inventory = await store.inventory();
	expect(inventory.ok && inventory.value.whole[0]).toBe(1 << 3);
	expect(await isWhole(store, 3)).toBe(true);
	await store.close();
});

test('where there is no room at all a store opens all the same, and keeps nothing', async () => {
	await limitRoom(1);
	const store = await opened('files');
	const nothing = { whole: new Uint8Array(GROUPS / 8), partial: new Map() };
	expect(await store.inventory()).toEqual({ ok: true, value: nothing });
	expect(await store.write(0, storedGroup(0))).toEqual({ ok: false, error: 'full' });
	expect(await store.read(0)).toEqual({ ok: true, value: undefined });
	await store.close();
});
