import { expect, test } from 'vitest';
import { BitSet } from '../base/bit-set.ts';
import { peerIdFrom } from '../protocol/ids.ts';
import { Givers } from './givers.ts';

const peer = (k: number) => peerIdFrom(new Uint8Array(16).fill(k));

function holding(length: number, ...groups: number[]): BitSet {
	const whole = new BitSet(length);
	for (const group of groups) whole.add(group);
	return whole;
}

test('runs end where a group is missing, and where another gave', () => {
	const givers = new Givers(10);
	for (const group of [1, 2, 5]) givers.note(group, peer(1));
	for (const group of [3, 9]) givers.note(group, peer(2));
	expect(givers.runs(holding(10, 0, 1, 2, 3, 5, 9), 10)).toEqual([
		{ from: 0, to: 1, by: undefined }, { from: 1, to: 3, by: peer(1) }, { from: 3, to: 4, by: peer(2) },
		{ from: 5, to: 6, by: peer(1) }, { from: 9, to: 10, by: peer(2) },
	]);
	expect(givers.runs(holding(10), 10)).toEqual([]);
});

test('the last who gave counts', () => {
	const givers = new Givers(1);
	givers.note(0, peer(1));
	givers.note(0, peer(2));
	expect(givers.runs(holding(1, 0), 10)).toEqual([{ from: 0, to: 1, by: peer(2) }]);
});

test('a film has no more runs than a bar has places, however scattered its groups', () => {
	const givers = new Givers(1000);
	const scattered = new BitSet(1000);
	for (let group = 0; group < 1000; group++) {
		givers.note(group, peer(group % 7));
		if (group % 3 !== 0) scattered.add(group);
	}
	const runs = givers.runs(BitSet.full(1000), 100);
	expect(runs.length).toBeLessThanOrEqual(100);
	expect([runs[0]?.from, runs.at(-1)?.to]).toEqual([0, 1000]);
	expect(givers.runs(scattered, 100).length).toBeLessThanOrEqual(100);
});

test('a place of the bar is held when half of what it stands for is', () => {
	const givers = new Givers(9);
	expect(givers.runs(holding(9, 0, 3, 4, 8), 3)).toEqual([{ from: 3, to: 6, by: undefined }]);
	expect(givers.runs(holding(10, 8, 9), 5)).toEqual([{ from: 8, to: 10, by: undefined }]);
});

test('whoever comes after many others is nobody', () => {
	const givers = new Givers(300);
	for (let group = 0; group < 300; group++) {
		givers.note(group, peerIdFrom(new Uint8Array(16).fill(group >> 8).fill(group, 0, 1)));
	}
	expect(givers.runs(BitSet.full(300), 300).at(-1)).toEqual({ from: 255, to: 300, by: undefined });
});
