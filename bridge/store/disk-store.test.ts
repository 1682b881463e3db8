import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Layout, shareIdFrom, type ShareId } from '../../shared/protocol/ids.ts';
import { GROUP_BYTES } from '../../shared/protocol/limits.ts';
import { storedGroup } from '../../shared/testkit/group-store-contract.ts';
import { someBytes } from '../../shared/testkit/test-crypto.ts';
import { nodeCrypto } from '../../node/node-crypto.ts';
import { roomFor } from './disk-group-store.ts';
import { DiskStore, type DiskStoreInit } from './disk-store.ts';
import { temporaryFolder } from './testkit/temporary.ts';

const [A, B, C] = [1, 2, 3].map((k) => shareIdFrom(new Uint8Array(16).fill(k))) as [ShareId, ShareId, ShareId];
const TWO_GROUPS = new Layout(2 * GROUP_BYTES);

async function opened(directory: string, about: Partial<DiskStoreInit> = {}): Promise<DiskStore> {
	let time = Date.now(); // as the disk says of what nobody touched
	const store = await DiskStore.open({
		directory, quotaBytes: Infinity, hash: nodeCrypto.sha256Now, letGo: () => Promise.resolve(true),
		now: () => time += 1000, ...about,
	});
	if (!store.ok) throw new Error(store.error);
	return store.value;
}

/** Keeps one group of a share. */
async function keep(store: DiskStore, share: ShareId): Promise<boolean> {
	const groups = await store.openGroups(share, TWO_GROUPS);
	if (!groups.ok) throw new Error(groups.error);
	const written = await groups.value.write(0, storedGroup(1));
	await groups.value.close();
	return written.ok;
}

test('groups, parts and descriptor of a share are there in the next run, used least recently first', async () => {
	const directory = join(temporaryFolder(), 'bridge');
	const store = await opened(directory);
	for (const share of [B, A, C]) expect(await keep(store, share)).toBe(true);
	await store.touch(B);
	await store.parts(A).put({ attachment: 0, since: 1, of: 'part', part: 0 }, someBytes(10));
	await store.putDescriptor(A, someBytes(900, 1));
	await store.putDescriptor(A, someBytes(800, 2));
	await store.touch(A);
	await store.close();
	const again = await opened(directory);
	expect(again.shares).toEqual([C, B, A]);
	expect(await again.descriptor(A)).toEqual(someBytes(800, 2));
	expect(await again.descriptor(B)).toBeUndefined();
	expect(await again.parts(A).get({ attachment: 0, since: 1, of: 'part', part: 0 })).toEqual(someBytes(10));
	const groups = await again.openGroups(A, TWO_GROUPS);
	expect(groups.ok && (await groups.value.read(0)).ok).toBe(true);
});

test('when room is needed the share that was used least recently goes, as a whole', async () => {
	const directory = temporaryFolder();
	const gone: ShareId[] = [];
	const letGo = (share: ShareId) => Promise.resolve(gone.push(share) > 0);
	const store = await opened(directory, { quotaBytes: 2 * roomFor(2), letGo });
	for (const share of [A, B]) await keep(store, share);
	await store.touch(A);
	expect(await keep(store, C)).toBe(true);
	expect(gone).toEqual([B]);
	expect(existsSync(join(directory, B))).toBe(false);
	expect(store.shares).toEqual([A, C]);
});

test('a share that may not go stays, and the next one goes', async () => {
	const letGo = (share: ShareId) => Promise.resolve(share !== A);
	const store = await opened(temporaryFolder(), { quotaBytes: 2 * roomFor(2), letGo });
	for (const share of [A, B, C]) expect(await keep(store, share)).toBe(true);
	expect(store.shares).toEqual([A, C]);
});

test('where none may go, what finds no room is refused as full and takes nothing from others', async () => {
	const store = await opened(temporaryFolder(), { quotaBytes: roomFor(2), letGo: () => Promise.resolve(false) });
	expect(await keep(store, A)).toBe(true);
	expect(await keep(store, B)).toBe(false);
	expect(await keep(store, A)).toBe(true);
});

test('shares opened at once do not get the same room', async () => {
	const store = await opened(temporaryFolder(), { quotaBytes: roomFor(2), letGo: () => Promise.resolve(false) });
	expect((await Promise.all([A, B].map((share) => keep(store, share)))).filter(Boolean).length).toBe(1);
});

test('a forgotten share is gone from disk', async () => {
	const directory = temporaryFolder();
	const store = await opened(directory);
	await keep(store, A);
	await store.putDescriptor(A, someBytes(100));
	await store.forget(A);
	expect(readdirSync(directory)).toEqual(['lock']);
	expect([store.shares, await store.descriptor(A)]).toEqual([[], undefined]);
});

test('a directory in use is busy; one whose user was killed, or whose lock is nonsense, is free', async () => {
	const directory = temporaryFolder();
	const letGo = () => Promise.resolve(true);
	const init = { directory, quotaBytes: 0, hash: nodeCrypto.sha256Now, letGo, now: () => 0 };
	writeFileSync(join(directory, 'lock'), String(process.ppid));
	expect(await DiskStore.open(init)).toEqual({ ok: false, error: 'busy' });
	for (const holder of ['4194304', '', '-1', 'x']) { // the first is above what Linux counts to
		writeFileSync(join(directory, 'lock'), holder);
		const free = await DiskStore.open(init);
		expect(free.ok).toBe(true);
		if (free.ok) await free.value.close();
	}
});

test('what is no share in the directory is left alone', async () => {
	const directory = temporaryFolder();
	mkdirSync(join(directory, 'lost+found'));
	const store = await opened(directory, { quotaBytes: 0 });
	await store.openGroups(A, TWO_GROUPS);
	expect(readdirSync(directory)).toContain('lost+found');
});

test('a directory that cannot be made is gone', async () => {
	const folder = temporaryFolder();
	writeFileSync(join(folder, 'file'), '');
	const letGo = () => Promise.resolve(true);
	const store = await DiskStore.open({ directory: join(folder, 'file', 'bridge'), quotaBytes: 1, hash: nodeCrypto.sha256Now, letGo, now: () => 0 });
	expect(store).toEqual({ ok: false, error: 'gone' });
});
