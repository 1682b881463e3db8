import { expect, test } from 'vitest';
import { seededRng } from '../../shared/base/rng.ts';
import { Names } from './names.ts';

test('guests get two friendly words', () => {
	const names = new Names();
	const drawn = Array.from({ length: 50 }, (_, seed) => names.draw(seededRng(seed)));
	for (const name of drawn) expect(name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
	expect(new Set(drawn).size).toBeGreaterThan(40);
});

test('ten thousand guests have ten thousand names that fit', () => {
	const names = new Names();
	const rng = seededRng(1);
	for (let i = 0; i < 10_000; i++) names.take(names.draw(rng));
	expect(names.size).toBe(10_000);
	expect(names.draw(rng).length).toBeLessThanOrEqual(32);
});

test('a name that two chose is in use until both are gone', () => {
	const names = new Names();
	names.take('Ann');
	names.take('Ann');
	names.release('Ann');
	expect(names.size).toBe(1);
	names.release('Ann');
	expect(names.size).toBe(0);
});
