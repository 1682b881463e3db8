import { expect, test } from 'vitest';
import { peerIdFrom, shareIdFrom } from '../../shared/protocol/ids.ts';
import type { PersonView } from './app-view.ts';
import { takeContractSnapshot, type SnapshotSource } from './contract-snapshot.ts';

const SELF = peerIdFrom(new Uint8Array(16).fill(1));
const SHARE = shareIdFrom(new Uint8Array(16).fill(2));
const PERSON: PersonView = {
	id: peerIdFrom(new Uint8Array(16).fill(3)), name: 'Ada', route: 'lan', held: 0.5,
	positionSec: 12, playing: true, downBps: 100, upBps: 200, rttMs: 7,
};
const WATCHED: SnapshotSource = {
	id: SHARE,
	snapshot: {
		chunks: { total: 10, held: 5, verified: 4, rejected: 1 }, bytes: { downloaded: 50, uploaded: 60, duplicate: 2 },
		links: [], groups: 1,
	},
	playback: { startupMs: 900, stalls: 1, stalledMs: 300, lastSeekMs: 250, bufferedAheadSec: 12.5 },
	view: { people: [PERSON], sizeBytes: 80_000, status: { state: 'playing' } },
};

/** All keys of a value, nested ones with their path. */
function keysOf(value: unknown, path = ''): string[] {
	if (Array.isArray(value)) return value.flatMap((each) => keysOf(each, `${path}[]`));
	if (typeof value !== 'object' || value === null) return [path];
	return Object.entries(value).flatMap(([key, each]) => keysOf(each, path === '' ? key : `${path}.${key}`));
}

const ALWAYS = [
	'peerId', 'shareId', 'state', 'size',
	'chunks.total', 'chunks.held', 'chunks.verified', 'chunks.rejected',
	'bytes.downloaded', 'bytes.uploaded', 'bytes.duplicate',
	'playback.startupMs', 'playback.stalls', 'playback.stalledMs', 'playback.lastSeekMs', 'playback.bufferedAheadSec',
];
const OF_A_PEER = ['id', 'name', 'transport', 'route', 'downBps', 'upBps', 'rttMs'].map((key) => `peers[].${key}`);

test('a page that watches tells all that was promised and nothing else', () => {
	const snapshot = takeContractSnapshot(SELF, WATCHED, 'idle');
	expect(keysOf(snapshot).sort()).toEqual([...ALWAYS, ...OF_A_PEER].sort());
	expect(snapshot).toEqual({
		peerId: SELF, shareId: SHARE, state: 'playing', size: 80_000,
		chunks: { total: 10, held: 5, verified: 4, rejected: 1 },
		bytes: { downloaded: 50, uploaded: 60, duplicate: 2 },
		peers: [{
			id: PERSON.id, name: 'Ada', transport: 'data-channel', route: 'lan', downBps: 100, upBps: 200, rttMs: 7,
		}],
		playback: { startupMs: 900, stalls: 1, stalledMs: 300, lastSeekMs: 250, bufferedAheadSec: 12.5 },
	});
});

test('a page that neither shares nor watches tells the same, empty', () => {
	const snapshot = takeContractSnapshot(SELF, undefined, 'idle');
	expect(keysOf(snapshot).sort()).toEqual([...ALWAYS].sort());
	expect(snapshot).toMatchObject({ peerId: SELF, shareId: null, state: 'idle', size: 0, peers: [] });
});

test('a share of which nothing is known yet has every number, and null where there is none', () => {
	const view = { people: [{ ...PERSON, rttMs: undefined }], sizeBytes: undefined, status: { state: 'opening' } };
	const snapshot = takeContractSnapshot(SELF, { id: SHARE, snapshot: undefined, view }, 'idle');
	expect(keysOf(snapshot).sort()).toEqual([...ALWAYS, ...OF_A_PEER].sort());
	expect(snapshot).toMatchObject({
		shareId: SHARE, state: 'opening', size: 0, chunks: { total: 0, held: 0 },
		peers: [{ rttMs: null }], playback: { startupMs: null, lastSeekMs: null, stalls: 0, bufferedAheadSec: 0 },
	});
});

test('it is plain JSON: nothing is lost on the way through text', () => {
	for (const source of [WATCHED, undefined, { id: SHARE, snapshot: undefined, view: WATCHED.view }]) {
		const snapshot = takeContractSnapshot(SELF, source, 'idle');
		expect(JSON.parse(JSON.stringify(snapshot))).toStrictEqual(snapshot);
	}
});
