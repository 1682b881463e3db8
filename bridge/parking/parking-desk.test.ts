/** A sharer who parks a copy at a real bridge, over a real socket. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { nodeCrypto } from '../../node/node-crypto.ts';
import type { Bytes } from '../../shared/base/bytes.ts';
import { defer } from '../../shared/base/deferred.ts';
import {
	decodeOffer, decodeParkState, makeParkRequest, type ParkOffer, type ParkRequest, type ParkState,
} from '../../shared/protocol/parking.ts';
import { Layout } from '../../shared/protocol/ids.ts';
import type { TestShare } from '../../shared/testkit/share-bed.ts';
import { startTracker } from '../../tracker/main.ts';
import { startBridge, type BridgeOptions, type RunningBridge } from '../main.ts';
import { loadDataPeers } from '../rtc/node-data-peer.ts';
import { roomFor } from '../store/disk-group-store.ts';
import { temporaryFolder } from '../store/testkit/temporary.ts';
import { Sharer } from '../testkit/sharer.ts';

const loaded = await loadDataPeers();
const makePeer = loaded.ok ? loaded.value : undefined!;
const FREE = { port: 0, spares: 0 };
const SIZE = 2_500_000;

async function world(options: BridgeOptions = {}) {
	const tracker = await startTracker({ host: '127.0.0.1', port: 0, spares: 0, dataDir: undefined });
	onTestFinished(() => tracker.close());
	const url = `ws://127.0.0.1:${tracker.port}/ws`;
	const sharer = await Sharer.start(url, SIZE, makePeer);
	onTestFinished(() => sharer.leave());
	const directory = temporaryFolder();
	const start = async () => {
		const bridge = await startBridge({
			host: '127.0.0.1', http: FREE, tcp: FREE, directory, trackers: [url], ...options,
		});
		onTestFinished(() => bridge.close());
		return bridge;
	};
	return { sharer, url, directory, start, bridge: await start() };
}

/** A connection to the desk, as the share's owner. */
async function visit({ port }: RunningBridge, { keys, link }: TestShare) {
	const socket = new WebSocket(`ws://127.0.0.1:${port}/park`);
	onTestFinished(() => socket.terminate());
	const offer = defer<ParkOffer>();
	const closed = defer<number>();
	const states: ParkState[] = [];
	socket.on('close', closed.resolve);
	socket.on('message', (data: Buffer) => {
		const frame = new Uint8Array(data) satisfies Bytes;
		const [offered, state] = [decodeOffer(frame), decodeParkState(frame)];
		if (offered.ok) offer.resolve(offered.value);
		if (state.ok) states.push(state.value);
	});
	const { nonce, ...offered } = await offer.promise;
	let number = 0;
	const ask = async (change: Partial<ParkRequest>) => {
		const request: ParkRequest = { verb: 'ask', number: ++number, hours: 24, bytes: SIZE, authKey: link.auth, ...change };
		socket.send(await makeParkRequest(nodeCrypto, keys, request, nonce));
	};
	return { offered, ask, states, closed: closed.promise, last: () => states.at(-1)?.state };
}

test('a copy is parked, outlives its sharer and the bridge\'s restart, is not readable here, and is taken back', async () => {
	const { sharer, directory, start, bridge } = await world();
	const { id } = sharer.link;
	const desk = await visit(bridge, sharer.share);
	expect(desk.offered.maxHours).toBe(168);
	expect(desk.offered.maxBytes).toBeGreaterThan(9.9e9);
	await desk.ask({ verb: 'park' });
	await expect.poll(desk.last, { timeout: 20_000 }).toBe('kept');
	expect(desk.states.at(-1)?.until).toBeGreaterThan(Date.now() + 23 * 3_600_000);
	expect((await fetch(`http://127.0.0.1:${bridge.port}/watch/${id}`)).status).toBe(404);
	await sharer.leave();
	await bridge.close();

	const again = await start();
	await expect.poll(() => again.bridge.admit(id)?.share.node.isComplete).toBe(true);
	const later = await visit(again, sharer.share);
	await later.ask({});
	await expect.poll(later.last).toBe('kept');
	await later.ask({ verb: 'take-back' });
	await expect.poll(later.last).toBe('none');
	expect([again.bridge.admit(id), existsSync(join(directory, id))]).toEqual([undefined, false]);
});

test('a share that is stopped leaves nothing here', async () => {
	const { sharer, directory, bridge } = await world();
	const desk = await visit(bridge, sharer.share);
	await desk.ask({ verb: 'park' });
	await expect.poll(desk.last, { timeout: 20_000 }).toBe('kept');
	await sharer.revoke();
	await expect.poll(desk.last, { timeout: 20_000 }).toBe('none');
	expect(existsSync(join(directory, sharer.link.id))).toBe(false);
});

test('a copy stays when another film needs room', async () => {
	const quotaBytes = roomFor(new Layout(SIZE).groups);
	const { sharer, url, bridge } = await world({ quotaBytes, parking: { maxHours: 1, bytes: quotaBytes } });
	const desk = await visit(bridge, sharer.share);
	await desk.ask({ verb: 'park', hours: 1 });
	await expect.poll(desk.last, { timeout: 20_000 }).toBe('kept');
	const other = await Sharer.start(url, SIZE, makePeer);
	onTestFinished(() => other.leave());
	await bridge.bridge.keep(other.link);
	const watched = await fetch(`http://127.0.0.1:${bridge.port}/watch/${other.link.id}`);
	expect((await watched.arrayBuffer()).byteLength).toBe(SIZE);
	await desk.ask({});
	await expect.poll(() => desk.states.length).toBeGreaterThan(2);
	expect(desk.last()).toBe('kept');
});

test('a film that is larger than it was said to be is not kept', async () => {
	const { sharer, bridge } = await world();
	const desk = await visit(bridge, sharer.share);
	await desk.ask({ verb: 'park', bytes: SIZE - 1 });
	await expect.poll(() => bridge.bridge.admit(sharer.link.id)?.share.node.descriptor?.size).toBe(SIZE);
	await expect.poll(() => sharer.peer.node.snapshot().links.length).toBe(1);
	await sharer.leave();
	expect(bridge.bridge.admit(sharer.link.id)?.share.node.snapshot().chunks.verified).toBe(0);
});

test('nobody else speaks for a share, and no request counts twice', async () => {
	const { sharer, bridge } = await world();
	const stranger = { ...sharer.share, keys: { ...sharer.share.keys, secretKey: new Uint8Array(32).fill(9) } };
	const forged = await visit(bridge, stranger);
	await forged.ask({ verb: 'park' });
	expect(await forged.closed).toBe(1008);
	const twice = await visit(bridge, sharer.share);
	await twice.ask({ number: 5 });
	await twice.ask({ number: 5 });
	expect([await twice.closed, twice.states.length]).toEqual([1008, 1]);
});

test('an operator who wants no copies says so', async () => {
	const { sharer, bridge } = await world({ parking: { maxHours: 0, bytes: 0 } });
	const desk = await visit(bridge, sharer.share);
	expect(desk.offered.maxHours).toBe(0);
	await desk.ask({ verb: 'park' });
	await expect.poll(desk.last).toBe('off');
});
