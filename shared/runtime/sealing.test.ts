import { expect, test } from 'vitest';
import { concat, type Bytes } from '../base/bytes.ts';
import { fail, ok } from '../base/result.ts';
import type { ShareId } from '../protocol/ids.ts';
import { HASH_BYTES } from '../protocol/limits.ts';
import type { CertifiedGroup } from './certifying-store.ts';
import type { FilmSource, SealStep } from '../ports/film-source.ts';
import { BATCH_GROUPS, Sealing } from './sealing.ts';

const SHARE = 'AAAAAAAAAAAAAAAAAAAAAA' as ShareId;
const GROUPS = 2 * BATCH_GROUPS + 5;

/** The root of a group; another `take` is another film. */
function rootOf(group: number, take = 1): Bytes {
	return new Uint8Array(HASH_BYTES).fill(take).with(0, group);
}

function rootsOf(groups: number): Bytes {
	return concat(...Array.from({ length: groups }, (_, group) => rootOf(group)));
}

/** A device with a film, and what outlives a visit. */
class Device {
	readonly batches = new Map<number, Bytes>();
	readonly certified = new Map<number, CertifiedGroup>();
	/** Groups that were read, visit after visit. */
	readonly read: number[] = [];
	/** The page is closed after this many groups. */
	leavesAfter = Infinity;

	sealing(): Sealing {
		return new Sealing({
			share: SHARE, groups: GROUPS,
			records: {
				foundRoots: () => Promise.resolve(concat(...this.batches.values())),
				putFoundRoots: (_id, first, roots) => Promise.resolve(void this.batches.set(first, roots)),
				forgetFoundRoots: () => Promise.resolve(this.batches.clear()),
				certifiedIn: (_id, from, to) =>
					Promise.resolve(new Map([...this.certified].filter(([group]) => group >= from && group < to))),
			},
		});
	}

	/** The film, read from `first` on. */
	readonly film: Pick<FilmSource, 'seal'> = {
		seal: async (first: number, each: (group: number, root: Bytes) => Promise<SealStep>) => {
			for (let group = first; group < GROUPS; group++) {
				if (this.read.length >= this.leavesAfter) return fail('gone');
				this.read.push(group);
				if (await each(group, rootOf(group)) === 'changed') return fail('changed');
			}
			return ok(undefined);
		},
	};
}

test('a pass finds all roots, and keeps them a batch at a time', async () => {
	const device = new Device();
	const sealing = device.sealing();
	const told: number[] = [];
	expect(await sealing.run(device.film, () => told.push(sealing.found))).toEqual(ok(rootsOf(GROUPS)));
	expect(told).toEqual(Array.from({ length: GROUPS }, (_, group) => group + 1));
	expect([...device.batches].map(([first, roots]) => [first, roots.length / HASH_BYTES]))
		.toEqual([[0, BATCH_GROUPS], [BATCH_GROUPS, BATCH_GROUPS], [2 * BATCH_GROUPS, 5]]);
});

test('after a reload it goes on behind the last batch that was kept', async () => {
	const device = new Device();
	device.leavesAfter = BATCH_GROUPS + 10;
	expect(await device.sealing().run(device.film, () => undefined)).toEqual(fail('gone'));
	device.leavesAfter = Infinity;
	device.read.length = 0;
	const second = device.sealing();
	await second.takeUp(undefined);
	expect(second.found).toBe(BATCH_GROUPS);
	expect(await second.run(device.film, () => undefined)).toEqual(ok(rootsOf(GROUPS)));
	expect(device.read).toEqual(Array.from({ length: GROUPS - BATCH_GROUPS }, (_, k) => BATCH_GROUPS + k));
});

test('a reload after the last batch reads nothing', async () => {
	const device = new Device();
	await device.sealing().run(device.film, () => undefined);
	device.read.length = 0;
	const second = device.sealing();
	await second.takeUp(undefined);
	expect(await second.run(device.film, () => undefined)).toEqual(ok(rootsOf(GROUPS)));
	expect(device.read).toEqual([]);
});

test('a root is known as soon as it is found', async () => {
	const device = new Device();
	device.leavesAfter = 3;
	const sealing = device.sealing();
	await sealing.run(device.film, () => undefined);
	expect([2, 3].map((group) => sealing.rootOf(group))).toEqual([rootOf(2), undefined]);
	expect(sealing.fraction).toBe(3 / GROUPS);
});

test('of a sealed share all roots are known that were published', async () => {
	const sealing = new Device().sealing();
	await sealing.takeUp(rootsOf(GROUPS));
	expect([sealing.fraction, sealing.rootOf(GROUPS - 1)]).toEqual([1, rootOf(GROUPS - 1)]);
});

test('a group that is not what was certified ends the pass, and nothing found is believed', async () => {
	const device = new Device();
	const other = { root: rootOf(BATCH_GROUPS + 1, 2), signature: new Uint8Array(64) };
	device.certified.set(3, { ...other, root: rootOf(3) }).set(BATCH_GROUPS + 1, other);
	const sealing = device.sealing();
	expect(await sealing.run(device.film, () => undefined)).toEqual(fail('changed'));
	expect([device.read.length, device.batches.size, sealing.found]).toEqual([2 * BATCH_GROUPS, 0, 0]);
});

test('roots of a longer film are not taken up', async () => {
	const sealing = new Device().sealing();
	await sealing.takeUp(rootsOf(GROUPS + 1));
	expect(sealing.found).toBe(0);
});
