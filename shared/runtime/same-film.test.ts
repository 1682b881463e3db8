import { expect, test } from 'vitest';
import { fail, ok } from '../base/result.ts';
import { HASH_BYTES } from '../protocol/limits.ts';
import { groupRoot } from '../protocol/merkle.ts';
import { testCrypto } from '../testkit/test-crypto.ts';
import { isSameFilm, LOOKED_AT, spread, type KnownFilm } from './same-film.ts';

const hash = testCrypto().sha256Now;
const leavesOf = (group: number, take: number) => new Uint8Array(HASH_BYTES).fill(take).with(0, group);

/** A file whose groups are of the film, but for those that `differ`; and which of them were looked at. */
function file(differ: readonly number[]) {
	const looked: number[] = [];
	return {
		looked,
		loadGroup: (group: number) => {
			looked.push(group);
			return Promise.resolve(ok({ bytes: new Uint8Array(1), leaves: leavesOf(group, differ.includes(group) ? 2 : 1) }));
		},
	};
}

const known = (groups: readonly number[]): KnownFilm =>
	({ groups, rootOf: (group) => Promise.resolve(groupRoot(leavesOf(group, 1), hash)) });
const all = (count: number) => Array.from({ length: count }, (_, k) => k);

test('a spread has both ends, no value twice, and all when they are few', () => {
	expect(spread(all(100), 5)).toEqual([0, 25, 50, 74, 99]);
	expect(spread([3, 7, 9], 8)).toEqual([3, 7, 9]);
	expect(spread([], 8)).toEqual([]);
	for (const count of [8, 9, 15, 1000]) expect(new Set(spread(all(count), 8)).size).toBe(8);
});

test('the same film is the same, and only a few groups of it are read', async () => {
	const given = file([]);
	expect(await isSameFilm(given, known(all(1000)), hash)).toBe(true);
	expect(given.looked).toEqual(spread(all(1000), LOOKED_AT));
});

test.each([0, 143, 428, 999])('a film that differs at group %i is another', async (group) => {
	expect(await isSameFilm(file([group]), known(all(1000)), hash)).toBe(false);
});

test('a file that cannot be read is not the film, and neither is one of which a root is lost', async () => {
	const gone = { loadGroup: () => Promise.resolve(fail('gone' as const)) };
	expect(await isSameFilm(gone, known([4]), hash)).toBe(false);
	const lost = { groups: [4], rootOf: () => Promise.resolve(undefined) };
	expect(await isSameFilm(file([]), lost, hash)).toBe(false);
});

test('any file may be a film of which nothing is known yet', async () => {
	expect(await isSameFilm(file([]), known([]), hash)).toBe(true);
});
