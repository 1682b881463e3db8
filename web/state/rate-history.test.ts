import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HISTORY_SEC, RateHistory } from './rate-history.ts';

/** Totals where everything received was also sent on, half of it. */
const totals = (downloaded: number) => ({ downloaded, uploaded: downloaded / 2 });

function lastOf(history: RateHistory, count: number): number[] {
	return history.seconds.slice(-count).map(({ downBps }) => downBps);
}

test('each second has what came in it', () => {
	const history = new RateHistory();
	for (const [at, downloaded] of [[5000, 0], [5400, 100], [5900, 300], [6500, 900], [7200, 900]] as const) {
		history.note(at, totals(downloaded));
	}
	expect(lastOf(history, 3)).toEqual([0, 300 + 100, 500]);
	expect(history.seconds.at(-2)).toEqual({ downBps: 400, upBps: 200 });
});

test('what came while nobody looked is spread over that time', () => {
	const history = new RateHistory();
	history.note(1000, totals(0));
	history.note(5000, totals(4000));
	expect(lastOf(history, 5)).toEqual([0, 1000, 1000, 1000, 1000]);
});

test('after a sleep longer than it remembers nothing of before is left', () => {
	const history = new RateHistory();
	history.note(0, totals(0));
	history.note(1000, totals(9_000));
	history.note(1_000_000, totals(9_000));
	expect(history.seconds.every(({ downBps }) => downBps === 0)).toBe(true);
	expect(history.seconds).toHaveLength(HISTORY_SEC);
});

test('no byte is lost or counted twice', () => {
	fc.assert(fc.property(fc.array(fc.tuple(fc.nat(3000), fc.nat(100_000)), { maxLength: 35 }), (looks) => {
		const history = new RateHistory();
		let [at, all] = [500, 0];
		history.note(at, totals(0));
		for (const [later, more] of looks) history.note(at += later, totals(all += later === 0 ? 0 : more));
		history.note(Math.floor(at / 1000) * 1000 + 1000, totals(all)); // the second is over
		expect(lastOf(history, HISTORY_SEC).reduce((sum, bytes) => sum + bytes, 0)).toBeCloseTo(all, 3);
	}));
});
