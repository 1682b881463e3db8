/** What every `PartStore` must do. */
import { describe, expect, test } from 'vitest';
import type { PartStore, StoredPartName } from '../ports/part-store.ts';
import { someBytes } from './test-crypto.ts';

const name: StoredPartName = { attachment: 1, since: 3, of: 'part', part: 0 };
const others: readonly StoredPartName[] = [
	{ ...name, attachment: 2 }, { ...name, since: 4 }, { ...name, of: 'list' }, { ...name, part: 1 },
];

/** @param open - the store of one share, empty at first and the same one each time within a test */
export function partStoreContract(what: string, open: () => Promise<PartStore>): void {
	describe(`${what} keeps parts`, () => {
		test('each under its whole name', async () => {
			const store = await open();
			expect(await store.put(name, someBytes(100, 1))).toBe(true);
			expect(await store.get(name)).toEqual(someBytes(100, 1));
			for (const other of others) expect(await store.get(other)).toBeUndefined();
			for (const [k, other] of others.entries()) await store.put(other, someBytes(50, k));
			expect(await store.get(name)).toEqual(someBytes(100, 1));
			for (const [k, other] of others.entries()) expect(await store.get(other)).toEqual(someBytes(50, k));
		});

		test('found by a `get` that is called before the `put` has settled', async () => {
			const store = await open();
			const putting = store.put(name, someBytes(16_384, 2));
			expect(await store.get(name)).toEqual(someBytes(16_384, 2));
			expect(await putting).toBe(true);
		});

		test('the bytes as they were when they were put', async () => {
			const store = await open();
			const bytes = someBytes(64, 3);
			await store.put(name, bytes);
			bytes.fill(0);
			expect(await store.get(name)).toEqual(someBytes(64, 3));
		});
	});
}
