import { expect, test } from 'vitest';
import { bufferedAhead, placeBehindGap, spanAt, spanToEvict } from './buffer-window.ts';

const spans = [{ from: 0, to: 10 }, { from: 10.3, to: 20 }];

test('what is ahead ends at the next hole', () => {
	expect(bufferedAhead(spans, 4)).toBe(6);
	expect(bufferedAhead(spans, 10.1)).toBe(0);
	expect(spanAt(spans, 10.26)).toBe(spans[1]); // a rounding error before it
});

test('the past is evicted once there is enough of it', () => {
	expect(spanToEvict([{ from: 0, to: 60 }], 34, 30)).toBeUndefined();
	expect(spanToEvict([{ from: 0, to: 60 }], 36, 30)).toEqual({ from: 0, to: 6 });
	expect(spanToEvict([], 100, 30)).toBeUndefined();
});

test('a small hole that nothing will fill is jumped', () => {
	expect(placeBehindGap({ spans, playhead: 9.99, settledUntil: 20 })).toBeCloseTo(10.35);
});

test('a hole that is still being filled is waited for', () => {
	expect(placeBehindGap({ spans, playhead: 9.99, settledUntil: 10 })).toBeUndefined();
});

test('a wide hole is a seek that is being served, not a gap', () => {
	const apart = [{ from: 0, to: 10 }, { from: 12, to: 20 }];
	expect(placeBehindGap({ spans: apart, playhead: 9.99, settledUntil: 20 })).toBeUndefined();
});

test('a film may begin as late as it likes', () => {
	expect(placeBehindGap({ spans: [{ from: 4, to: 20 }], playhead: 0, settledUntil: 20 })).toBeCloseTo(4.05);
});

test('a film that has data is not moved', () => {
	expect(placeBehindGap({ spans, playhead: 5, settledUntil: 20 })).toBeUndefined();
});
