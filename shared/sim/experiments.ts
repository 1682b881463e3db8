/** The swarms that the laboratory studies, as data: what each is for, and what must come of it. */
import { seededRng } from '../base/rng.ts';
import { SECOND } from '../base/units.ts';
import type { Figures } from './figures.ts';
import { peer, peers, scenario, sharer, type PeerSpec, type Scenario } from './scenario.ts';

/** What a figure has to be. */
export interface Bar { readonly figure: keyof Figures; readonly atMost?: number; readonly atLeast?: number }

/** A swarm to study. */
export interface Experiment {
	readonly says: string;
	readonly scenario: (seed: number) => Scenario;
	readonly bars: readonly Bar[];
}

const viewers = (count: number, each: (k: number) => Partial<PeerSpec> = () => ({})): PeerSpec[] =>
	peers(count, 'viewer', (k) => ({ watches: true, ...each(k) }));

/** Viewers of a 2 Mbit/s film as homes have them: 1.3 × the bitrate up, 4 × down, 20 to 80 ms from each other. */
const HOME = { up: 2.6, down: 8 } as const;

/** A crowd that comes within a minute, at random moments. */
function crowd(seed: number, count: number, megabytes: number): Scenario {
	const rng = seededRng(seed * 7919);
	return scenario([
		sharer({ up: 4, down: 8, latencyMs: 10 }),
		...viewers(count, () => ({ ...HOME, arrivesAt: rng() * 60 * SECOND, latencyMs: 10 + rng() * 30 })),
	], { seed, megabytes });
}

/** All want the whole from the start: a hundred megabit a second down, twenty up. */
const distribution = (count: number) => (seed: number): Scenario =>
	scenario([sharer({ up: 20, down: 100 }), ...peers(count, 'fetcher', () => ({ up: 20, down: 100 }))], {
		seed, megabytes: 64,
	});

const AT_ONCE: readonly Bar[] = [
	{ figure: 'startedSoon', atLeast: 0.99 }, { figure: 'stalled', atMost: 0.01 }, { figure: 'sharerExcess', atMost: 2 },
];
const AS_FLUID: readonly Bar[] = [{ figure: 'completeRatio', atMost: 1.2 }];
const NO_HARM: Bar = { figure: 'honestBanned', atMost: 0 };

/** Viewers who have half a minute ahead when something breaks. */
const settled = (spec: Partial<Scenario>, members: readonly PeerSpec[]): Scenario =>
	scenario(members, { megabytes: 24, ...spec });
const UNDISTURBED: readonly Bar[] = [{ figure: 'longestStallMs', atMost: 500 }, NO_HARM];

/** By name. */
export const EXPERIMENTS: Readonly<Record<string, Experiment>> = {
	'three-fetch': {
		says: 'three fetch a film from one sharer on a slow uplink: it should send little more than one copy',
		scenario: (seed) => scenario([sharer({ up: 20 }), ...peers(3, 'fetcher')], { seed }),
		bars: [{ figure: 'sharerCopies', atMost: 1.3 }, { figure: 'duplicates', atMost: 0.03 }],
	},
	'ten-watch': {
		says: 'ten begin to watch at once on an uplink that carries six films',
		scenario: (seed) => scenario([sharer({ up: 12 }), ...viewers(10)], { seed, megabytes: 8 }),
		bars: [{ figure: 'stalled', atMost: 0 }, { figure: 'sharerCopies', atMost: 3 }],
	},
	'crowd-40': {
		says: 'forty homes come within a minute, the sharer carries two films',
		scenario: (seed) => crowd(seed, 40, 44),
		bars: AT_ONCE,
	},
	'crowd-200': {
		says: 'two hundred homes come within a minute, the sharer carries two films',
		scenario: (seed) => crowd(seed, 200, 44),
		bars: AT_ONCE,
	},
	'crowd-1000': {
		says: 'a thousand homes come within a minute, the sharer carries two films',
		scenario: (seed) => crowd(seed, 1000, 44),
		bars: AT_ONCE,
	},
	'slow-uplinks': {
		says: 'twelve homes whose uplinks carry a third of the film, and a sharer that carries the rest',
		scenario: (seed) => scenario([
			sharer({ up: 24 }), ...viewers(12, (k) => ({ up: 0.7, down: 20, arrivesAt: k * 500, latencyMs: 15 })),
		], { seed, megabytes: 16 }),
		bars: [{ figure: 'stalled', atMost: 0.1 }],
	},
	'mixed-bandwidth': {
		says: 'telephones, homes and an office watch together',
		scenario: (seed) => scenario([
			sharer({ up: 10 }), ...viewers(4, () => ({ up: 0.5, down: 6, latencyMs: 60, lossRate: 0.01 })),
			...peers(8, 'home', (k) => ({ ...HOME, watches: true, arrivesAt: k * 700, latencyMs: 20 })),
			peer('office', { up: 100, down: 100, watches: true, latencyMs: 5 }),
		], { seed, megabytes: 16 }),
		bars: [{ figure: 'stalled', atMost: 0.1 }],
	},
	churn: {
		says: 'sixty viewers come and go, each for half a minute, links break',
		scenario: (seed) => scenario([
			sharer({ up: 20 }),
			...viewers(60, (k) => ({
				up: 5, down: 20, latencyMs: 15, arrivesAt: k * 1000, [k % 2 ? 'leavesAt' : 'diesAt']: k * 1000 + 30_000,
			})),
		], { seed, megabytes: 24, cutsPerSecond: 1, untilMs: 90_000 }),
		bars: [{ figure: 'stalled', atMost: 0.05 }, NO_HARM],
	},
	'seek-storm': {
		says: 'eight viewers who jump about every second',
		scenario: (seed) => scenario([sharer({ up: 40 }), ...viewers(8, (k) => ({
			latencyMs: 15, background: false,
			seeks: Array.from({ length: 20 }, (_, n) => ({ at: 2000 + n * 1000 + k * 90, to: ((n + k) * 7919) % 80_000 })),
		}))], { seed, megabytes: 24 }),
		bars: [{ figure: 'slowSeekMs', atMost: 1500 }, { figure: 'duplicates', atMost: 0.1 }],
	},
	honest: {
		says: 'what the liars are held against: fourteen viewers, six who hold all',
		scenario: (seed) => poisoned(seed, 'honest'),
		bars: [],
	},
	poisoners: {
		says: 'three of ten peers send lies, and come again under a new id every ten seconds',
		scenario: (seed) => poisoned(seed, 'bad-chunks'),
		bars: [{ figure: 'startedSoon', atLeast: 1 }, NO_HARM],
	},
	'sharer-dies': {
		says: 'the sharer dies in mid-film, one other holds all',
		scenario: (seed) => settled({ seed }, [
			sharer({ up: 20, diesAt: 30_000 }), peer('other', { holds: 'all', up: 20 }),
			...viewers(4, () => ({ up: 5, background: false })),
		]),
		bars: UNDISTURBED,
	},
	'each-dies': {
		says: 'every helper dies in turn, five seconds apart; the last one stays',
		scenario: (seed) => settled({ seed }, [
			...peers(6, 'helper', (k) => ({ holds: 'all', up: 8, diesAt: k === 5 ? Infinity : 20_000 + k * 5000 })),
			...viewers(2, () => ({ up: 5, background: false })),
		]),
		bars: UNDISTURBED,
	},
	'tracker-dies': {
		says: 'the tracker dies for good, links break',
		scenario: (seed) => settled({ seed, trackerDiesAt: 15_000, cutsPerSecond: 0.2 }, [
			sharer({ up: 20 }), ...viewers(6, (k) => ({ up: 5, arrivesAt: k * 1000 })),
		]),
		bars: UNDISTURBED,
	},
	'distribution-10': { says: 'ten fetch 64 MiB as fast as they can', scenario: distribution(10), bars: AS_FLUID },
	'distribution-100': { says: 'a hundred fetch 64 MiB as fast as they can', scenario: distribution(100), bars: AS_FLUID },
	'distribution-1000': { says: 'a thousand fetch 64 MiB as fast as they can', scenario: distribution(1000), bars: AS_FLUID },
};

/** Six who hold all and are what `conduct` says, under an id of ten seconds each, among fourteen viewers. */
function poisoned(seed: number, conduct: PeerSpec['conduct']): Scenario {
	const LIFE = 10 * SECOND;
	const LIVES = 8;
	return scenario([
		sharer({ up: 20 }),
		...peers(6 * LIVES, 'other', (k) => ({
			holds: 'all', conduct, up: 5, latencyMs: 15,
			arrivesAt: Math.floor(k / 6) * LIFE, leavesAt: Math.floor(k / 6 + 1) * LIFE,
		})),
		...viewers(14, (k) => ({ up: 5, down: 20, latencyMs: 15, arrivesAt: 1000 + k * 1000 })),
	], { seed, megabytes: 16, untilMs: LIFE * LIVES });
}
