import { expect, test } from 'vitest';
import { SECOND } from '../../shared/base/units.ts';
import { ManualClock } from '../../shared/testkit/manual-clock.ts';
import type { Limited } from '../../shared/rtc/swarm-peer.ts';
import { Limits, METERED_UP_MBIT } from './limits.ts';

const ALONE = { busy: 0, say: () => undefined };

interface Film extends Limited { isBusy: boolean; said: readonly (number | undefined)[] }

function film(isBusy = true): Film {
	const self: Film = { isBusy, said: [], setLimits: (up, down) => { self.said = [up, down]; } };
	return self;
}

test('what was set is shared out among the films that have somebody to exchange with', () => {
	const clock = new ManualClock();
	const limits = new Limits(clock, () => false, ALONE);
	const [one, other, idle] = [film(), film(), film(false)];
	for (const each of [one, other, idle]) limits.join(each, 'watched');
	expect(one.said).toEqual([undefined, undefined]);
	limits.set({ upMbit: 8, downMbit: 16 });
	expect([one.said, other.said]).toEqual([[500_000, 1_000_000], [500_000, 1_000_000]]);
	idle.isBusy = true;
	clock.pass(2 * SECOND);
	expect(one.said[0]).toBeCloseTo(1_000_000 / 3);
	limits.set({});
	expect([one.said, idle.said]).toEqual([[undefined, undefined], [undefined, undefined]]);
});

test('a film that is closed gives its part to the others, and then time stands still', () => {
	const clock = new ManualClock();
	const limits = new Limits(clock, () => false, ALONE);
	limits.set({ upMbit: 8 });
	const [one, other] = [film(), film()];
	const leave = [limits.join(one, 'watched'), limits.join(other, 'shared')];
	leave[1]!();
	expect(one.said).toEqual([1_000_000, undefined]);
	leave[0]!();
	expect(clock.waiting).toBe(0);
});

test('on a connection that counts data viewers give less by themselves, sharers and those who set a limit do not', () => {
	let isMetered = true;
	const clock = new ManualClock();
	const limits = new Limits(clock, () => isMetered, ALONE);
	const [watched, shared] = [film(), film(false)];
	limits.join(watched, 'watched');
	limits.join(shared, 'shared');
	expect([watched.said[0], shared.said[0]]).toEqual([METERED_UP_MBIT * 125_000, undefined]);
	limits.set({ upMbit: 4 });
	expect(watched.said[0]).toBe(500_000);
	limits.set({});
	isMetered = false;
	clock.pass(2 * SECOND);
	expect(watched.said[0]).toBeUndefined();
});

test('the films of other tabs have their part, and hear of ours', () => {
	const clock = new ManualClock();
	const said: number[] = [];
	const others = { busy: 3, say: (busy: number) => { said.push(busy); } };
	const limits = new Limits(clock, () => false, others);
	limits.set({ upMbit: 8 });
	const one = film();
	const leave = limits.join(one, 'watched');
	expect([one.said[0], said.at(-1)]).toEqual([250_000, 1]);
	others.busy = 0;
	clock.pass(2 * SECOND);
	expect(one.said[0]).toBe(1_000_000);
	leave();
	expect(said.at(-1)).toBe(0);
});
