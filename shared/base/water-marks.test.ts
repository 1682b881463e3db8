import { expect, test } from 'vitest';
import { WaterMarks } from './water-marks.ts';

/** A path that takes so many bytes a millisecond: the mark after it was filled and drained a few times. */
function markOf(bytesPerMs: number): number {
	const marks = new WaterMarks();
	for (let [k, now] = [0, 0]; k < 12; k++) {
		expect(marks.queued(marks.high + 1, now)).toBe(false);
		now += (marks.high - marks.low) / bytesPerMs;
		expect(marks.drained(marks.low, now)).toBe(true);
	}
	return marks.high;
}

test('a buffer holds what its path takes in a moment, within bounds', () => {
	expect(markOf(1250)).toBeCloseTo(50_000, -3); // 10 Mbit/s
	expect(markOf(87)).toBe(8192);
	expect(markOf(20_000)).toBe(256 * 1024);
});

test('there is room until it is too full, and then again when it has drained', () => {
	const marks = new WaterMarks();
	expect(marks.queued(marks.high, 0)).toBe(true);
	expect(marks.drained(0, 1)).toBe(false);
	expect(marks.queued(marks.high + 1, 2)).toBe(false);
	expect(marks.queued(10, 3)).toBe(false);
	expect(marks.drained(marks.low + 1, 4)).toBe(false);
	expect(marks.drained(marks.low, 5)).toBe(true);
	expect(marks.isFull).toBe(false);
});
