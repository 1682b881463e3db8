/** What a scenario came to, as plain numbers. */
import type { Ms } from '../base/units.ts';
import type { PeerId } from '../protocol/ids.ts';
import type { SimFilm } from './film.ts';
import type { Moment } from './moments.ts';
import type { Watched } from './playback.ts';
import type { SimNode } from './sim-node.ts';

/** One peer at the end. */
export interface PeerReport {
	readonly name: string;
	/** When its last chunk was verified, from its arrival. */
	readonly completeMs: Ms | undefined;
	/** Chunks held, of all. */
	readonly held: number;
	readonly watched: Watched | undefined;
	/** Of what it downloaded, the part that came from others than those who held all at the start. */
	readonly fromPeers: number;
	/** Whole films it sent. */
	readonly uploadedCopies: number;
	/** Bytes that came twice, of the film. */
	readonly duplicates: number;
	/** What it sent that was no chunk: bytes of messages and headers, and of the film. */
	readonly overheadBytes: number;
	readonly uploadedBytes: number;
	/** Bytes a second from its arrival until it was complete. */
	readonly bytesPerSecond: number;
	/** Names of those it banned. */
	readonly banned: readonly string[];
	readonly links: number;
}

/** What a swarm did in all. `log`: a hash of it, equal for equal runs. `steps`: of all engines. */
export interface RunEnd {
	readonly endedAt: Ms;
	readonly log: number;
	readonly steps: number;
	readonly moments: readonly Moment[];
}

/** The swarm at the end. */
export interface Report extends RunEnd { readonly peers: ReadonlyMap<string, PeerReport> }

/** Sums up. */
export function reportOf(
	nodes: readonly SimNode[], film: SimFilm, end: RunEnd,
): Report {
	const byId = new Map(nodes.map((node) => [node.id, node]));
	return { ...end, peers: new Map(nodes.map((node) => [node.spec.name, peerReport(node, film, byId)])) };
}

function peerReport(node: SimNode, film: SimFilm, byId: ReadonlyMap<PeerId, SimNode>): PeerReport {
	const { counts, requests, links } = node.engine;
	const completeMs = node.completeAt === undefined ? undefined : node.completeAt - node.spec.arrivesAt;
	const fromPeers = [...node.bytesFrom].reduce((sum, [id, bytes]) => sum + (byId.get(id)?.spec.holds === 'all' ? 0 : bytes), 0);
	return {
		name: node.spec.name,
		completeMs,
		held: requests?.inventory.held ?? 0,
		watched: node.playback?.watched,
		fromPeers: fromPeers / Math.max(1, counts.downloadedBytes),
		uploadedCopies: counts.uploadedBytes / film.layout.size,
		duplicates: counts.duplicateBytes / film.layout.size,
		overheadBytes: node.port.sentBytes - counts.uploadedBytes,
		uploadedBytes: counts.uploadedBytes,
		bytesPerSecond: completeMs === undefined ? 0 : (film.layout.size / completeMs) * 1000,
		banned: [...node.banned].map((id) => byId.get(id)?.spec.name ?? id),
		links: links.size,
	};
}
