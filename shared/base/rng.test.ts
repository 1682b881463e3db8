import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomBelow, sample, seededRng } from './rng.ts';

test('a seed gives the same numbers again, another seed others', () => {
	const draw = (seed: number) => Array.from({ length: 5 }, seededRng(seed));
	expect(draw(1)).toEqual(draw(1));
	expect(draw(1)).not.toEqual(draw(2));
	expect(draw(1).every((n) => n >= 0 && n < 1)).toBe(true);
});

test('its numbers are known: a failure found on one machine repeats on any', () => {
	const rng = seededRng(42);
	expect([rng(), rng()].map((n) => Math.floor(n * 2 ** 32))).toEqual([2581720956, 1925393290]);
});

test('numbers below a bound are all drawn, about as often', () => {
	const rng = seededRng(3);
	const counts = new Array<number>(6).fill(0);
	for (let k = 0; k < 6000; k++) counts[randomBelow(rng, 6)]! += 1;
	for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test('a sample has different members, no more than there are', () => {
	fc.assert(fc.property(fc.nat(30), fc.nat(40), fc.nat(), (length, count, seed) => {
		const items = Array.from({ length }, (_, k) => k);
		const drawn = sample(seededRng(seed), items, count);
		expect(drawn).toHaveLength(Math.min(count, length));
		expect(new Set(drawn).size).toBe(drawn.length);
		expect(drawn.every((item) => items.includes(item))).toBe(true);
	}));
});

test('each item is as likely to be in a sample as any other, and in each place', () => {
	const rng = seededRng(5);
	const first = new Array<number>(8).fill(0);
	const anywhere = new Array<number>(8).fill(0);
	for (let k = 0; k < 8000; k++) {
		const drawn = sample(rng, [0, 1, 2, 3, 4, 5, 6, 7], 3);
		first[drawn[0]!]! += 1;
		for (const item of drawn) anywhere[item]! += 1;
	}
	for (const count of first) expect(Math.abs(count - 1000)).toBeLessThan(150);
	for (const count of anywhere) expect(Math.abs(count - 3000)).toBeLessThan(300);
});
