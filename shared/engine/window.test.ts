import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHUNK_BYTES } from '../protocol/limits.ts';
import { LARGEST_WINDOW_BYTES, LEAST_WINDOW_BYTES } from './settings.ts';
import { RequestWindow } from './window.ts';

/** `count` chunks arrive one after another, each `took` ms after it was asked for. */
function arrivals(window: RequestWindow, count: number, took: number): RequestWindow {
	for (let k = 0; k < count; k++) window.arrived(CHUNK_BYTES, took, 1000 + k, true);
	return window;
}

describe('a window of requests', () => {
	test('grows while answers come as fast as ever, up to its bound', () => {
		const before = new RequestWindow().bytes;
		expect(arrivals(new RequestWindow(), 50, 20).bytes).toBeGreaterThan(before);
		expect(arrivals(new RequestWindow(), 5000, 20).bytes).toBeLessThanOrEqual(LARGEST_WINDOW_BYTES);
	});

	test('shrinks while all answers come late', () => {
		const window = arrivals(new RequestWindow(), 50, 20);
		const before = window.bytes;
		expect(arrivals(window, 50, 500).bytes).toBeLessThan(before);
	});

	test('stays within its bounds, whatever comes when', () => {
		const ms = fc.integer({ min: 0, max: 5000 });
		const answer = fc.record({ took: ms, after: ms, full: fc.boolean() });
		fc.assert(fc.property(fc.array(answer, { maxLength: 300 }), (answers) => {
			const window = new RequestWindow();
			let now = 0;
			for (const { took, after, full } of answers) window.arrived(CHUNK_BYTES, took, now += after, full);
			expect(window.bytes).toBeGreaterThanOrEqual(LEAST_WINDOW_BYTES);
			expect(window.bytes).toBeLessThanOrEqual(LARGEST_WINDOW_BYTES);
		}));
	});

	test('keeps its size when a lost packet delays some answers', () => {
		const window = arrivals(arrivals(new RequestWindow(), 50, 20), 1, 500); // its start ends with the first late one
		const before = window.bytes;
		for (let k = 0; k < 500; k++) window.arrived(CHUNK_BYTES, k % 10 < 4 ? 200 : 20, 2000 + k * 10, true);
		expect(window.bytes).toBeGreaterThanOrEqual(before);
	});

	test('believes a path that became longer, and grows on it', () => {
		const window = arrivals(arrivals(new RequestWindow(), 50, 20), 5000, 500);
		expect(window.bytes).toBeGreaterThan(LEAST_WINDOW_BYTES);
	});

	test('knows no round trip before the first answer, and about the right one after many', () => {
		expect(new RequestWindow().roundTripMs).toBeUndefined();
		expect(arrivals(new RequestWindow(), 200, 80).roundTripMs).toBeCloseTo(80, 0);
		expect(arrivals(new RequestWindow(), 200, 80).lateAfterMs).toBeGreaterThan(80);
	});
});
