import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rangeWish } from './byte-range.ts';

const one = (from: number, to: number) => ({ type: 'one', range: { from, to } });

test.each([
	['bytes=0-', one(0, 1000)], ['bytes=0-0', one(0, 1)], ['bytes=10-19', one(10, 20)], ['bytes=999-', one(999, 1000)],
	['bytes=990-2000', one(990, 1000)], ['bytes=-1', one(999, 1000)], ['bytes=-1000', one(0, 1000)],
	['bytes=-5000', one(0, 1000)], ['Bytes= 5-6 ', one(5, 7)], ['bytes=5-6,', one(5, 7)],
	['bytes=0-99999999999999999999999', one(0, 1000)],
])('%s of 1000 bytes is one range', (header, expected) => {
	expect(rangeWish(header, 1000)).toEqual(expected);
});

test.each(['bytes=1000-', 'bytes=5000-6000', 'bytes=-0', 'bytes=1000-1001, 2000-', 'bytes=99999999999999999999-'])(
	'%s of 1000 bytes cannot be satisfied', (header) => {
		expect(rangeWish(header, 1000)).toEqual({ type: 'unsatisfiable' });
	},
);

test.each(['bytes=0-1, 5-6', 'bytes=0-1,2000-', 'bytes=0-,-1'])('%s are several', (header) => {
	expect(rangeWish(header, 1000)).toEqual({ type: 'several' });
});

test.each([
	undefined, '', 'bytes', 'bytes=', 'bytes=-', 'bytes=5-4', 'bytes=a-b', 'bytes=1-2-3', 'bytes=--1', 'items=0-1', 'bytes=0-1;5',
	'bytes=5-4,0-1', `bytes=${'0-1,'.repeat(17)}`,
])('%s is as good as no header', (header) => {
	expect(rangeWish(header, 1000)).toEqual({ type: 'none' });
});

test('whatever is written, a range lies inside the film', () => {
	const letters = fc.array(fc.constantFrom(...Array.from('0123456789-, ')), { maxLength: 30 }).map((some) => some.join(''));
	fc.assert(fc.property(letters, fc.integer({ min: 1, max: 2 ** 37 }), (list, size) => {
		const wish = rangeWish(`bytes=${list}`, size);
		if (wish.type !== 'one') return;
		const { from, to } = wish.range;
		expect(from >= 0 && from < to && to <= size && Number.isSafeInteger(from) && Number.isSafeInteger(to)).toBe(true);
	}), { seed: 3, numRuns: 2000 });
});
