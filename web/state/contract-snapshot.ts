/** `globalThis.streamlet.snapshot()`: plain JSON whose shape stays, for tests and tools. */
import type { PeerId, ShareId } from '../../shared/protocol/ids.ts';
import type { NodeSnapshot } from '../../shared/runtime/snapshot.ts';
import type { PlaybackMetrics } from '../media/playback.ts';
import type { PersonView } from './app-view.ts';

/** A share as far as the snapshot tells of it. */
export interface SnapshotSource {
	readonly id: ShareId;
	readonly snapshot: NodeSnapshot | undefined;
	readonly playback?: PlaybackMetrics | undefined;
	readonly view: {
		readonly people: readonly PersonView[];
		readonly sizeBytes: number | undefined;
		readonly status: { readonly state: string };
	};
}

/** The contract. Rates in bytes per second; what is not known yet is null. */
export interface ContractSnapshot {
	readonly peerId: PeerId;
	readonly shareId: ShareId | null;
	readonly state: string;
	readonly size: number;
	readonly chunks: NodeSnapshot['chunks'];
	readonly bytes: NodeSnapshot['bytes'];
	readonly peers: readonly {
		readonly id: PeerId; readonly name: string; readonly transport: 'data-channel' | 'web-socket'; readonly route: string;
		readonly downBps: number; readonly upBps: number; readonly rttMs: number | null;
	}[];
	readonly playback: {
		readonly startupMs: number | null; readonly stalls: number; readonly stalledMs: number;
		readonly lastSeekMs: number | null; readonly bufferedAheadSec: number;
	};
}

const NOTHING: Pick<NodeSnapshot, 'chunks' | 'bytes'> = {
	chunks: { total: 0, held: 0, verified: 0, rejected: 0 }, bytes: { downloaded: 0, uploaded: 0, duplicate: 0 },
};

/** What is the case now. `idle`: the state of a page that neither shares nor watches. */
export function takeContractSnapshot(self: PeerId, source: SnapshotSource | undefined, idle: string): ContractSnapshot {
	const { chunks, bytes } = source?.snapshot ?? NOTHING;
	const view = source?.view;
	return {
		peerId: self, shareId: source?.id ?? null, state: view?.status.state ?? idle, size: view?.sizeBytes ?? 0,
		chunks, bytes, peers: view?.people.map(peerOf) ?? [], playback: playbackOf(source?.playback),
	};
}

function peerOf({ id, name, route, downBps, upBps, rttMs }: PersonView): ContractSnapshot['peers'][number] {
	const transport = route === 'bridge' ? 'web-socket' : 'data-channel';
	return { id, name, transport, route, downBps, upBps, rttMs: rttMs ?? null };
}

function playbackOf(metrics: PlaybackMetrics | undefined): ContractSnapshot['playback'] {
	return {
		startupMs: metrics?.startupMs ?? null, stalls: metrics?.stalls ?? 0, stalledMs: metrics?.stalledMs ?? 0,
		lastSeekMs: metrics?.lastSeekMs ?? null, bufferedAheadSec: metrics?.bufferedAheadSec ?? 0,
	};
}
