import { expect, test } from 'vitest';
import { concat } from '../base/bytes.ts';
import { someBytes } from '../testkit/test-crypto.ts';
import { SealedRoots } from './sealed-roots.ts';

const rootOf = (group: number) => someBytes(32, group);
const list = concat(rootOf(0), rootOf(1), rootOf(2));

test('until the list is there every signature is believed; then those that differ are named', () => {
	const roots = new SealedRoots();
	expect([roots.fits(0, rootOf(0)), roots.fits(2, rootOf(9)), roots.isKnown]).toEqual([true, true, false]);
	expect(roots.learn(list)).toEqual([2]);
	expect(roots.isKnown).toBe(true);
});

test('with the list at hand a signature over another root does not fit', () => {
	const roots = new SealedRoots();
	expect(roots.learn(list)).toEqual([]);
	expect([roots.fits(1, rootOf(1)), roots.fits(1, rootOf(2)), roots.fits(7, rootOf(7))]).toEqual([true, false, false]);
});
