import { describe, expect, test } from 'vitest';
import type { StoredGroup } from '../ports/group-store.ts';
import { Layout } from '../protocol/ids.ts';
import { CHUNK_BYTES, GROUP_BYTES, HASH_BYTES, HOT_BYTES } from '../protocol/limits.ts';
import { MemoryGroupStore } from '../testkit/memory-group-store.ts';
import { GroupCache } from './group-cache.ts';

const GROUPS = 60;
const KEPT = HOT_BYTES / GROUP_BYTES;
const layout = new Layout(GROUPS * GROUP_BYTES - 1);
const proof = {
	leaves: new Uint8Array(128 * HASH_BYTES), certificate: { form: 'signature', bytes: new Uint8Array(64) },
} as const;
const chunk = (fill: number) => new Uint8Array(CHUNK_BYTES).fill(fill);

interface Bed { readonly cache: GroupCache; readonly store: MemoryGroupStore; readonly kept: Map<number, StoredGroup> }

function bed(): Bed {
	const kept = new Map<number, StoredGroup>();
	const store = new MemoryGroupStore(GROUPS, kept);
	return { cache: new GroupCache(store, layout), store, kept };
}

async function keep(cache: GroupCache, group: number, k = 0): Promise<void> {
	await cache.prove(group, proof);
	expect(cache.put(group * 128 + k, chunk(group))).toBe(true);
	await cache.save(group);
}

describe('a group', () => {
	test('takes chunks once it is proven, and is written as far as it is held', async () => {
		const { cache, kept } = bed();
		expect(cache.put(128, chunk(1))).toBe(false);
		await keep(cache, 1, 3);
		expect(kept.get(1)?.held[0]).toBe(8);
		expect(kept.get(1)?.bytes[3 * CHUNK_BYTES]).toBe(1);
	});

	test('is not written twice for nothing, and is after another chunk', async () => {
		const { cache, kept } = bed();
		await keep(cache, 1);
		const first = kept.get(1);
		await cache.save(1);
		expect(kept.get(1)).toBe(first);
		cache.put(129, chunk(1));
		await cache.save(1);
		expect(kept.get(1)?.held[0]).toBe(3);
	});

	test('a chunk that comes during a write is written by the next', async () => {
		const { cache, kept } = bed();
		await cache.prove(0, proof);
		cache.put(0, chunk(1));
		const writing = cache.save(0);
		cache.put(1, chunk(1));
		await writing;
		await cache.save(0);
		expect(kept.get(0)?.held[0]).toBe(3);
	});

	test('that the store knows keeps what it held when it is proven again', async () => {
		const { cache, store } = bed();
		await keep(cache, 2);
		const again = new GroupCache(store, layout);
		await again.prove(2, proof);
		expect(again.peek(2)?.held[0]).toBe(1);
	});
});

describe('memory', () => {
	test('is bounded for what the store has too, whole or not; the latest stay', async () => {
		const { cache } = bed();
		for (let group = 0; group < GROUPS; group++) await keep(cache, group);
		expect(cache.size).toBe(KEPT);
		expect([cache.peek(0), cache.peek(GROUPS - 1)].map(Boolean)).toEqual([false, true]);
	});

	test('what was let go comes back from the store with its leaves', async () => {
		const { cache } = bed();
		for (let group = 0; group < GROUPS; group++) await keep(cache, group);
		expect(cache.leaf(5)).toBeUndefined();
		expect((await cache.read(0)).ok).toBe(true);
		expect(cache.peek(0)?.bytes[0]).toBe(0);
		expect(cache.leaf(5)?.length).toBe(HASH_BYTES);
	});

	test('the memory of what was let go is used again, and nothing is held of it', async () => {
		const { cache, kept } = bed();
		const used = new Set<ArrayBuffer>();
		for (let group = 0; group < GROUPS - 2; group++) {
			await keep(cache, group);
			used.add(cache.peek(group)!.bytes.buffer);
		}
		expect(used.size).toBeLessThan(KEPT + 6);
		await cache.prove(GROUPS - 2, proof);
		const again = cache.peek(GROUPS - 2)!;
		expect(used.has(again.bytes.buffer)).toBe(true);
		expect(again.held.every((byte) => byte === 0)).toBe(true);
		cache.put((GROUPS - 2) * 128, chunk(99));
		for (const group of [0, 1, GROUPS - 3]) expect(kept.get(group)?.bytes[0]).toBe(group);
	});

	test('what the store has not is never let go', async () => {
		const { cache } = bed();
		for (let group = 0; group < KEPT + 5; group++) await cache.prove(group, proof);
		for (let group = KEPT + 5; group < GROUPS; group++) await keep(cache, group);
		expect(cache.peek(0)).toBeDefined();
		cache.forget(0);
		expect(cache.peek(0)).toBeUndefined();
	});

	test('when the store refuses, groups beyond the bound are given up, the oldest first', async () => {
		const { cache, store } = bed();
		store.fault = 'full';
		for (let group = 0; group < KEPT + 3; group++) {
			await cache.prove(group, proof);
			store.fault = undefined;
			await cache.prove(group, proof);
			store.fault = 'full';
			cache.put(group * 128, chunk(1));
			expect(await cache.save(group)).toEqual({ ok: false, error: 'full' });
		}
		expect(cache.dropUnsaved()).toEqual([0, 1, 2]);
		expect(cache.size).toBe(KEPT);
	});
});

test('after the end the store is left alone', async () => {
	const { cache, store, kept } = bed();
	await cache.prove(0, proof);
	cache.put(0, chunk(1));
	cache.close();
	store.fault = 'gone';
	expect([await cache.save(0), await cache.read(9)]).toEqual(
		[{ ok: true, value: undefined }, { ok: true, value: undefined }],
	);
	await cache.remove(0);
	expect(kept.size).toBe(0);
});
