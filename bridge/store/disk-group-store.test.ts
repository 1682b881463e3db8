import { mkdtemp, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { groupStoreContract, storedGroup } from '../../shared/testkit/group-store-contract.ts';
import { PROOF_ROOM, SLOT_BYTES, SlotTable } from '../../shared/store/slot-table.ts';
import { nodeCrypto } from '../../node/node-crypto.ts';
import { DiskGroupStore, roomFor } from './disk-group-store.ts';
import { temporaryFolder } from './testkit/temporary.ts';

const hash = nodeCrypto.sha256Now;

async function opened(directory: string, groups: number, maxBytes = roomFor(groups)): Promise<DiskGroupStore> {
	await mkdir(directory, { recursive: true });
	const store = await DiskGroupStore.open(directory, { groups, hash, maxBytes });
	if (!store.ok) throw new Error(store.error);
	return store.value;
}

groupStoreContract('a disk', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'streamlet-store-'));
	return {
		open: (share, groups) => opened(join(folder, share), groups),
		spoil: (share, group, at) => spoil(join(folder, share), group, at),
		end: () => rm(folder, { recursive: true }),
	};
});

/** Flips a bit of a group where the table says that it lies. */
async function spoil(directory: string, group: number, at: number): Promise<void> {
	const entries = new SlotTable(new Uint8Array(await readFile(join(directory, 'table'))), () => true);
	const position = entries.get(group)!.slot * SLOT_BYTES + PROOF_ROOM + at;
	const slots = await open(join(directory, 'slots'), 'r+');
	const byte = new Uint8Array(1);
	await slots.read(byte, 0, 1, position);
	await slots.write(Uint8Array.of(byte[0]! ^ 1), 0, 1, position);
	await slots.close();
}

test('groups rewritten again and again stay within the room that the share needs', async () => {
	const store = await opened(temporaryFolder(), 3);
	for (let round = 0; round < 8; round++) {
		const written = await Promise.all([0, 1, 2].map((group) => store.write(group, storedGroup(group))));
		expect(written.every(({ ok }) => ok)).toBe(true);
	}
	await store.close();
});

test('what is past its room is refused as full, what is within is kept', async () => {
	const store = await opened(temporaryFolder(), 3, 2 * SLOT_BYTES);
	const written = await Promise.all([0, 1, 2].map((group) => store.write(group, storedGroup(group))));
	expect(written.map((result) => result.ok || result.error)).toEqual([true, true, 'full']);
	await store.close();
});

test('a group that is read while it is replaced is the old one or the new one, never a mixture', async () => {
	const store = await opened(temporaryFolder(), 1);
	const versions = [storedGroup(1), storedGroup(2)] as const;
	await store.write(0, versions[0]);
	for (let round = 1; round < 12; round++) {
		const writing = store.write(0, versions[round % 2]!);
		const reads = await Promise.all([1, 2, 3].map(() => store.read(0)));
		await writing;
		for (const read of reads) {
			const leaf = read.ok && read.value?.leaves.subarray(0, 32);
			expect(versions.map(({ leaves }) => leaves.subarray(0, 32))).toContainEqual(leaf);
			expect(read.ok && read.value?.held.every((byte) => byte === 255)).toBe(true);
		}
	}
	await store.close();
});

test('a directory that is not there is gone, a file in its place too', async () => {
	const folder = temporaryFolder();
	await writeFile(join(folder, 'file'), '');
	for (const path of ['nowhere', 'file']) {
		const store = await DiskGroupStore.open(join(folder, path), { groups: 1, hash, maxBytes: 1 });
		expect(store).toEqual({ ok: false, error: 'gone' });
	}
});

