import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BitSet } from '../base/bit-set.ts';
import { Layout } from '../protocol/ids.ts';
import { CHUNK_BYTES } from '../protocol/limits.ts';
import { chunkSet } from './chunk-set.ts';
import { Inventory } from './inventory.ts';

const layout = new Layout(131 * CHUNK_BYTES); // a full group and one of three chunks
const nothing = () => new Inventory(layout, { whole: new BitSet(2).bytes(), partial: new Map() });

/** Chunks of the short group: `#` held, `?` asked for, `.` lacking. */
const picture = (inventory: Inventory) => [128, 129, 130].map((index) => (inventory.holds(index) ? '#' : inventory.lacks(index) ? '.' : '?')).join('');

describe('a chunk', () => {
	test('is lacking, asked for, held; and with the last its group is whole', () => {
		const inventory = nothing();
		expect(picture(inventory)).toBe('...');
		inventory.ask(128);
		inventory.ask(130);
		expect(picture(inventory)).toBe('?.?');
		inventory.release(130);
		expect(inventory.hold(128, 5)).toBe('new');
		expect(picture(inventory)).toBe('#..');
		expect([inventory.hold(128, 6), inventory.hold(129, 7), inventory.hold(130, 8)]).toEqual(['known', 'new', 'whole']);
		expect([inventory.hold(130, 9), picture(inventory), inventory.held, inventory.partials.size]).toEqual(['known', '###', 3, 0]);
	});

	test('asked of two links is lacking only when both let go', () => {
		const inventory = nothing();
		inventory.ask(129);
		inventory.ask(129);
		inventory.release(129);
		expect(picture(inventory)).toBe('.?.');
		inventory.release(129);
		inventory.release(129);
		expect(picture(inventory)).toBe('...');
	});
});

describe('a group', () => {
	test('that is lost is lacking, but what was asked for still is', () => {
		const inventory = nothing();
		inventory.hold(128, 1);
		inventory.ask(129);
		inventory.lose(1);
		expect([picture(inventory), inventory.held, inventory.active]).toEqual(['.?.', 0, 1]);
	});

	test('of which nothing is left is forgotten, unless its proof is awaited', () => {
		const inventory = nothing();
		inventory.ask(0).proof = { state: 'known' };
		inventory.ask(128).proof = { state: 'asked', of: 1 as never, at: 0 };
		expect(inventory.prune()).toEqual([]);
		inventory.release(0);
		inventory.release(128);
		expect(inventory.prune()).toEqual([0]);
		expect([...inventory.partials.keys()]).toEqual([1]);
	});
});

describe('what the store held', () => {
	test('is held from the start', () => {
		const inventory = new Inventory(layout, { whole: new BitSet(2).bytes(), partial: new Map([[1, chunkSet([0, 2])]]) });
		expect([picture(inventory), inventory.held, inventory.partials.get(1)?.proof.state]).toEqual(['#.#', 2, 'known']);
	});

	test('a partial group that is full counts as whole, one that does not exist not at all', () => {
		const inventory = new Inventory(layout, { whole: new BitSet(2).bytes(), partial: new Map([[1, chunkSet([0, 1, 2])], [9, chunkSet([0])]]) });
		expect([inventory.whole.has(1), inventory.held, inventory.partials.size]).toEqual([true, 3, 0]);
	});
});

test('whatever is asked, let go, held and lost, the counts are those of a plain model', () => {
	const action = fc.tuple(fc.constantFrom('ask', 'ask', 'release', 'hold', 'lose'), fc.constantFrom(0, 1, 126, 127, 128, 129, 130));
	fc.assert(fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
		const inventory = nothing();
		const held = new Set<number>();
		const asked = new Map<number, number>();
		for (const [what, index] of actions) {
			if (what === 'ask' && !inventory.whole.has(Math.floor(index / 128))) {
				inventory.ask(index);
				asked.set(index, (asked.get(index) ?? 0) + 1);
			} else if (what === 'release') {
				inventory.release(index);
				asked.set(index, Math.max(0, (asked.get(index) ?? 0) - 1));
			} else if (what === 'hold') {
				inventory.hold(index, 0);
				held.add(index);
				if (inventory.whole.has(1)) for (const k of [128, 129, 130]) asked.delete(k); // a whole group keeps no books
			} else if (what === 'lose') {
				inventory.lose(Math.floor(index / 128));
				for (const k of [...held]) if (Math.floor(k / 128) === Math.floor(index / 128)) held.delete(k);
			}
			const open = new Set([...asked].filter(([k, count]) => count > 0 && !held.has(k)).map(([k]) => Math.floor(k / 128)));
			expect([inventory.held, inventory.active]).toEqual([held.size, open.size]);
			for (const k of [0, 1, 126, 127, 128, 129, 130]) expect(inventory.lacks(k)).toBe(!held.has(k) && (asked.get(k) ?? 0) === 0);
		}
	}), { seed: 1, numRuns: 300 });
});
