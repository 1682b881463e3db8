import { expect, test } from 'vitest';
import type { PeerId } from '../../../shared/protocol/ids.ts';
import type { PersonView } from '../../state/app-view.ts';
import { ME, PERSON, shortName, swarmLayout, WIDTH, widthOf } from './swarm-layout.ts';

const person = (name: string, more: Partial<PersonView> = {}): PersonView => ({
	id: name as PeerId, name, route: 'direct', held: 0.5, positionSec: undefined, playing: true,
	downBps: 0, upBps: 0, rttMs: undefined, ...more,
});
const crowd = (count: number) => Array.from({ length: count }, (_, k) => person(`p${k}`, { downBps: 10, upBps: 1 }));

test('however many there are, no disc leaves the drawing or covers another', () => {
	for (let count = 0; count <= 30; count++) {
		const { halfHeight, standing } = swarmLayout(crowd(count), undefined);
		expect(standing).toHaveLength(Math.min(8, count));
		const discs = [{ x: 0, y: 0, radius: ME }, ...standing.map(({ at }) => ({ ...at, radius: PERSON }))];
		for (const [k, a] of discs.entries()) {
			expect(Math.abs(a.x) + a.radius).toBeLessThan(WIDTH / 2);
			expect(Math.abs(a.y) + a.radius).toBeLessThan(halfHeight);
			for (const b of discs.slice(k + 1)) {
				expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(a.radius + b.radius + 10);
			}
		}
	}
});

test('whoever came after the seventh stands with the others, whose rates add up', () => {
	const { standing } = swarmLayout(crowd(10), undefined);
	expect(standing.map(({ name }) => name)).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', '3 others']);
	expect(standing.at(-1)).toMatchObject({ place: undefined, held: undefined });
	expect(swarmLayout(crowd(8), undefined).standing.at(-1)?.name).toBe('p7');
});

test('what comes points at me, what goes away from me, each on its right; silence is no line', () => {
	const [both] = swarmLayout([person('a', { downBps: 1e6, upBps: 1e4 })], undefined).standing;
	const [down, up] = [points(both?.down), points(both?.up)];
	expect(tip(down).x).toBeLessThan(down[0]?.x ?? 0);
	expect(tip(up).x).toBeGreaterThan(up[0]?.x ?? 0);
	expect(Math.max(...down.map(({ y }) => y))).toBeLessThan(0);
	expect(Math.min(...up.map(({ y }) => y))).toBeGreaterThan(0);
	expect(swarmLayout([person('a')], undefined).standing[0]).toMatchObject({ down: '', up: '' });
});

test('each tenfold is wider by as much, and the slowest is still seen', () => {
	expect(widthOf(1)).toBeGreaterThan(1);
	expect(widthOf(1e7) - widthOf(1e6)).toBeCloseTo(widthOf(1e6) - widthOf(1e5), 0);
});

test('a point on the ring says where they watch, once the film’s length is known', () => {
	const watching = (durationSec?: number) => swarmLayout([person('a', { positionSec: 30 })], durationSec).standing[0];
	expect(watching()?.watching).toBeUndefined();
	const at = watching(120)?.at ?? { x: 0, y: 0 };
	expect(watching(120)?.watching).toEqual({ x: at.x + PERSON, y: at.y }); // a quarter round
});

test('what a bridge carries is marked half way', () => {
	const [bridged] = swarmLayout([person('a', { route: 'bridge' })], undefined).standing;
	expect(bridged?.bridge).toEqual({ x: (bridged?.at.x ?? 0) / 2, y: 0 });
});

test('long names are cut between letters, however many bytes those have', () => {
	expect(shortName('Amber Finch')).toBe('Amber Finch');
	expect(shortName('Maximilian von Hohenfels')).toBe('Maximilian…');
	expect(shortName('🐻'.repeat(13))).toBe(`${'🐻'.repeat(11)}…`);
});

function points(path = ''): { readonly x: number; readonly y: number }[] {
	return [...path.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
}
function tip(path: ReturnType<typeof points>): { readonly x: number } { return path[2] ?? { x: Number.NaN }; }
