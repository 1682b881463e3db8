import { expect, test } from 'vitest';
import { Rate } from './rate.ts';
import { RATE_SPAN_MS } from './settings.ts';

/** `bytes` every `every` ms until `until`. */
function steady(bytes: number, every: number, until: number): Rate {
	const rate = new Rate(0);
	for (let now = every; now <= until; now += every) rate.add(bytes, now);
	return rate;
}

test.each([200, 1000, 10_000, 100_000])('a steady stream is measured after %i ms', (until) => {
	expect(steady(1000, 10, until).perMs(until)).toBeCloseTo(100, -1);
});

test('a stream that stops fades away', () => {
	const rate = steady(1000, 10, 10_000);
	expect(rate.perMs(10_000 + RATE_SPAN_MS)).toBeCloseTo(100 / Math.E, 0);
	expect(rate.perMs(10_000 + 20 * RATE_SPAN_MS)).toBeLessThan(0.001);
});

test('nothing was sent: zero, even in the first millisecond', () => {
	expect(new Rate(5).perMs(5)).toBe(0);
});
