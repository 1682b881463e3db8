import { expect, test } from 'vitest';
import { giverColour, heldPaths } from './held-paths.ts';

test('each giver has a path of its own colour; the smallest stretch is drawn', () => {
	const held = [
		{ from: 0, to: 0.5, by: 0 }, { from: 0.5, to: 0.75 }, { from: 0.8, to: 0.8001, by: 0 }, { from: 0.9, to: 1, by: 1 },
	];
	expect(heldPaths(held, 100)).toEqual([
		[giverColour(0), 'M0 0h50v1h-50zM80 0h1v1h-1z'], [giverColour(undefined), 'M50 0h25v1h-25z'],
		[giverColour(1), 'M90 0h10v1h-10z'],
	]);
});

test('six people have colours of their own, and nobody has another', () => {
	expect(new Set([undefined, 0, 1, 2, 3, 4, 5].map(giverColour)).size).toBe(7);
	expect(giverColour(6)).toBe(giverColour(0));
});
