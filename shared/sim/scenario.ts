/** A swarm as data: who comes when, how they are connected, what they do, and what goes wrong. */
import type { Ms } from '../base/units.ts';

/**
 * How a peer behaves. `bad-chunks` and `bad-proofs` lie; `silent` takes requests and sends nothing; `busy` refuses them
 * all; `garbage` answers with bytes that mean nothing.
 */
export type Conduct = 'honest' | 'bad-chunks' | 'bad-proofs' | 'silent' | 'busy' | 'garbage';

/** A jump of the playhead: when, from the start of the scenario, and where to in the film. */
export interface Seek { readonly at: Ms; readonly to: Ms }

/** One peer. Times from the start of the scenario. What is left out: see {@link peer}. */
export interface PeerSpec {
	readonly name: string;
	readonly arrivesAt: Ms;
	/** Says goodbye and goes. */
	readonly leavesAt: Ms;
	/** Vanishes without a word. */
	readonly diesAt: Ms;
	/** Mbit/s. */
	readonly up: number;
	readonly down: number;
	/** What its person allows, Mbit/s; undefined: anything. */
	readonly upLimit: number | undefined;
	readonly downLimit: number | undefined;
	/** From this peer to the middle of the network; a path has two such halves. */
	readonly latencyMs: Ms;
	/** Part of its frames that are lost and sent again. */
	readonly lossRate: number;
	readonly holds: 'all' | 'nothing';
	readonly conduct: Conduct;
	/** Whether it fetches the whole film. */
	readonly background: boolean;
	/** Whether it watches, from the start. */
	readonly watches: boolean;
	readonly seeks: readonly Seek[];
}

/** A link between two peers that breaks. */
export interface Cut { readonly at: Ms; readonly between: readonly [string, string] }

/** All of it. */
export interface Scenario {
	readonly seed: number;
	readonly megabytes: number;
	/** Of the film. */
	readonly kbps: number;
	readonly peers: readonly PeerSpec[];
	readonly trackerDiesAt: Ms;
	readonly cuts: readonly Cut[];
	/** Links that break at random, a second, in the whole swarm. */
	readonly cutsPerSecond: number;
	/** Given up after this. */
	readonly untilMs: Ms;
}

const DEFAULT_PEER: Omit<PeerSpec, 'name'> = {
	arrivesAt: 0, leavesAt: Infinity, diesAt: Infinity, up: 50, down: 50,
	upLimit: undefined, downLimit: undefined, latencyMs: 5, lossRate: 0,
	holds: 'nothing', conduct: 'honest', background: true, watches: false, seeks: [],
};

/** A peer: 50 Mbit/s both ways, 10 ms from the next, honest, there from the start, fetching all. */
export function peer(name: string, spec: Partial<PeerSpec> = {}): PeerSpec {
	return { ...DEFAULT_PEER, name, ...spec };
}

/** One who made the share. */
export function sharer(spec: Partial<PeerSpec> = {}): PeerSpec {
	return peer('sharer', { holds: 'all', ...spec });
}

/** Several peers alike, `name1` and so on. `each` may tell them apart. */
export function peers(count: number, name: string, each: (k: number) => Partial<PeerSpec> = () => ({})): PeerSpec[] {
	return Array.from({ length: count }, (_, k) => peer(`${name}${k + 1}`, each(k)));
}

/** A swarm of these: 16 MiB at 2 Mbit/s, nothing else going wrong, ten minutes at most. */
export function scenario(members: readonly PeerSpec[], spec: Partial<Scenario> = {}): Scenario {
	return {
		seed: 1, megabytes: 16, kbps: 2000, trackerDiesAt: Infinity, cuts: [], cutsPerSecond: 0, untilMs: 600_000,
		...spec, peers: members,
	};
}
