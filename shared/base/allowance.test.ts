import { expect, test } from 'vitest';
import { Allowance } from './allowance.ts';

test('without a limit anything goes, and nothing is owed when one is set', () => {
	const allowance = new Allowance();
	expect(allowance.at(0)).toBe(Infinity);
	allowance.take(1e9);
	allowance.set(1000, 50);
	expect(allowance.at(50)).toBe(0);
});

test('it fills at its rate, up to a second of it', () => {
	const allowance = new Allowance();
	allowance.set(1000, 0);
	expect(allowance.at(250)).toBe(250);
	expect(allowance.at(250)).toBe(250);
	expect(allowance.at(9000)).toBe(1000);
});

test('what is taken beyond it is waited for, and what did not go by is there again', () => {
	const allowance = new Allowance();
	allowance.set(1000, 0);
	allowance.take(8192);
	expect(allowance.at(8000)).toBe(-192);
	allowance.giveBack(8192);
	expect(allowance.at(8000)).toBe(1000);
});

test('a limit that is lifted owes nothing', () => {
	const allowance = new Allowance();
	allowance.set(1000, 0);
	allowance.take(5000);
	allowance.set(undefined, 10);
	expect(allowance.at(10)).toBe(Infinity);
	allowance.set(2000, 20);
	expect(allowance.at(520)).toBe(1000);
});

test('how long to wait follows from what is owed', () => {
	const allowance = new Allowance();
	expect(allowance.waitAt(0)).toBe(0);
	allowance.set(1000, 0);
	allowance.take(500);
	expect([allowance.waitAt(0), allowance.waitAt(400), allowance.waitAt(900)]).toEqual([500, 100, 0]);
});
