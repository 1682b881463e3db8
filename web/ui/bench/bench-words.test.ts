import { expect, test } from 'vitest';
import { measuredText, verdict } from './bench-words.ts';

const engine = (bytesPerSec: number | undefined) => [{ what: 'engine' as const, bytesPerSec }];

test('films are counted by what two peers exchange, and there is no verdict before that', () => {
	expect(verdict([{ what: 'hash', bytesPerSec: 1e9 }])).toBeUndefined();
	expect(verdict(engine(31e6))).toBe('Your browser can pass on about 49 films of 5 Mbit/s at once. Your line may carry fewer.');
	expect(verdict(engine(700_000))).toBe('Your browser can pass on one film of 5 Mbit/s. Your line may carry fewer.');
	expect(verdict(engine(600_000))).toBe('Your browser is slower than a film of 5 Mbit/s.');
	expect(verdict(engine(undefined))).toMatch(/can pass nothing on/);
});

test('the text has a line for each figure, what does not work included, and names the browser', () => {
	expect(measuredText([{ what: 'channel', bytesPerSec: undefined }, ...engine(31e6)], 'Chromium 156').split('\n')).toEqual([
		'A bare connection: Does not work here', 'From peer to peer: 31 MB/s', verdict(engine(31e6)), 'Chromium 156',
	]);
});
