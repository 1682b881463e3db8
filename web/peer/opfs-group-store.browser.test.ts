import { afterAll, expect, test } from 'vitest';
import { equalBytes } from '../../shared/base/bytes.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import { groupStoreContract, storedGroup } from '../../shared/testkit/group-store-contract.ts';
import { OpfsGroupStore } from './opfs-group-store.ts';
import { PROOF_ROOM, SLOT_BYTES, SlotTable } from '../../shared/store/slot-table.ts';
import { StoreWorker } from './store-worker.ts';

const SHARE = 'AAAAAAAAAAAAAAAAAAAAAA' as ShareId;
const worker = StoreWorker.start();

afterAll(async () => {
	await worker.ask({ type: 'wipe' });
	worker.stop();
});

async function opened(by: StoreWorker, share: ShareId, groups: number): Promise<OpfsGroupStore> {
	const store = await OpfsGroupStore.open(by, share, groups);
	if (!store.ok) throw new Error(store.error);
	return store.value;
}

groupStoreContract('OPFS', async () => {
	await worker.ask({ type: 'wipe' });
	return { open: (share, groups) => opened(worker, share, groups), spoil };
});

/** Flips a bit of a group where its share's table says that it lies. */
async function spoil(share: ShareId, group: number, at: number): Promise<void> {
	const directory = await (await (await navigator.storage.getDirectory()).getDirectoryHandle('groups')).getDirectoryHandle(share);
	const [table, slots] = await Promise.all(['table', 'slots'].map((name) => directory.getFileHandle(name)));
	const entries = new SlotTable(new Uint8Array(await (await table!.getFile()).arrayBuffer()), () => true);
	const position = entries.get(group)!.slot * SLOT_BYTES + PROOF_ROOM + at;
	const [byte = 0] = new Uint8Array(await (await slots!.getFile()).slice(position, position + 1).arrayBuffer());
	const writing = await slots!.createWritable({ keepExistingData: true });
	await writing.write({ type: 'write', position, data: Uint8Array.of(byte ^ 1) });
	await writing.close();
}

test('a share that another tab has open is busy, and free again once that tab closed it', async () => {
	await worker.ask({ type: 'wipe' });
	const otherTab = StoreWorker.start();
	const theirs = await opened(otherTab, SHARE, 2);
	expect(await OpfsGroupStore.open(worker, SHARE, 2)).toEqual({ ok: false, error: 'busy' });
	expect(await worker.ask({ type: 'delete', share: SHARE })).toEqual({ ok: false, error: 'busy' });
	await theirs.close();
	await (await opened(worker, SHARE, 2)).close();
	otherTab.stop();
});

test('what had settled when the worker was killed is there for the next', async () => {
	await worker.ask({ type: 'wipe' });
	const doomed = StoreWorker.start();
	const store = await opened(doomed, SHARE, 9);
	await store.write(4, storedGroup(4));
	const writing = store.write(5, storedGroup(5));
	doomed.stop();
	expect(await writing).toEqual({ ok: false, error: 'gone' });
	const again = await opened(worker, SHARE, 9);
	const read = await again.read(4);
	expect(read.ok && read.value && equalBytes(read.value.bytes, storedGroup(4).bytes)).toBe(true);
	await again.close();
});

test('kept shares are listed with their bytes, deleted one by one or all at once', async () => {
	await worker.ask({ type: 'wipe' });
	const store = await opened(worker, SHARE, 9);
	await store.write(4, storedGroup(4));
	const listed = await worker.ask({ type: 'list' });
	expect(listed).toEqual({ ok: true, value: [{ share: SHARE, bytes: 1_048_576 + 8192 + 64 }] });
	expect(await worker.ask({ type: 'delete', share: SHARE })).toEqual({ ok: true, value: undefined });
	expect(await worker.ask({ type: 'list' })).toEqual({ ok: true, value: [] });
	expect(await store.write(4, storedGroup(4))).toEqual({ ok: false, error: 'gone' });
	expect(await worker.ask({ type: 'delete', share: SHARE })).toEqual({ ok: true, value: undefined });
});
