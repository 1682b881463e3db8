import { expect, test } from 'vitest';
import { CHUNK_BYTES } from '../protocol/limits.ts';
import { run } from './run.ts';
import { peer, peers, scenario, sharer } from './scenario.ts';

/** Virtual time of each run, and what a megabit a second is in it. */
const SPAN_MS = 30_000;
const MEGABIT = (125_000 * SPAN_MS) / 1000;

test.each([0.5, 2, 8, 30])('what leaves is kept to %d Mbit/s within a twentieth', (upLimit) => {
	const { peers: report } = run(scenario([sharer({ up: 100, upLimit }), ...peers(3, 'fetcher', () => ({ up: 0.1 }))], {
		megabytes: 200, untilMs: SPAN_MS,
	}));
	const sent = report.get('sharer')!.uploadedBytes;
	expect(sent / MEGABIT / upLimit).toBeGreaterThan(0.95);
	expect(sent / MEGABIT / upLimit).toBeLessThan(1.05);
});

test.each([0.5, 2, 8, 30])('what comes is kept to %d Mbit/s within a twentieth', (downLimit) => {
	const helpers = peers(4, 'helper', () => ({ holds: 'all' as const, up: 20 }));
	const { peers: report } = run(scenario([...helpers, peer('fetcher', { down: 100, downLimit })], {
		megabytes: 200, untilMs: SPAN_MS,
	}));
	const got = report.get('fetcher')!.held * CHUNK_BYTES;
	expect(got / MEGABIT / downLimit).toBeGreaterThan(0.95);
	expect(got / MEGABIT / downLimit).toBeLessThan(1.05);
});

test('a viewer whose limit is above the film watches it without a stall, and one below it stands still, no more', () => {
	const watch = (downLimit: number) => {
		const members = [sharer({ up: 50 }), peer('viewer', { watches: true, downLimit })];
		const { peers: report } = run(scenario(members, { megabytes: 8, kbps: 2000, untilMs: 60_000 }));
		return report.get('viewer')!;
	};
	expect(watch(4).watched?.stalls).toBe(0);
	const slow = watch(1);
	expect(slow.watched?.stalls).toBeGreaterThan(0);
	expect(slow.held * CHUNK_BYTES).toBeGreaterThan(3e6);
});
