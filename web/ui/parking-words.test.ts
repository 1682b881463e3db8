import { expect, test } from 'vitest';
import type { ParkingView } from '../state/app-view.ts';
import { formatMoment, isParked, parkingSentence, termReaching, termsUpTo, termWords } from './parking-words.ts';

const untilMs = Date.UTC(2026, 11, 1, 16);

test('terms are as long as the bridge allows', () => {
	expect([termsUpTo(168), termsUpTo(30), termsUpTo(5), termsUpTo(9000)])
		.toEqual([[24, 72, 168], [24], [5], [24, 72, 168, 720]]);
	expect([24, 72, 168, 720, 5, 1].map(termWords)).toEqual(['1 day', '3 days', '1 week', '30 days', '5 hours', '1 hour']);
});

test('the term of a copy is the shortest that reaches as far', () => {
	const terms = [24, 72, 168];
	const hour = 3_600_000;
	const reaching = [1, 24, 25, 72, 100, 500].map((hours) => termReaching(terms, 5 + hours * hour, 5));
	expect(reaching).toEqual([24, 24, 72, 72, 168, 168]);
});

test.each<[ParkingView, boolean, string]>([
	[{ state: 'offered', maxHours: 24 }, false, 'cannot read the film'],
	[{ state: 'asking', wanted: true, maxHours: 24 }, true, 'Asking the bridge'],
	[{ state: 'fetching', maxHours: 24, fraction: 0.417, untilMs }, true, 'Parking, 41 %'],
	[{ state: 'kept', maxHours: 24, untilMs }, true, `Parked until ${formatMoment(untilMs)}`],
	[{ state: 'refused', because: 'full', maxHours: 24, maxBytes: 1 }, false, 'no room for this film now'],
	[{ state: 'refused', because: 'too-large', maxHours: 24, maxBytes: 10e9 }, false, '10 GB at most'],
	[{ state: 'refused', because: 'off', maxHours: 0, maxBytes: 0 }, false, 'no longer keeps copies'],
	[{ state: 'unreachable', wanted: true, untilMs: undefined }, true, 'cannot be reached. Trying again'],
	[{ state: 'unreachable', wanted: false, untilMs }, false, `keeps a copy until ${formatMoment(untilMs)}`],
])('%j in words', (parking, parked, words) => {
	expect([isParked(parking), parkingSentence(parking)]).toEqual([parked, expect.stringContaining(words)]);
});
