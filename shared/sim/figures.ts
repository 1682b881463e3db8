/** A report in a few figures, which bars are set on. */
import { GROUP_BYTES } from '../protocol/limits.ts';
import { MIB, SECOND, type Ms } from '../base/units.ts';
import type { PeerReport, Report } from './report.ts';
import type { PeerSpec, Scenario } from './scenario.ts';

/** Parts are 0 to 1; copies are whole films. NaN: the scenario has no such thing. */
export interface Figures {
	/** Of those who watch: the part that began within 3 s, half of them within, 99 % of them within. */
	readonly startedSoon: number;
	readonly startUpMs: Ms;
	readonly slowStartUpMs: Ms;
	/** The part of them that ever stood still, and the longest any did. */
	readonly stalled: number;
	readonly longestStallMs: Ms;
	readonly slowSeekMs: Ms;
	/** Sent by those who held all at the start. */
	readonly sharerCopies: number;
	/** More than had to be: 1, or what the others' uplinks could not carry. */
	readonly sharerExcess: number;
	/** Of what was downloaded, the part that came from other viewers. */
	readonly fromPeers: number;
	/** Films that came twice, to each. */
	readonly duplicates: number;
	/** Bytes that are no film, of those that are. */
	readonly overhead: number;
	/** Jain's index of what the viewers sent: 1 when all gave the same. */
	readonly fairness: number;
	/** The last one was complete after this, and how that compares with what the uplinks allow at best. */
	readonly completeMs: Ms;
	readonly completeRatio: number;
	/** Times that an honest peer was banned by another: 0, or the engine is broken. */
	readonly honestBanned: number;
}

/** Of a run, in figures. */
export function figuresOf(scenario: Scenario, report: Report): Figures {
	const specs = new Map(scenario.peers.map((spec) => [spec.name, spec]));
	const honest = [...report.peers.values()].filter(({ name }) => specs.get(name)?.conduct === 'honest');
	const viewers = honest.filter(({ name }) => specs.get(name)?.holds === 'nothing');
	const sharers = honest.filter(({ name }) => specs.get(name)?.holds === 'all');
	const watched = viewers.filter(({ name }) => specs.get(name)?.watches).flatMap((each) => each.watched ?? []);
	const startUps = watched.map(({ startUpMs }) => startUpMs ?? Infinity).sort(ascending);
	const sharerCopies = sum(sharers, ({ uploadedCopies }) => uploadedCopies);
	const completeMs = Math.max(...viewers.map((viewer) => completedAt(viewer, specs.get(viewer.name))));
	return {
		startedSoon: startUps.filter((ms) => ms <= 3 * SECOND).length / startUps.length,
		startUpMs: quantile(startUps, 0.5),
		slowStartUpMs: quantile(startUps, 0.99),
		stalled: watched.filter(({ stalls }) => stalls > 0).length / watched.length,
		longestStallMs: watched.length === 0 ? NaN : Math.max(...watched.map(({ longestStallMs }) => longestStallMs)),
		slowSeekMs: quantile(watched.flatMap(({ seekMs }) => seekMs).sort(ascending), 0.99),
		sharerCopies,
		sharerExcess: sharerCopies - leastCopies(scenario),
		fromPeers: mean(viewers, ({ fromPeers }) => fromPeers),
		duplicates: mean(viewers, ({ duplicates }) => duplicates),
		overhead: sum(honest, ({ overheadBytes }) => overheadBytes) / sum(honest, ({ uploadedBytes }) => uploadedBytes),
		fairness: jain(viewers.map(({ uploadedBytes }) => uploadedBytes)),
		completeMs,
		completeRatio: completeMs / leastCompleteMs(scenario),
		honestBanned: sum(honest, ({ banned }) => banned.filter((name) => specs.get(name)?.conduct === 'honest').length),
	};
}

/**
 * The soonest that all can have all: the sharers' uplink must send each byte once, each downlink take it once, and all
 * uplinks together carry it to everybody (Kumar and Ross, *Peer-assisted file distribution: the minimum distribution
 * time*, 2006); and what is handed on goes in groups, through a swarm that doubles with each.
 */
function leastCompleteMs({ megabytes, peers }: Scenario): Ms {
	const bytes = megabytes * MIB;
	const [sharers, viewers] = [peers.filter(isSharer), peers.filter((spec) => !isSharer(spec))];
	const [fromSharers, fromViewers] = [upBytesPerMs(sharers), upBytesPerMs(viewers)];
	const slowest = Math.min(...viewers.map(({ down }) => down)) * 125;
	const fluid = Math.max(bytes / fromSharers, bytes / slowest, (viewers.length * bytes) / (fromSharers + fromViewers));
	const groupMs = GROUP_BYTES / Math.max(...viewers.map(({ up }) => up * 125));
	return fluid + Math.ceil(Math.log2(Math.max(1, viewers.length))) * groupMs;
}

/** Films the sharers must send at least: one, or what viewers at the film's bitrate cannot send each other. */
function leastCopies({ peers, kbps }: Scenario): number {
	const viewers = peers.filter((spec) => !isSharer(spec));
	const demand = viewers.length;
	return Math.max(1, demand - viewers.reduce((copies, { up }) => copies + (up * 1000) / kbps, 0));
}

const isSharer = (spec: PeerSpec): boolean => spec.holds === 'all' && spec.conduct === 'honest';
const ascending = (a: number, b: number): number => a - b;

function completedAt({ completeMs }: PeerReport, spec: PeerSpec | undefined): Ms {
	return completeMs === undefined ? Infinity : completeMs + (spec?.arrivesAt ?? 0);
}

function upBytesPerMs(specs: readonly PeerSpec[]): number { return sum(specs, ({ up }) => up * 125); }

function sum<T>(items: readonly T[], of: (item: T) => number): number {
	return items.reduce((total, item) => total + of(item), 0);
}

function mean<T>(items: readonly T[], of: (item: T) => number): number { return sum(items, of) / items.length; }

/** Of sorted values; NaN of none. */
function quantile(sorted: readonly number[], part: number): number {
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

function jain(values: readonly number[]): number {
	const total = sum(values, (value) => value);
	return total === 0 ? NaN : total ** 2 / (values.length * sum(values, (value) => value ** 2));
}
