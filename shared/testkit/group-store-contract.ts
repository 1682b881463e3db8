/** What every `GroupStore` that keeps what it is given must hold, as tests. */
import { describe, expect, test } from 'vitest';
import { BitSet } from '../base/bit-set.ts';
import { concat, type Bytes } from '../base/bytes.ts';
import { randomBelow, seededRng } from '../base/rng.ts';
import type { GroupStore, Inventory, StoredGroup } from '../ports/group-store.ts';
import type { ShareId } from '../protocol/ids.ts';
import { CHUNK_BYTES, GROUP_BYTES, GROUP_CHUNKS, HASH_BYTES } from '../protocol/limits.ts';
import { hashLeafNow } from '../protocol/merkle.ts';
import type { Certificate } from '../protocol/peer-message.ts';
import { testCrypto } from './test-crypto.ts';

/** Where stores live on after they are closed. Each test gets a fresh and empty one. */
export interface StoreHouse {
	/** The store of a share, as after a reload. `groups`: how many groups the share has. */
	open(share: ShareId, groups: number): Promise<GroupStore>;
	/** Flips a bit of byte `at` of a kept group, as a rotting disk would. While the share's store is closed. */
	spoil(share: ShareId, group: number, at: number): Promise<void>;
	/** Frees what the house holds, after the test. */
	readonly end?: () => Promise<void>;
}

/** SHA-256 for stores under test. */
export const testHash = testCrypto().sha256Now;

/** A group for tests: `held` chunks of it held, the first ones. `length` bytes, different for each `seed`. */
export function storedGroup(
	seed: number, options: { length?: number; held?: number; certificate?: Certificate } = {},
): StoredGroup {
	const { length = GROUP_BYTES, held = GROUP_CHUNKS } = options;
	const { certificate = { form: 'signature', bytes: noise(64, seed + 1) } } = options;
	const chunks = Math.ceil(length / CHUNK_BYTES);
	const set = new BitSet(GROUP_CHUNKS);
	for (let k = 0; k < Math.min(held, chunks); k++) set.add(k);
	const bytes = noise(length, seed);
	return { bytes, held: set.bytes(), leaves: leavesOf(bytes), certificate };
}

const SHARE = 'AAAAAAAAAAAAAAAAAAAAAA' as ShareId;
const OTHER = 'BBBBBBBBBBBBBBBBBBBBBA' as ShareId;
const GROUPS = 40;

type Body = (store: GroupStore, reopen: () => Promise<GroupStore>, house: StoreHouse) => Promise<void>;
type WithStore = (body: Body) => () => Promise<void>;

/** Declares the tests. `build` makes a fresh house each time. */
export function groupStoreContract(name: string, build: () => Promise<StoreHouse>): void {
	const withStore: WithStore = (body) => async () => {
		const house = await build();
		let store = await house.open(SHARE, GROUPS);
		const reopen = async (): Promise<GroupStore> => {
			await store.close();
			store = await house.open(SHARE, GROUPS);
			return store;
		};
		try {
			await body(store, reopen, house);
			await store.close();
		} finally {
			await house.end?.();
		}
	};

	describe(`group store: ${name}`, () => {
		describeKeeping(withStore);
		describeLasting(withStore);
		describeRot(withStore);
	});
}

function describeKeeping(withStore: WithStore): void {
	test('a new store is empty', withStore(async (store) => {
		expect(await wholeIn(store)).toEqual([]);
		expect(await store.read(3)).toEqual({ ok: true, value: undefined });
	}));

	test('a group comes back as it was given', withStore(async (store) => {
		await wholeIn(store);
		const group = storedGroup(1);
		expect(await store.write(7, group)).toEqual({ ok: true, value: undefined });
		await expectHeld(store, 7, group);
	}));

	test('the short last group, a single byte and an empty audit path come back', withStore(async (store) => {
		await wholeIn(store);
		const short = storedGroup(2, { length: 3 * CHUNK_BYTES + 17, certificate: { form: 'path', bytes: noise(17 * HASH_BYTES, 5) } });
		const tiny = storedGroup(3, { length: 1, certificate: { form: 'path', bytes: new Uint8Array(0) } });
		await store.write(39, short);
		await store.write(0, tiny);
		await expectHeld(store, 39, short);
		await expectHeld(store, 0, tiny);
	}));

	test('a part of a group is kept, then replaced by more of it', withStore(async (store) => {
		await wholeIn(store);
		const part = storedGroup(4, { held: 5 });
		await store.write(2, part);
		await expectHeld(store, 2, part);
		const whole = storedGroup(4);
		await store.write(2, whole);
		await expectHeld(store, 2, whole);
	}));

	test('a write keeps what the bytes were when it was called', withStore(async (store) => {
		await wholeIn(store);
		const group = storedGroup(5);
		const lent = { ...group, bytes: group.bytes.slice() };
		const writing = store.write(1, lent);
		lent.bytes.fill(0);
		await writing;
		await expectHeld(store, 1, group);
	}));

	test('what was read is the reader’s own', withStore(async (store) => {
		await wholeIn(store);
		const group = storedGroup(6);
		await store.write(1, group);
		const read = await store.read(1);
		if (read.ok) read.value?.bytes.fill(0);
		await expectHeld(store, 1, group);
	}));

	test('calls overlap', withStore(async (store) => {
		await wholeIn(store);
		const groups = Array.from({ length: 20 }, (_, k) => storedGroup(100 + k, { length: 20_000 }));
		const writes = groups.map((group, k) => store.write(k, group));
		const early = store.read(30);
		expect((await Promise.all(writes)).every((written) => written.ok)).toBe(true);
		expect(await early).toEqual({ ok: true, value: undefined });
		await Promise.all(groups.map((group, k) => expectHeld(store, k, group)));
	}));

	test('of overlapping writes of one group the last stays', withStore(async (store, reopen) => {
		await wholeIn(store);
		const groups = Array.from({ length: 5 }, (_, k) => storedGroup(200 + k, { length: 20_000 }));
		await Promise.all(groups.map((group) => store.write(9, group)));
		await expectHeld(store, 9, groups.at(-1)!);
		const again = await reopen();
		await wholeIn(again);
		await expectHeld(again, 9, groups.at(-1)!);
	}));

	test('a removed group is gone', withStore(async (store) => {
		await wholeIn(store);
		await store.write(7, storedGroup(7));
		expect(await store.remove(7)).toEqual({ ok: true, value: undefined });
		expect(await store.read(7)).toEqual({ ok: true, value: undefined });
		expect(await store.remove(8)).toEqual({ ok: true, value: undefined });
	}));
}

function describeLasting(withStore: WithStore): void {
	test('a reopened store knows what it holds, whole and in part', withStore(async (store, reopen) => {
		await wholeIn(store);
		const part = storedGroup(8, { held: 9 });
		const short = storedGroup(9, { length: 12_345 });
		await store.write(0, storedGroup(10));
		await store.write(5, part);
		await store.write(39, short);
		const again = await reopen();
		const inventory = await inventoryOf(again);
		expect(members(inventory)).toEqual([0, 39]);
		expect([...inventory.partial]).toEqual([[5, part.held]]);
		await expectHeld(again, 39, short);
		await expectHeld(again, 5, part);
	}));

	test('what was replaced or removed does not come back', withStore(async (store, reopen) => {
		await wholeIn(store);
		for (const seed of [11, 12, 13]) await store.write(4, storedGroup(seed, { length: 20_000 }));
		for (const seed of [14, 15, 16]) await store.write(6, storedGroup(seed, { length: 20_000 }));
		await store.remove(4);
		let again = await reopen();
		expect(await wholeIn(again)).toEqual([6]);
		await expectHeld(again, 6, storedGroup(16, { length: 20_000 }));
		await again.write(1, storedGroup(17, { length: 20_000 }));
		again = await reopen();
		expect(await wholeIn(again)).toEqual([1, 6]);
		await expectHeld(again, 1, storedGroup(17, { length: 20_000 }));
	}));

	test('close settles after what was begun', withStore(async (store, reopen) => {
		await wholeIn(store);
		const group = storedGroup(18);
		void store.write(3, group);
		const again = await reopen();
		expect(await wholeIn(again)).toEqual([3]);
		await expectHeld(again, 3, group);
	}));

	test('shares do not see each other', withStore(async (store, _, house) => {
		const other = await house.open(OTHER, 2);
		await wholeIn(store);
		await wholeIn(other);
		await store.write(1, storedGroup(19, { length: 20_000 }));
		expect(await other.read(1)).toEqual({ ok: true, value: undefined });
		await other.close();
	}));
}

function describeRot(withStore: WithStore): void {
	/** Keeps a group, spoils bytes of it, and reopens the store. */
	const spoiled = async (
		[, reopen, house]: Parameters<Body>, group: StoredGroup, at: readonly number[],
	): Promise<GroupStore> => {
		const before = await reopen();
		await wholeIn(before);
		await before.write(7, group);
		await before.close();
		for (const byte of at) await house.spoil(SHARE, 7, byte);
		return house.open(SHARE, GROUPS);
	};

	test('a chunk that no longer fits its leaf is held no longer, the others are', withStore(async (...bed) => {
		const group = storedGroup(20);
		const rest = BitSet.from(group.held, GROUP_CHUNKS)!;
		const rotten = await spoiled(bed, group, [0, 77 * CHUNK_BYTES - 1, GROUP_BYTES - 1]);
		for (const k of [0, 76, 127]) rest.delete(k);
		await expectHeld(rotten, 7, { ...group, held: rest.bytes() });
		await rotten.close();
		const again = await bed[1]();
		const inventory = await inventoryOf(again);
		expect(members(inventory)).toEqual([]);
		expect([...inventory.partial]).toEqual([[7, rest.bytes()]]);
		await expectHeld(again, 7, { ...group, held: rest.bytes() });
	}));

	test('a group of which nothing fits is gone, and can be kept anew', withStore(async (...bed) => {
		const group = storedGroup(21, { length: CHUNK_BYTES + 5 });
		const rotten = await spoiled(bed, group, [100, CHUNK_BYTES + 4]);
		expect(await rotten.read(7)).toEqual({ ok: true, value: undefined });
		expect(await rotten.write(7, group)).toEqual({ ok: true, value: undefined });
		await expectHeld(rotten, 7, group);
		await rotten.close();
		const again = await bed[1]();
		expect(await wholeIn(again)).toEqual([7]);
		await expectHeld(again, 7, group);
	}));

	test('what is not held may be anything', withStore(async (...bed) => {
		const part = storedGroup(22, { held: 3 });
		const store = await spoiled(bed, part, [3 * CHUNK_BYTES, 100 * CHUNK_BYTES]);
		await expectHeld(store, 7, part);
		await store.close();
	}));
}

async function inventoryOf(store: GroupStore): Promise<Inventory> {
	const inventory = await store.inventory();
	expect(inventory.ok).toBe(true);
	return inventory.ok ? inventory.value : { whole: new Uint8Array(0), partial: new Map() };
}

async function wholeIn(store: GroupStore): Promise<number[]> {
	return members(await inventoryOf(store));
}

function members(inventory: Inventory): number[] {
	return [...BitSet.from(inventory.whole, GROUPS) ?? BitSet.from(inventory.whole, 2)!];
}

/** Compares all but the bytes of chunks that are not held. Large arrays by hand: `toEqual` is slow with them. */
async function expectHeld(store: GroupStore, group: number, expected: StoredGroup): Promise<void> {
	const read = await store.read(group);
	const value = read.ok ? read.value : undefined;
	expect(value?.certificate).toEqual(expected.certificate);
	expect(value?.held).toEqual(expected.held);
	expect(value?.leaves).toEqual(expected.leaves);
	expect(value?.bytes.length).toBe(expected.bytes.length);
	for (const chunk of BitSet.from(expected.held, GROUP_CHUNKS)!) {
		const range = [chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES] as const;
		const same = value?.bytes.subarray(...range).every((byte, k) => byte === expected.bytes[range[0] + k]);
		expect(same, `chunk ${chunk} of group ${group}`).toBe(true);
	}
}

/** The leaf hashes of all chunks. */
function leavesOf(bytes: Bytes): Bytes {
	const count = Math.ceil(bytes.length / CHUNK_BYTES);
	const chunks = Array.from({ length: count }, (_, k) => bytes.subarray(k * CHUNK_BYTES, (k + 1) * CHUNK_BYTES));
	return concat(...chunks.map((chunk) => hashLeafNow(testHash, chunk)));
}

function noise(length: number, seed: number): Bytes {
	const rng = seededRng(seed);
	const bytes = new Uint8Array(length);
	for (let k = 0; k < length; k++) bytes[k] = randomBelow(rng, 256);
	return bytes;
}
