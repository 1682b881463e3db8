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

	test('shrinks while answers come ever later, down to its bound', () => {
		const window = arrivals(new RequestWindow(), 50, 20);
		const before = window.bytes;
		expect(arrivals(window, 50, 500).bytes).toBeLessThan(before);
		expect(arrivals(window, 5000, 500).bytes).toBeGreaterThanOrEqual(LEAST_WINDOW_BYTES);
	});

	test('knows no round trip before the first answer, and about the right one after many', () => {
		expect(new RequestWindow().roundTripMs).toBeUndefined();
		expect(arrivals(new RequestWindow(), 200, 80).roundTripMs).toBeCloseTo(80, 0);
		expect(arrivals(new RequestWindow(), 200, 80).lateAfterMs).toBeGreaterThan(80);
	});
});
