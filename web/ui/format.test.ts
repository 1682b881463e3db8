import fc from 'fast-check';
import { expect, test } from 'vitest';
import { counted, formatBytes, formatPercent, formatRate, formatTime, listed, spokenTime } from './format.ts';

test.each([
	[0, '0 B'], [999, '999 B'], [1000, '1 kB'], [8192, '8.2 kB'], [123_456, '123 kB'], [1_412_000_000, '1.4 GB'],
	[99_960_000, '100 MB'], [5e15, '5000 TB'],
])('%d bytes are %s', (bytes, text) => {
	expect(formatBytes(bytes)).toBe(text);
});

test('a rate is a size a second', () => {
	expect(formatRate(4_800_000)).toBe('4.8 MB/s');
});

test.each([[0, '0:00'], [59.9, '0:59'], [245, '4:05'], [3600, '1:00:00'], [3729, '1:02:09'], [-1, '0:00']])(
	'%d seconds into the film is %s', (seconds, text) => {
		expect(formatTime(seconds)).toBe(text);
	});

test.each([[1, '1 second'], [35, '35 seconds'], [60, '1 minute'], [3600, '1 hour'], [6120, '1 hour 42 minutes']])(
	'%d seconds are spoken as %s', (seconds, text) => {
		expect(spokenTime(seconds)).toBe(text);
	});

test.each([[0, '0 %'], [0.0001, '<1 %'], [0.29, '29 %'], [0.999, '99 %'], [1, '100 %'], [1.2, '100 %']])(
	'a part of %d is shown as %s', (fraction, text) => {
		expect(formatPercent(fraction)).toBe(text);
	});

test('only all of it is 100 percent', () => {
	fc.assert(fc.property(fc.double({ min: 0, max: 0.9999999, noNaN: true }), (part) => formatPercent(part) !== '100 %'));
});

test('one is singular, everything else plural', () => {
	expect([0, 1, 2].map((count) => counted(count, 'person', 'people'))).toEqual(['0 people', '1 person', '2 people']);
});

test.each([
	[[], ''], [['Ann'], 'Ann'], [['Ann', 'Ben'], 'Ann and Ben'], [['Ann', 'Ben', 'Cy'], 'Ann, Ben and Cy'],
	[['Ann', 'Ben', 'Cy', 'Di'], 'Ann, Ben and 2 others'],
])('%j are listed as "%s"', (names, text) => {
	expect(listed(names)).toBe(text);
});
