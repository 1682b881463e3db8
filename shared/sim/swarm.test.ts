import { describe, expect, test, vi } from 'vitest';
import type { PeerReport, Report } from './report.ts';
import { run } from './run.ts';
import { peer, peers, scenario, sharer, type PeerSpec, type Scenario } from './scenario.ts';

vi.setConfig({ testTimeout: 30_000 }); // seconds on an idle machine; a loaded one takes its time

const viewer = (spec: Partial<PeerSpec> = {}) => peer('viewer', { watches: true, ...spec });
const viewers = (count: number, each: (k: number) => Partial<PeerSpec> = () => ({})) =>
	peers(count, 'viewer', (k) => ({ watches: true, ...each(k) }));

function of(report: Report, name: string): PeerReport { return report.peers.get(name)!; }
function all(report: Report, prefix: string): PeerReport[] {
	return [...report.peers.values()].filter(({ name }) => name.startsWith(prefix));
}

/** Everyone of that name held all at the end, and watched to the end without a stall. */
function expectWatched(report: Report, prefix = 'viewer'): void {
	for (const { name, completeMs, watched } of all(report, prefix)) {
		expect(completeMs, `${name} has all`).toBeDefined();
		expect(watched?.endedAt, `${name} saw the end`).toBeDefined();
		expect([name, watched?.stalls]).toEqual([name, 0]);
	}
}

describe('one link is used nearly whole', () => {
	test.each([
		{ mbit: 10, pathMs: 25, atLeast: 0.85 },
		{ mbit: 20, pathMs: 5, atLeast: 0.9 },
		{ mbit: 100, pathMs: 1, atLeast: 0.85 },
		{ mbit: 10, pathMs: 100, atLeast: 0.6 },
		{ mbit: 50, pathMs: 50, atLeast: 0.6 },
	])('$mbit Mbit/s at $pathMs ms one way', ({ mbit, pathMs, atLeast }) => {
		const report = run(scenario([sharer({ up: mbit, latencyMs: pathMs / 2 }), peer('viewer', { down: 1000, latencyMs: pathMs / 2 })]));
		expect(of(report, 'viewer').bytesPerSecond).toBeGreaterThan(mbit * 125_000 * atLeast);
		expect(of(report, 'viewer').duplicates).toBe(0);
	});

	test('with frames lost on the way', () => {
		const report = run(scenario([sharer({ up: 20, lossRate: 0.01 }), viewer({ lossRate: 0.01 })]));
		expectWatched(report);
		expect(of(report, 'viewer').bytesPerSecond).toBeGreaterThan(20 * 125_000 * 0.7);
	});
});

describe('a swarm shares the work', () => {
	test('three who come together cost the sharer less than two copies', () => {
		const report = run(scenario([sharer({ up: 20 }), ...viewers(3)]));
		expectWatched(report);
		expect(of(report, 'sharer').uploadedCopies).toBeLessThan(2);
	});

	test('three who fetch without watching cost it little more than one', () => {
		const reports = [1, 2, 3, 4, 5].map((seed) => run(scenario([sharer({ up: 20 }), ...peers(3, 'fetcher')], { seed })));
		const copies = reports.map((report) => of(report, 'sharer').uploadedCopies).sort((one, other) => one - other);
		expect(copies[2]).toBeLessThan(1.4);
		for (const { duplicates, fromPeers } of reports.flatMap((report) => all(report, 'fetcher'))) {
			expect(duplicates).toBeLessThan(0.03);
			expect(fromPeers).toBeGreaterThan(0.4);
		}
	});

	test('ten at once watch without a stall on an uplink that carries no ten films', () => {
		const report = run(scenario([sharer({ up: 12 }), ...viewers(10)], { megabytes: 8 }));
		expectWatched(report);
		expect(of(report, 'sharer').uploadedCopies).toBeLessThan(5.5);
		for (const { duplicates } of all(report, 'viewer')) expect(duplicates).toBeLessThan(0.05);
	});

	test('ten who come one after the other', () => {
		const report = run(
			scenario([sharer({ up: 12 }), ...viewers(10, (k) => ({ arrivesAt: k * 2000 }))], { megabytes: 8 }),
		);
		expectWatched(report);
		expect(of(report, 'sharer').uploadedCopies).toBeLessThan(2.5);
	});

	test('a slow helper does no harm', () => {
		const alone = run(scenario([sharer({ up: 20 }), viewer()]));
		const helped = run(scenario([sharer({ up: 20 }), peer('slow', { holds: 'all', up: 0.3 }), viewer()]));
		expectWatched(helped);
		expect(of(helped, 'viewer').completeMs).toBeLessThan(of(alone, 'viewer').completeMs! * 1.15);
		expect(of(helped, 'viewer').watched!.startUpMs).toBeLessThan(of(alone, 'viewer').watched!.startUpMs! + 300);
	});

	test('two slow ones carry together what one cannot', () => {
		const slow = { holds: 'all', up: 1.6 } as const;
		const report = run(scenario([sharer({ up: 1.6 }), peer('a', slow), viewer()], { megabytes: 8 }));
		expectWatched(report);
	});
});

describe('peers go', () => {
	test('one that leaves in mid-film', () => {
		const report = run(scenario([sharer({ up: 8 }), peer('helper', { holds: 'all', leavesAt: 3000 }), viewer()]));
		expectWatched(report);
	});

	test('one that vanishes without a word', () => {
		const report = run(scenario([sharer({ up: 8 }), peer('helper', { holds: 'all', diesAt: 3000 }), viewer()]));
		expectWatched(report);
	});

	test('the sharer, once its viewers hold a copy among them', () => {
		const report = run(scenario([sharer({ up: 20, leavesAt: 16_000 }), ...viewers(3), peer('late', { arrivesAt: 17_000, watches: true })]));
		expectWatched(report);
		expectWatched(report, 'late');
	});

	test('links break again and again, and everyone finishes', () => {
		const report = run(scenario([sharer({ up: 20 }), ...viewers(4)], { cutsPerSecond: 1, megabytes: 8 }));
		for (const { completeMs } of all(report, 'viewer')) expect(completeMs).toBeDefined();
	});

	test('the only link breaks for a moment: the buffer bridges it', () => {
		const report = run(scenario([sharer({ up: 4 }), viewer()], { megabytes: 8, cuts: [{ at: 8000, between: ['sharer', 'viewer'] }] }));
		expectWatched(report);
	});
});

describe('peers that mean harm', () => {
	const among = (conduct: PeerSpec['conduct'], count = 1, spec: Partial<Scenario> = {}) => run(scenario([
		sharer({ up: 10 }), peer('helper', { holds: 'all' }), ...peers(count, 'liar', () => ({ holds: 'all', conduct })), ...viewers(2),
	], { megabytes: 8, ...spec }));

	test.each(['bad-chunks', 'bad-proofs'] as const)('one with %s is banned, the honest are not, the film goes on', (conduct) => {
		const report = among(conduct);
		expectWatched(report);
		for (const { banned } of all(report, 'viewer')) expect(banned).toEqual(['liar1']);
	});

	test.each(['bad-chunks', 'bad-proofs'] as const)('four with %s', (conduct) => {
		const report = among(conduct, 4);
		expectWatched(report);
		for (const { banned } of report.peers.values()) expect(banned.every((name) => name.startsWith('liar'))).toBe(true);
		for (const { banned } of all(report, 'viewer')) expect(banned.length).toBeGreaterThan(0);
	});

	test.each(['silent', 'busy', 'garbage'] as const)('one that is %s costs no stall and is not banned', (conduct) => {
		const report = among(conduct);
		expectWatched(report);
		for (const { banned } of report.peers.values()) expect(banned).toEqual([]);
	});

	test.each(['silent', 'busy'] as const)('a viewer who meets one that is %s first starts when an honest one comes', (conduct) => {
		const report = run(scenario([peer('liar', { holds: 'all', conduct }), sharer({ arrivesAt: 5000 }), viewer()], { megabytes: 4 }));
		expect(of(report, 'viewer').watched!.startUpMs).toBeLessThan(12_000);
		expect(of(report, 'viewer').completeMs).toBeDefined();
	});

	test('over many seeds no bad chunk is kept and no honest peer banned', () => {
		for (let seed = 1; seed <= 12; seed++) {
			const report = among(seed % 2 === 0 ? 'bad-chunks' : 'bad-proofs', 2, { seed, megabytes: 3, cutsPerSecond: 0.5 });
			for (const { name, banned, completeMs } of [...all(report, 'viewer'), of(report, 'helper'), of(report, 'sharer')]) {
				expect([seed, name, banned.filter((other) => !other.startsWith('liar'))]).toEqual([seed, name, []]);
				if (name.startsWith('viewer')) expect([seed, completeMs !== undefined]).toEqual([seed, true]);
			}
		}
	});
});

describe('without a tracker', () => {
	test('those who are connected go on, and meet the others through them', () => {
		const four = viewers(4, (k) => ({ arrivesAt: k * 500 }));
		const report = run(scenario([sharer({ up: 20, leavesAt: 30_000 }), ...four], {
			trackerDiesAt: 2500, megabytes: 8, cuts: [{ at: 3000, between: ['viewer1', 'viewer2'] }],
		}));
		expectWatched(report);
		expect(of(report, 'viewer1').links).toBeGreaterThan(2);
	});
});

describe('seeks', () => {
	test('a jump to what is not here plays within half a second', () => {
		const seeks = [{ at: 4000, to: 50_000 }, { at: 8000, to: 20_000 }, { at: 11_000, to: 62_000 }];
		const report = run(scenario([sharer({ up: 20 }), viewer({ background: false, seeks })]));
		expect(of(report, 'viewer').watched!.seekMs.length).toBe(3);
		for (const took of of(report, 'viewer').watched!.seekMs) expect(took).toBeLessThan(500);
	});

	test('a storm of them settles at once', () => {
		const seeks = Array.from({ length: 60 }, (_, k) => ({ at: 2000 + k * 50, to: (k * 7919) % 60_000 }));
		const report = run(scenario([sharer({ up: 20 }), ...viewers(2, () => ({ seeks }))]));
		for (const { watched, duplicates } of all(report, 'viewer')) {
			expect(watched!.seekMs.at(-1)).toBeLessThan(1500);
			expect(duplicates).toBeLessThan(0.1);
		}
	});
});

describe('the simulator', () => {
	const busy = (seed: number) => scenario([sharer(), peer('liar', { holds: 'all', conduct: 'bad-chunks' }), ...viewers(3)],
		{ seed, megabytes: 3, cutsPerSecond: 1 });

	test('the same seed gives the same run, another seed another', () => {
		expect(run(busy(1)).log).toBe(run(busy(1)).log);
		expect(run(busy(1)).log).not.toBe(run(busy(2)).log);
	});
});
