/** What becomes of a slot store whose files were damaged between two visits: by rot, by a cut, by anything. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BitSet } from '../base/bit-set.ts';
import { equalBytes, type Bytes } from '../base/bytes.ts';
import { seededRng } from '../base/rng.ts';
import type { StoredGroup } from '../ports/group-store.ts';
import { CHUNK_BYTES, GROUP_CHUNKS } from '../protocol/limits.ts';
import { storedGroup } from '../testkit/group-store-contract.ts';
import { contentOf, packSlot, type Change, type SlotStore } from './slot-store.ts';
import { CERTIFICATE_AT, ENTRY_BYTES, entryBytes, PROOF_ROOM, SLOT_BYTES } from './slot-table.ts';
import { Disk } from './testkit/failing-disk.ts';

/** Three chunks, the last one short, so that a damaged group can be held in part. */
const LENGTH = 2 * CHUNK_BYTES + 100;
const WRITTEN = [0, 1, 2].map((group) => storedGroup(group, { length: LENGTH }));
/** As many as any test asks for, and more than were written. */
const GROUPS = 5;

function write(store: SlotStore, groups: readonly number[] = [0, 1, 2]): Promise<unknown> {
	return store.commit(groups.map((group): Change => {
		const stored = WRITTEN[group]!;
		return { type: 'write', content: contentOf(group, stored), image: packSlot(stored, new ArrayBuffer(SLOT_BYTES)) };
	}));
}

/** Chunks held of each group, as drawn: '###' whole, '.' nothing. */
function claimed(store: SlotStore): string[] {
	const { whole, partial } = store.inventory(GROUPS);
	const all = BitSet.from(whole, GROUPS)!;
	return [0, 1, 2, 3, 4].map((group) => drawn(all.has(group) ? [0, 1, 2] : partial.get(group)));
}

function drawn(held: Bytes | readonly number[] | undefined): string {
	const chunks = held instanceof Uint8Array ? [...BitSet.from(held, GROUP_CHUNKS)!] : held ?? [];
	return chunks.length === 0 ? '.' : [0, 1, 2].map((k) => (chunks.includes(k) ? '#' : '.')).join('');
}

/** What reading all groups gives, every chunk of it compared with what was written. */
async function readAll(store: SlotStore): Promise<string[]> {
	return Promise.all([0, 1, 2, 3, 4].map(async (group) => {
		const read = await store.read(group);
		expect(read.ok).toBe(true);
		if (!read.ok || !read.value) return '.';
		expectWritten(read.value, WRITTEN[group]!);
		return drawn(read.value.held);
	}));
}

function expectWritten(read: StoredGroup, written: StoredGroup): void {
	expect([read.leaves, read.certificate]).toEqual([written.leaves, written.certificate]);
	for (const k of BitSet.from(read.held, GROUP_CHUNKS)!) {
		const range = [k * CHUNK_BYTES, (k + 1) * CHUNK_BYTES] as const;
		expect(equalBytes(read.bytes.subarray(...range), written.bytes.subarray(...range))).toBe(true);
	}
}

const damage = fc.oneof(
	fc.record({ file: fc.constant('table' as const), how: fc.constantFrom('cut', 'spoil'), at: fc.nat(3 * ENTRY_BYTES - 1) }),
	fc.record({
		file: fc.constant('slots' as const), how: fc.constantFrom('cut', 'spoil'),
		// Most of a slot is beyond its short group: aim at what counts.
		at: fc.tuple(fc.nat(2), fc.oneof(fc.nat(200), fc.nat(PROOF_ROOM + LENGTH - 1)))
			.map(([slot, k]) => slot * SLOT_BYTES + k),
	}),
);

const ALL_HELD = ['###', '###', '###', '.', '.'];

test('whatever is cut and spoiled, a store opens, reads only what was written, and then claims what it reads', async () => {
	await fc.assert(fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 6 }), async (damages) => {
		const disk = new Disk();
		await write(await disk.open());
		for (const { file, how, at } of damages) disk.files[file].damage(at, how);
		const store = await disk.open();
		const before = claimed(store);
		const found = await readAll(store);
		for (const [group, chunks] of found.entries()) expect(chunks === '.' || before[group] !== '.').toBe(true);
		expect(claimed(store)).toEqual(found);
		const later = await disk.restart(seededRng(1));
		expect(await readAll(later)).toEqual(found);
		expect(claimed(later)).toEqual(found);
		await write(later);
		expect([await readAll(later), claimed(await disk.open())]).toEqual([ALL_HELD, ALL_HELD]);
	}), { seed: 4, numRuns: 150 });
});

test('garbage in place of both files is an empty store, which keeps what it is given', async () => {
	const garbage = fc.uint8Array({ maxLength: 5 * ENTRY_BYTES });
	await fc.assert(fc.asyncProperty(garbage, garbage, async (slots, table) => {
		const disk = new Disk();
		disk.files.slots.write(slots.slice(), { at: 0 });
		disk.files.table.write(table.slice(), { at: 0 });
		const store = await disk.open();
		expect(await readAll(store)).toEqual(['.', '.', '.', '.', '.']);
		await write(store);
		expect(await readAll(await disk.open())).toEqual(ALL_HELD);
	}), { seed: 5, numRuns: 50 });
});

test('leaves and certificates that rotted are never compared with: their group is gone', async () => {
	for (const at of [0, 95, CERTIFICATE_AT, CERTIFICATE_AT + 63]) {
		const disk = new Disk();
		await write(await disk.open());
		disk.files.slots.damage(SLOT_BYTES + at, 'spoil');
		expect(await readAll(await disk.open())).toEqual(['###', '.', '###', '.', '.']);
	}
});

test('an entry with a checksum that fits, for more chunks than its group has, is no entry', async () => {
	const disk = new Disk();
	await write(await disk.open(), [0]);
	const held = new Uint8Array(16).fill(255);
	const { certificate: { form, bytes } } = WRITTEN[0]!;
	const entry = {
		slot: 0, sequence: 9, group: 0, length: LENGTH, held, form, certificateBytes: bytes.length,
		proof: new Uint8Array(16),
	};
	disk.files.table.write(entryBytes(entry), { at: 0 });
	expect(claimed(await disk.open())).toEqual(['.', '.', '.', '.', '.']);
});

test('of two entries for one group the later one counts, and the slot of the other is free', async () => {
	const disk = new Disk();
	await write(await disk.open());
	const first = new Uint8Array(ENTRY_BYTES);
	disk.files.table.read(first, { at: 0 });
	disk.files.table.write(first, { at: 3 * ENTRY_BYTES });
	const store = await disk.open();
	expect(claimed(store)).toEqual(ALL_HELD);
	await write(store, [1]);
	expect(await readAll(await disk.open())).toEqual(ALL_HELD);
});
