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
		const inventory = new Inventory(
			layout, { whole: new BitSet(2).bytes(), partial: new Map([[1, chunkSet([0, 2])]]) },
		);
		expect([picture(inventory), inventory.held, inventory.partials.get(1)?.proof.state]).toEqual(['#.#', 2, 'known']);
	});

	test('a partial group that is full counts as whole, one that does not exist not at all', () => {
		const inventory = new Inventory(
			layout, { whole: new BitSet(2).bytes(), partial: new Map([[1, chunkSet([0, 1, 2])], [9, chunkSet([0])]]) },
		);
		expect([inventory.whole.has(1), inventory.held, inventory.partials.size]).toEqual([true, 3, 0]);
	});
});

/** What the inventory should be like, in plain sets. */
class Model {
	readonly held = new Set<number>();
	readonly asked = new Map<number, number>();
	readonly inventory = nothing();

	do(what: string, index: number): void {
		const group = Math.floor(index / 128);
		if (what === 'ask' && !this.inventory.whole.has(group)) {
			this.inventory.ask(index);
			this.asked.set(index, this.#count(index) + 1);
		} else if (what === 'release') {
			this.inventory.release(index);
			this.asked.set(index, Math.max(0, this.#count(index) - 1));
		} else if (what === 'hold') {
			const isWhole = this.inventory.hold(index, 0) === 'whole';
			for (const k of isWhole ? SOME : []) if (Math.floor(k / 128) === group) this.asked.delete(k); // it keeps no books
			this.held.add(index);
		} else if (what === 'lose') {
			this.inventory.lose(group);
			for (const k of SOME) if (Math.floor(k / 128) === group) this.held.delete(k);
		} else if (what === 'spoil') {
			const rest = [...this.held].filter((k) => Math.floor(k / 128) === group && k !== index);
			expect(this.inventory.exceeds(group, chunkSet(rest.map((k) => k % 128)))).toBe(this.held.has(index));
			this.inventory.lose(group, chunkSet(rest.map((k) => k % 128)));
			this.held.delete(index);
		}
	}

	lacks(index: number): boolean { return !this.held.has(index) && this.#count(index) === 0; }
	get active(): number {
		return new Set(SOME.filter((k) => !this.held.has(k) && this.#count(k) > 0).map((k) => Math.floor(k / 128))).size;
	}

	#count(index: number): number { return this.asked.get(index) ?? 0; }
}

const SOME = [0, 1, 126, 127, 128, 129, 130];

test('whatever is asked, let go, held and lost, the counts are those of a plain model', () => {
	const action = fc.tuple(fc.constantFrom('ask', 'ask', 'release', 'hold', 'lose', 'spoil'), fc.constantFrom(...SOME));
	fc.assert(fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
		const model = new Model();
		for (const [what, index] of actions) {
			model.do(what, index);
			expect([model.inventory.held, model.inventory.active]).toEqual([model.held.size, model.active]);
			expect(SOME.map((k) => model.inventory.lacks(k))).toEqual(SOME.map((k) => model.lacks(k)));
		}
	}), { seed: 1, numRuns: 300 });
});
