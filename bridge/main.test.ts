/** A bridge with a real tracker, real data channels and a real disk. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { nodeClock } from '../node/node-clock.ts';
import { nodeCrypto } from '../node/node-crypto.ts';
import { fail } from '../shared/base/result.ts';
import type { OpenLine } from '../shared/ports/bridge-line.ts';
import type { MakeDataPeer } from '../shared/rtc/data-peer.ts';
import { startTracker, type RunningTracker } from '../tracker/main.ts';
import { Layout, peerIdFrom } from '../shared/protocol/ids.ts';
import { makeListing } from '../shared/protocol/listing.ts';
import { TrackerSession } from '../shared/runtime/tracker-session.ts';
import { openTrackerSocket } from './node-tracker-socket.ts';
import { startBridge, type BridgeOptions, type RunningBridge } from './main.ts';
import { loadDataPeers } from './rtc/node-data-peer.ts';
import { roomFor } from './store/disk-group-store.ts';
import { temporaryFolder } from './store/testkit/temporary.ts';
import { NodeSocketTransport } from './ws/node-socket-transport.ts';
import { Sharer } from './testkit/sharer.ts';

const loaded = await loadDataPeers();
const makePeer = loaded.ok ? loaded.value : undefined!;
const SIZE = 2_500_000;
const openLine: OpenLine = async (url) => {
	const socket = new WebSocket(url);
	await once(socket, 'open');
	return new NodeSocketTransport(socket);
};
const FREE = { port: 0, spares: 0 };

async function tracker(): Promise<{ readonly tracker: RunningTracker; readonly url: string }> {
	const running = await startTracker({ host: '127.0.0.1', port: 0, spares: 0, dataDir: undefined });
	onTestFinished(() => running.close());
	return { tracker: running, url: `ws://127.0.0.1:${running.port}/ws` };
}

async function sharer(url: string, size = SIZE): Promise<Sharer> {
	const started = await Sharer.start(url, size, makePeer);
	onTestFinished(() => started.leave());
	return started;
}

interface TestBridge extends RunningBridge { get(path: string): Promise<Response> }

async function bridge(url: string, options: BridgeOptions = {}): Promise<TestBridge> {
	const running = await startBridge({
		host: '127.0.0.1', http: FREE, tcp: FREE, directory: temporaryFolder(), trackers: [url], ...options,
	});
	onTestFinished(() => running.close());
	return { ...running, get: (path) => fetch(`http://127.0.0.1:${running.port}${path}`) };
}

async function bytesOf(response: Response): Promise<Buffer> {
	expect(response.status).toBe(200);
	return Buffer.from(await response.arrayBuffer());
}

test('it fetches a film it is told of, hands it on while it arrives, and has it when everybody left', async () => {
	const { url } = await tracker();
	const sharing = await sharer(url);
	const directory = temporaryFolder();
	const first = await bridge(url, { directory, shares: [sharing.link] });
	const { id } = sharing.link;
	expect(Buffer.compare(await bytesOf(await first.get(`/download/${id}`)), sharing.share.plain)).toBe(0);
	const node = first.bridge.admit(id)!.share.node;
	await expect.poll(() => node.isComplete).toBe(true);
	await sharing.leave();
	expect(Buffer.compare(await bytesOf(await first.get(`/watch/${id}`)), sharing.share.plain)).toBe(0);
	await first.close();
	const second = await bridge('ws://127.0.0.1:1/ws', { directory, shares: [sharing.link] });
	expect(Buffer.compare(await bytesOf(await second.get(`/watch/${id}`)), sharing.share.plain)).toBe(0);
});

test('the sharer sees that the bridge has everything', async () => {
	const { url } = await tracker();
	const sharing = await sharer(url);
	await bridge(url, { shares: [sharing.link] });
	const seen = () => sharing.peer.node.snapshot().links.map(({ name, completeRevision }) => [name, completeRevision]);
	await expect.poll(seen).toEqual([['Bridge', 1]]);
});

test('a film it was not told of is not there', async () => {
	const { url } = await tracker();
	const sharing = await sharer(url);
	const running = await bridge(url);
	expect((await running.get(`/watch/${sharing.link.id}`)).status).toBe(404);
	await running.bridge.keep(sharing.link);
	expect((await running.get(`/watch/${sharing.link.id}`)).status).toBe(200);
});

test('a film that is stopped is gone, from disk too', async () => {
	const { url } = await tracker();
	const sharing = await sharer(url);
	const directory = temporaryFolder();
	const said: string[] = [];
	const running = await bridge(url, { directory, shares: [sharing.link], say: (line) => said.push(line) });
	await bytesOf(await running.get(`/watch/${sharing.link.id}`));
	await sharing.revoke();
	await expect.poll(async () => (await running.get(`/watch/${sharing.link.id}`)).status).toBe(410);
	await expect.poll(() => readdirSync(directory)).toEqual(['lock']);
	expect(said.join()).toContain('was stopped by its sharer');
});

test('when there is no room for two, the film that was used least recently goes, and comes back when it is asked for', async () => {
	const { url } = await tracker();
	const [a, b] = [await sharer(url), await sharer(url)];
	const directory = temporaryFolder();
	const quotaBytes = roomFor(new Layout(SIZE).groups);
	const running = await bridge(url, { directory, quotaBytes });
	const got = async (one: Sharer) => {
		const bytes = await bytesOf(await running.get(`/watch/${one.link.id}`));
		expect(Buffer.compare(bytes, one.share.plain)).toBe(0);
	};
	await running.bridge.keep(a.link);
	await got(a);
	await running.bridge.keep(b.link);
	await got(b);
	expect(running.bridge.admit(a.link.id)).toBeUndefined();
	expect(readdirSync(directory).toSorted()).toEqual(['lock', b.link.id].toSorted());
	await got(a);
	expect(readdirSync(directory).toSorted()).toEqual(['lock', a.link.id].toSorted());
});

test('a film that knows no room at all is handed on all the same', async () => {
	const { url } = await tracker();
	const sharing = await sharer(url);
	const running = await bridge(url, { quotaBytes: 0, shares: [sharing.link] });
	expect(Buffer.compare(await bytesOf(await running.get(`/watch/${sharing.link.id}`)), sharing.share.plain)).toBe(0);
});

test('two whom no data channel connects meet over a bridge that the tracker names', async () => {
	const tracker = await startTracker({ host: '127.0.0.1', port: 0, spares: 0, dataDir: undefined, expectsBridge: true });
	onTestFinished(() => tracker.close());
	const url = `ws://127.0.0.1:${tracker.port}/ws`;
	tracker.openDoor((await bridge(url)).takeIn);
	const none: MakeDataPeer = () => fail('unsupported');
	const one = await Sharer.start(url, SIZE, none, openLine);
	const other = await Sharer.start(url, one.share, none, openLine);
	for (const each of [one, other]) onTestFinished(() => each.leave());
	const [link] = await vi.waitUntil(() => {
		const { links } = one.peer.node.snapshot();
		return links.length > 0 ? links : undefined;
	}, 10_000);
	expect(await one.peer.routeTo(link!.peer)).toBe('bridge');
});

test('a tracker that cannot be reached is said once, and again when it is back', async () => {
	const probe = createServer().listen(0, '127.0.0.1');
	await once(probe, 'listening');
	const { port } = probe.address() as AddressInfo;
	probe.close();
	await once(probe, 'close');
	const said: string[] = [];
	const link = { id: 'AAAAAAAAAAAAAAAAAAAAAA' as never, key: new Uint8Array(32), trackers: [], startSec: undefined };
	await bridge(`ws://127.0.0.1:${port}/ws`, { shares: [link], say: (line) => said.push(line) });
	await expect.poll(() => said.length).toBe(1);
	expect(said[0]).toContain(`ws://127.0.0.1:${port}/ws cannot be reached`);
	const late = await startTracker({ host: '127.0.0.1', port, spares: 0, dataDir: undefined });
	onTestFinished(() => late.close());
	await expect.poll(() => said.length, { timeout: 30_000 }).toBe(2);
	expect(said[1]).toContain('is back');
});

test('a port that is taken, a folder in use and a folder that cannot be are errors in words', async () => {
	const directory = temporaryFolder();
	const running = await bridge('ws://127.0.0.1:1/ws', { directory });
	const start = (options: BridgeOptions) => startBridge({ host: '127.0.0.1', http: FREE, tcp: FREE, ...options });
	await expect(start({ directory: temporaryFolder(), http: { port: running.port , spares: 0 } }))
		.rejects.toThrow(`Port ${running.port} is taken by another program. Choose a free one: BRIDGE_PORT=8123 npm start`);
	mkdirSync(join(directory, 'other'));
	writeFileSync(join(directory, 'other', 'lock'), String(process.ppid));
	await expect(start({ directory: join(directory, 'other') })).rejects.toThrow('is used by another bridge');
	await expect(start({ directory: join(directory, 'lock') })).rejects.toThrow('cannot be written to');
});

test('programs of older systems get its films where they may, and nowhere else', async () => {
	const { url } = await tracker();
	const sharing = await sharer(url);
	expect((await bridge(url)).olderPorts).toBeUndefined();
	const places = { transfer: FREE, tracker: FREE, peer: FREE };
	const running = await bridge(url, { shares: [sharing.link], older: { reach: 'local', places, offeredBytes: 0 } });
	const disposition = (await running.get(`/watch/${sharing.link.id}`)).headers.get('content-disposition') ?? '';
	const [, name = ''] = /filename="([^"]+)"/.exec(disposition) ?? [];
	const { first, rest } = await talk(running.olderPorts!.transfer, name, 'ACK');
	expect(first).toBe(String(SIZE));
	expect(Buffer.compare(rest, sharing.share.plain)).toBe(0);
});

/** One of their programs: says something, reads once, and goes on. */
async function talk(port: number, says: string, then: string): Promise<{ first: string; rest: Buffer }> {
	const socket = connect(port, '127.0.0.1');
	onTestFinished(() => { socket.destroy(); });
	const pieces: Buffer[] = [];
	const closed = once(socket, 'close');
	socket.write(says);
	const [first] = await once(socket, 'data') as [Buffer];
	socket.on('data', (piece: Buffer) => { pieces.push(piece); });
	socket.write(then);
	await closed;
	return { first: first.toString(), rest: Buffer.concat(pieces) };
}

describe('a bridge that serves what is listed', () => {
	/** The sharer's word on the catalogue, and what the tracker says to it. */
	async function list(url: string, { share }: Sharer, number: number, isListed: boolean): Promise<void> {
		const { keys, linkKey } = share;
		const self = peerIdFrom(nodeCrypto.random(16));
		const session = new TrackerSession({ url, self, open: openTrackerSocket, clock: nodeClock, rng: Math.random });
		onTestFinished(() => session.close());
		const listed = isListed ? { linkKey, name: 'Ann' } : undefined;
		const kept = new Promise<void>((resolve) => session.listen({
			listed: () => resolve(),
			// The sharer's descriptor may be on its way.
			refused: () => void nodeClock.after(50, () => void say()),
		}));
		const say = async () => session.list(await makeListing(nodeCrypto, keys, { number, listed }));
		await say();
		session.start();
		await kept;
	}

	test('has it while it is listed, and not before or after', async () => {
		const { url } = await tracker();
		const sharing = await sharer(url);
		const running = await bridge(url, { servesListed: true });
		const plain = await bridge(url);
		const status = async (of = running) => (await of.get(`/watch/${sharing.link.id}`)).status;
		expect(await status()).toBe(404);
		await list(url, sharing, 1, true);
		await expect.poll(() => status()).toBe(200);
		const film = await bytesOf(await running.get(`/download/${sharing.link.id}`));
		expect(Buffer.compare(film, sharing.share.plain)).toBe(0);
		const torrent = await running.get(`/torrent/${sharing.link.id}.torrent`);
		expect([torrent.status, await torrent.text()]).toEqual([503, expect.stringMatching(/not hashed all of it/)]);
		expect(await status(plain)).toBe(404);
		await list(url, sharing, 2, false);
		await expect.poll(() => status()).toBe(404);
		expect(running.bridge.health()['shares']).toBe(0);
	});

	test('tells older programs of films that nobody asked for yet, by their beginning alone, and has them when they ask', async () => {
		const { url } = await tracker();
		const sharing = await sharer(url, 5_000_000);
		const places = { transfer: FREE, tracker: FREE, peer: FREE };
		const directory = temporaryFolder();
		const running = await bridge(url, { directory, servesListed: true, older: { reach: 'local', places, offeredBytes: 0 } });
		const { tracker: trackerPort, peer } = running.olderPorts!;
		const videos = async () => {
			const { first } = await talk(trackerPort, JSON.stringify({ type: 'GET_ALL_VIDEOS' }), '');
			return Object.keys((JSON.parse(first) as { videos: object }).videos);
		};
		expect(await videos()).toEqual([]);
		await list(url, sharing, 1, true);
		const videoId = createHash('md5').update(sharing.share.plain.subarray(0, 2 ** 20)).digest('hex').slice(0, 16);
		await expect.poll(videos).toEqual([videoId]);
		const uploaded = () => sharing.peer.node.snapshot().bytes.uploaded;
		expect([uploaded() < 1_500_000, readdirSync(directory), running.bridge.health()['shares']]).toEqual([true, ['lock', 'older-ids'], 0]);
		const request = JSON.stringify({ type: 'DOWNLOAD_VIDEO', video_id: videoId });
		const { first, rest } = await talk(peer, request, 'ACK');
		expect(JSON.parse(first)).toMatchObject({ status: 'success', size: 5_000_000 });
		expect(Buffer.compare(rest, sharing.share.plain)).toBe(0);
		await list(url, sharing, 2, false);
		await expect.poll(videos).toEqual([]);
		await running.close();
		const again = await bridge(url, { directory, servesListed: true, older: { reach: 'local', places, offeredBytes: 0 } });
		await list(url, sharing, 3, true);
		await expect.poll(() => again.bridge.films().length).toBe(1);
		await sharing.leave();
		const { first: known } = await talk(again.olderPorts!.tracker, JSON.stringify({ type: 'FIND_VIDEO', video_id: videoId }), '');
		expect(JSON.parse(known)).toMatchObject({ count: 1 });
	});

	test('says so when its tracker cannot be asked', async () => {
		const running = await bridge('ws://127.0.0.1:1/ws', { servesListed: true });
		const response = await running.get('/watch/AAAAAAAAAAAAAAAAAAAAAA');
		expect([response.status, await response.text()]).toEqual([503, expect.stringMatching(/cannot be asked/)]);
	});
});
