import { expect, test } from 'vitest';
import { Demands } from './demand.ts';

function demandsOf(
	...reads: readonly (readonly [read: number, first: number, count: number, dueAt: number])[]
): Demands {
	const demands = new Demands();
	for (const read of reads) demands.add(...read);
	return demands;
}

const order = (demands: Demands) => demands.inOrder().map(({ read }) => read);

test('reads stand in the order of their deadlines, equal ones as they came', () => {
	expect(order(demandsOf([1, 0, 1, 30], [2, 0, 1, 10], [3, 0, 1, 20], [4, 0, 1, 10]))).toEqual([2, 4, 3, 1]);
});

test('a new deadline moves a read, an unknown one moves nothing', () => {
	const demands = demandsOf([1, 0, 1, 10], [2, 0, 1, 20]);
	demands.setDue(2, 5);
	demands.setDue(9, 1);
	expect(order(demands)).toEqual([2, 1]);
});

test('a chunk is due when the first read that covers it is', () => {
	const demands = demandsOf([1, 0, 10, 50], [2, 5, 10, 20]);
	expect([0, 5, 14, 15].map((index) => demands.dueOf(index))).toEqual([50, 20, 20, undefined]);
});

test('removing says what was there, once', () => {
	const demands = demandsOf([1, 3, 4, 10]);
	expect(demands.remove(1)).toMatchObject({ first: 3, count: 4 });
	expect(demands.remove(1)).toBeUndefined();
	expect(demands.size).toBe(0);
});

test('a chunk that is lacking again draws back the cursors of the reads that cover it, and of no other', () => {
	const demands = demandsOf([1, 0, 10, 1], [2, 5, 10, 2], [3, 20, 5, 3]);
	for (const demand of demands.inOrder()) demand.cursor = demand.first + demand.count;
	demands.reopen(7);
	expect(demands.inOrder().map(({ cursor }) => cursor)).toEqual([7, 7, 25]);
	demands.reopen(9);
	expect(demands.inOrder().map(({ cursor }) => cursor)).toEqual([7, 7, 25]);
	demands.reopenAll();
	expect(demands.inOrder().map(({ cursor }) => cursor)).toEqual([0, 5, 20]);
});
