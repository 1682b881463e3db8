import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Addresses } from './addresses.ts';
import { limitsFor, TokenBucket } from './limits.ts';

test('a bucket gives its burst at once and then what it gains', () => {
	const bucket = new TokenBucket({ perSecond: 2, burst: 3 }, 0);
	expect([1, 1, 1, 1].map((cost) => bucket.take(cost, 0))).toEqual([true, true, true, false]);
	expect(bucket.take(1, 499)).toBe(false);
	expect(bucket.take(1, 500)).toBe(true);
	expect(bucket.isFull(1_999)).toBe(false);
	expect(bucket.isFull(2_000)).toBe(true);
	expect([1, 1, 1, 1].map((cost) => bucket.take(cost, 60_000))).toEqual([true, true, true, false]);
});

test('a bucket never gives more than its burst and its gain, whatever the order of the clock', () => {
	fc.assert(fc.property(fc.array(fc.tuple(fc.nat(10), fc.nat(5_000))), (acts) => {
		const bucket = new TokenBucket({ perSecond: 5, burst: 20 }, 0);
		let given = 0;
		let forward = 0;
		let last = 0;
		for (const [cost, at] of acts) {
			forward += Math.max(0, at - last);
			last = at;
			if (bucket.take(cost, at)) given += cost;
		}
		expect(given).toBeLessThanOrEqual(20 + (forward / 1000) * 5 + 1e-6);
	}));
});

test('an address is forgotten only when nothing of it needs to be remembered', () => {
	const addresses = new Addresses(limitsFor(100, 10).perAddress);
	const busy = addresses.at('192.0.2.1', 0);
	busy.connections = 1;
	addresses.at('192.0.2.2', 0).newShares.take(1, 0);
	addresses.at('192.0.2.3', 0);
	addresses.sweep(0);
	expect(addresses.size).toBe(2);
	expect(addresses.at('192.0.2.1', 0)).toBe(busy);
	busy.connections = 0;
	addresses.sweep(60_000);
	expect(addresses.size).toBe(0);
});
