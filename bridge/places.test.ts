import { expect, test } from 'vitest';
import { Places } from './places.ts';

const places = () => new Places({ total: 6, perAddress: 3, strangers: 4 });

/** Takes places for these in turn: the address before the colon, a name behind it. Who had to make way, in order. */
function fill(all: Places, ...names: readonly string[]) {
	const gone: string[] = [];
	const taken = names.map((name) => all.take(name.split(':')[0]!, () => gone.push(name)));
	return { gone, taken };
}

test('an address has so many places, whatever the others have', () => {
	const all = places();
	const { taken } = fill(all, 'a:1', 'a:2', 'a:3', 'a:4');
	expect(taken.map((place) => place !== undefined)).toEqual([true, true, true, false]);
	expect(all.take('b', () => undefined)).toBeDefined();
});

test('a place that was left is free again, once', () => {
	const all = places();
	const { taken: [first] } = fill(all, 'a:1', 'a:2', 'a:3');
	first!.leave();
	first!.leave();
	const { taken } = fill(all, 'a:4', 'a:5');
	expect(taken.map((place) => place !== undefined)).toEqual([true, false]);
});

test('those who greeted keep their place; strangers make way, of the most crowded address the oldest', () => {
	const all = places();
	const { taken, gone } = fill(all, 'a:1', 'b:1', 'a:2', 'c:1');
	taken[0]!.settle();
	const later = fill(all, 'd:1', 'e:1');
	expect([...gone, ...later.gone]).toEqual(['b:1']);
	expect(all.taken).toBe(5);
	const more = fill(all, 'c:2', 'c:3', 'f:1');
	expect([...gone, ...later.gone, ...more.gone]).toEqual(['b:1', 'a:2', 'c:1', 'c:2']);
	expect(all.taken).toBe(5);
});

test('nobody comes in when all places are settled', () => {
	const all = places();
	for (const name of ['a', 'a', 'b', 'b', 'c', 'c']) all.take(name, () => undefined)!.settle();
	expect([all.take('d', () => undefined), all.taken]).toEqual([undefined, 6]);
});
