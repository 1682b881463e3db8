import { describe, expect, test } from 'vitest';
import { BitSet } from '../base/bit-set.ts';
import { Layout, peerIdFrom, type LinkId } from '../protocol/ids.ts';
import { CHUNK_BYTES, GROUP_BYTES } from '../protocol/limits.ts';
import { chunkSet } from './chunk-set.ts';
import { Holdings, Link } from './link.ts';
import { REFUSED_MS } from './settings.ts';

const layout = new Layout(4 * GROUP_BYTES + 3 * CHUNK_BYTES); // the last group has three chunks

/** `#` whole, `+` in part, `.` nothing. */
const picture = (holdings: Holdings) => [0, 1, 2, 3, 4].map((g) => (holdings.hasGroup(g) ? '#' : holdings.hasSome(g) ? '+' : '.')).join('');

function map(...groups: number[]) {
	const set = new BitSet(layout.groups);
	for (const group of groups) set.add(group);
	return set.bytes();
}

describe('what a peer says it holds', () => {
	test('is understood', () => {
		const holdings = new Holdings();
		holdings.setLayout(layout);
		expect(
			[holdings.setMap(map(1, 2)), holdings.add(3), holdings.setPartial(0, chunkSet([5]))],
		).toEqual([true, true, true]);
		expect([picture(holdings), holdings.has(0, 5), holdings.has(0, 6)]).toEqual(['+###.', true, false]);
		holdings.setComplete(3);
		expect([picture(holdings), holdings.hasAllChunks]).toEqual(['#####', true]);
	});

	test('before the size is known counts once it is, in the order it was said', () => {
		const holdings = new Holdings();
		holdings.setMap(map(1));
		holdings.add(3);
		holdings.setPartial(2, chunkSet([0]));
		expect(picture(holdings)).toBe('..+..');
		expect(holdings.setLayout(layout)).toBe(true);
		expect(picture(holdings)).toBe('.#+#.');
	});

	test.each([
		['all, after a map', (h: Holdings) => { h.setMap(map(1)); h.setComplete(2); }, '#####'],
		['a map, after all', (h: Holdings) => { h.setComplete(2); h.setMap(map(1)); }, '.#...'],
		['a map, after groups', (h: Holdings) => { h.add(3); h.setMap(map(1)); }, '.#...'],
	])('early: %s', (_, say, expected) => {
		const holdings = new Holdings();
		say(holdings);
		expect([holdings.setLayout(layout), picture(holdings)]).toEqual([true, expected]);
	});

	test.each([
		['group', (h: Holdings) => h.add(5)],
		['chunk', (h: Holdings) => h.setPartial(4, chunkSet([3]))],
		['partial group', (h: Holdings) => h.setPartial(5, chunkSet([]))],
		['length of a map', (h: Holdings) => h.setMap(new Uint8Array(2))],
	])('a %s that does not exist is a fault, at once or as soon as that is known', (_, say) => {
		const [holdings, early] = [new Holdings(), new Holdings()];
		holdings.setLayout(layout);
		expect([say(holdings), say(early)]).toEqual([false, true]);
		expect([early.setLayout(layout), early.wholeGroups]).toEqual([false, 0]);
	});

	test('is forgotten by a new map', () => {
		const holdings = new Holdings();
		holdings.setLayout(layout);
		holdings.setComplete(1);
		holdings.setMap(map());
		expect([picture(holdings), holdings.completeRevision]).toEqual(['.....', 0]);
	});
});

test('a group that was refused is not asked for again for a while', () => {
	const holdings = new Holdings();
	holdings.refuse(1, 100);
	expect(
		[holdings.isWilling(1, 99), holdings.isWilling(0, 99), holdings.isWilling(1, 100)],
	).toEqual([false, true, true]);
});

describe('a link that fails', () => {
	const link = () => new Link({ id: 1 as LinkId, peer: peerIdFrom(new Uint8Array(16)), name: '', initiator: true }, 0);

	test('rests longer each time, to a bound, and not after what is tolerated', () => {
		const ann = link();
		const rests = Array.from({ length: 8 }, () => {
			ann.fail(0, 1);
			return ann.restsUntil / REFUSED_MS;
		});
		expect(rests).toEqual([-Infinity, 1, 2, 4, 8, 16, 16, 16]);
	});

	test('is forgiven with its next chunk', () => {
		const ann = link();
		ann.fail(0, 0);
		ann.recover(5, 1);
		expect(ann.restsUntil).toBe(-Infinity);
		ann.fail(10, 0);
		expect(ann.restsUntil).toBe(10 + REFUSED_MS);
	});
});

test('what is owed is counted, and what is urgent of it', () => {
	const link = new Link({ id: 1 as LinkId, peer: peerIdFrom(new Uint8Array(16)), name: '', initiator: true }, 0);
	link.ask(5, { at: 0, bytes: 8192, urgent: true });
	link.ask(6, { at: 0, bytes: 100, urgent: false });
	expect([link.outstandingBytes, link.urgentBytes]).toEqual([8292, 8192]);
	expect([link.settle(5)?.bytes, link.settle(5)]).toEqual([8192, undefined]);
	expect([link.outstandingBytes, link.urgentBytes]).toEqual([100, 0]);
});
