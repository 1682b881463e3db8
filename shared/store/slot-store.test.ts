import { expect, test } from 'vitest';
import { randomBelow, seededRng, type Rng } from '../base/rng.ts';
import type { StoredGroup } from '../ports/group-store.ts';
import { storedGroup, testHash } from '../testkit/group-store-contract.ts';
import { contentOf, packSlot, SlotStore, type BlockFile, type Change } from './slot-store.ts';
import { ENTRY_BYTES, PROOF_ROOM, SLOT_BYTES } from './slot-table.ts';
import { Disk } from './testkit/failing-disk.ts';

function writing(group: number, stored: StoredGroup): Change {
	return { type: 'write', content: contentOf(group, stored), image: packSlot(stored, new ArrayBuffer(PROOF_ROOM + 64)) };
}

/** What tells versions of a group apart. */
async function read(store: SlotStore, group: number): Promise<string> {
	const found = await store.read(group);
	if (!found.ok) return found.error;
	return found.value ? [found.value.bytes, found.value.leaves.subarray(0, 8), found.value.certificate.bytes].join() : 'nothing';
}

function textOf(stored: StoredGroup): string {
	return [stored.bytes, stored.leaves.subarray(0, 8), stored.certificate.bytes].join();
}

const small = (seed: number) => storedGroup(seed, { length: 40 });

/** Batches of random changes until the power fails. `settled`: what each group must be. Returns what was under way. */
async function live(store: SlotStore, disk: Disk, rng: Rng, settled: Map<number, string>): Promise<Step[]> {
	for (let batch = 0; batch < 5; batch++) {
		const steps = Array.from({ length: 1 + randomBelow(rng, 4) }, () => randomStep(rng));
		const results = await store.commit(steps.map((step) => step.change));
		if (disk.left < 0) return steps;
		expect(results.every((result) => result.ok)).toBe(true);
		for (const { group, text } of steps) settled.set(group, text);
		for (const [group, text] of settled) expect(await read(store, group)).toBe(text);
	}
	return [];
}

interface Step { readonly group: number; readonly text: string; readonly change: Change }

function randomStep(rng: Rng): Step {
	const group = randomBelow(rng, 3);
	if (rng() < 0.3) return { group, text: 'nothing', change: { type: 'remove', group } };
	const stored = small(randomBelow(rng, 2 ** 31));
	return { group, text: textOf(stored), change: writing(group, stored) };
}

test('whenever the power fails, each group is all of its old or all of its new', async () => {
	for (let seed = 0; seed < 60; seed++) {
		const rng = seededRng(seed);
		const disk = new Disk();
		let store = await disk.restart(rng);
		const settled = new Map<number, string>();
		for (let life = 0; life < 4; life++) {
			disk.left = randomBelow(rng, 25);
			const underWay = await live(store, disk, rng, settled);
			store = await disk.restart(rng);
			for (const group of [0, 1, 2]) {
				const allowed = underWay.filter((step) => step.group === group).map((step) => step.text);
				allowed.push(settled.get(group) ?? 'nothing');
				expect(allowed, `seed ${seed}, life ${life}, group ${group}`).toContain(await read(store, group));
				settled.set(group, await read(store, group));
			}
		}
	}
});

test('slots are used again, so that rewriting takes no room', async () => {
	const disk = new Disk();
	const store = await disk.restart(seededRng(1));
	for (let k = 0; k < 50; k++) await store.commit([writing(k % 2, small(k))]);
	expect(disk.files.slots.getSize()).toBeLessThan(3 * SLOT_BYTES);
	expect(disk.files.table.getSize()).toBe(3 * ENTRY_BYTES);
});

test('a slot is not used again while somebody still reads it', async () => {
	const { slots, table } = new Disk().files;
	const reads: (() => void)[] = [];
	const slow: BlockFile = {
		read: (into, at) => new Promise((resolve) => { reads.push(() => resolve(slots.read(into, at))); }),
		write: (bytes, at) => slots.write(bytes, at), flush: () => slots.flush(), getSize: () => slots.getSize(),
		close: () => slots.close(),
	};
	const opened = await SlotStore.open({ slots: slow, table }, testHash);
	if (!opened.ok) throw new Error(opened.error);
	const store = opened.value;
	await store.commit([writing(0, small(0))]);
	const reading = read(store, 0);
	const replaced = store.commit([writing(0, small(1))]);
	const next = store.commit([writing(1, small(2))]);
	await new Promise((resolve) => { setImmediate(resolve); }); // whatever does not wait for the reader has happened
	for (const go of reads) go();
	expect(await reading).toBe(textOf(small(0)));
	expect([await replaced, await next].flat().every(({ ok }) => ok)).toBe(true);
});

test('a full disk fails what found no room, and keeps the rest', async () => {
	const disk = new Disk();
	const store = await disk.restart(seededRng(1));
	disk.files.slots.quota = 2 * SLOT_BYTES;
	const results = await store.commit([writing(0, small(0)), writing(1, small(1)), writing(2, small(2))]);
	expect(results.map((result) => result.ok || result.error)).toEqual([true, true, 'full']);
	expect((await store.commit([{ type: 'remove', group: 0 }, writing(3, small(3))])).map((result) => result.ok)).toEqual([true, false]);
	expect(await store.commit([writing(3, small(3))])).toEqual([{ ok: true, value: undefined }]);
	expect(await read(store, 3)).toBe(textOf(small(3)));
});

test('a torn, cut or foreign table loses only what it no longer names', async () => {
	for (const [at, how, lost] of [[64 + 20, 'spoil', [1]], [3 * 64 - 1, 'cut', [2]], [64, 'cut', [1, 2]]] as const) {
		const disk = new Disk();
		const store = await disk.restart(seededRng(1));
		await store.commit([0, 1, 2].map((group) => writing(group, small(group))));
		disk.files.table.damage(at, how);
		const again = await disk.restart(seededRng(2));
		for (const group of [0, 1, 2]) {
			const isLost = (lost as readonly number[]).includes(group);
			expect(await read(again, group)).toBe(isLost ? 'nothing' : textOf(small(group)));
		}
		expect((await again.commit([writing(5, small(5))]))[0]?.ok).toBe(true);
		expect(await read(again, 5)).toBe(textOf(small(5)));
	}
});

test('a group whose bytes were cut off is not there, be it at the start or while the store is open', async () => {
	const disk = new Disk();
	const store = await disk.restart(seededRng(1));
	await store.commit([0, 1].map((group) => writing(group, small(group))));
	disk.files.slots.damage(disk.files.slots.getSize() - 1, 'cut');
	expect(await read(store, 1)).toBe('nothing');
	const again = await disk.restart(seededRng(2));
	expect([await read(again, 0), await read(again, 1)]).toEqual([textOf(small(0)), 'nothing']);
});
