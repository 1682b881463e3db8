import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BitSet } from './bit-set.ts';
import { BugError } from './result.ts';

/** A set drawn: '#' is a member, '.' is not. */
function drawn(picture: string): BitSet {
	const set = new BitSet(picture.length);
	for (let k = 0; k < picture.length; k++) if (picture[k] === '#') set.add(k);
	return set;
}

test('bit k is bit k & 7 of byte k >> 3', () => {
	expect([...drawn('#.......' + '.#.').bytes()]).toEqual([1, 2]);
	expect([...drawn('#.......' + '.#.')]).toEqual([0, 9]);
});

test('it seeks members and gaps, over whole bytes too', () => {
	const set = drawn('..#..........................#' + '#'.repeat(20) + '..');
	expect([set.next(0), set.next(3), set.next(50)]).toEqual([2, 29, -1]);
	expect([set.nextMissing(2), set.nextMissing(29), set.nextMissing(52)]).toEqual([3, 50, -1]);
	expect([new BitSet(0).next(0), new BitSet(0).nextMissing(0), BitSet.full(9).nextMissing(0)]).toEqual([-1, -1, -1]);
});

test('it behaves as a set of numbers does, and knows its size', () => {
	const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(40)), { maxLength: 80 });
	fc.assert(fc.property(steps, (list) => {
		const [set, model] = [new BitSet(41), new Set<number>()];
		for (const [adds, k] of list) {
			expect(adds ? set.add(k) : set.delete(k)).toBe(adds ? !model.has(k) : model.has(k));
			if (adds) model.add(k);
			else model.delete(k);
		}
		expect([...set]).toEqual([...model].sort((a, b) => a - b));
		expect(set.size).toBe(model.size);
		expect(BitSet.from(set.bytes(), 41)).toEqual(set);
	}));
});

test('bytes of another length, or with a bit past the end, spell no set', () => {
	expect(BitSet.from(Uint8Array.of(1), 9)).toBeUndefined();
	expect(BitSet.from(Uint8Array.of(1, 2), 9)).toBeUndefined();
	expect(BitSet.from(Uint8Array.of(1, 1), 9)?.size).toBe(2);
	expect(BitSet.from(Uint8Array.of(255), 8)?.isFull).toBe(true);
});

test('a full set is full, and its bytes have no bit past the end', () => {
	for (const length of [0, 1, 8, 9, 128]) {
		const full = BitSet.full(length);
		expect([full.size, full.isFull, [...full].length]).toEqual([length, true, length]);
		expect(BitSet.from(full.bytes(), length)).toBeDefined();
	}
});

test('adding a number that cannot be a member is a bug', () => {
	expect(() => new BitSet(8).add(8)).toThrow(BugError);
	expect(() => new BitSet(8).add(-1)).toThrow(BugError);
});
