import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { defer } from '../../shared/base/deferred.ts';
import type { Transport } from '../../shared/ports/transport.ts';
import { MAX_FRAME_BYTES } from '../../shared/protocol/limits.ts';
import { peerIdFrom, shareIdFrom } from '../../shared/protocol/ids.ts';
import { openTo, type Member } from '../../shared/runtime/opening.ts';
import { ManualClock } from '../../shared/testkit/manual-clock.ts';
import { someBytes, testCrypto } from '../../shared/testkit/test-crypto.ts';
import { frameOf, TransportRecorder, transportContract } from '../../shared/testkit/transport-contract.ts';
import { DEFAULT_PLACES, Places, type PlaceLimits } from '../places.ts';
import { Reception } from '../reception.ts';
import { Lines } from './lines.ts';
import { NodeSocketTransport } from './node-socket-transport.ts';
import { WebSocketFace } from './web-socket-face.ts';

const ends: (() => void)[] = [];
afterEach(() => { for (const end of ends.splice(0)) end(); });

/** A face that hands every socket to `welcome`, whoever it is. */
async function faceFor(welcome: Reception['welcome'], limits: PlaceLimits = DEFAULT_PLACES) {
	const crypto = testCrypto(1);
	const places = new Places(limits);
	const reception = new Reception({ crypto, clock: new ManualClock(), places, find: () => undefined });
	reception.welcome = welcome;
	const clock = new ManualClock();
	const lines = new Lines({ bytesPerSecond: 0 }, clock);
	const face = new WebSocketFace({ reception, lines, desk: undefined!, self: peerIdFrom(someBytes(16, 9)) });
	const server = createServer().on('upgrade', (request, stream, head) => face.upgrade(request, stream, head));
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	ends.push(() => { face.close(); server.close(); });
	const { port } = server.address() as AddressInfo;
	return { face, places, url: `ws://127.0.0.1:${port}/` };
}

/** The two ends of one socket: the face's transport, and the package's client. */
async function connect() {
	const { promise, resolve } = defer<Transport>();
	const { url } = await faceFor((transport) => {
		resolve(transport);
		return Promise.resolve();
	});
	const client = new WebSocket(url);
	ends.push(() => client.terminate());
	await once(client, 'open');
	return { near: await promise, client };
}

transportContract('a WebSocket in Node', async () => {
	const { near, client } = await connect();
	return { near, far: new NodeSocketTransport(client) };
});

async function facing() {
	const { near, client } = await connect();
	const heard = new TransportRecorder();
	near.start(heard);
	client.on('error', () => {}); // reset by the end we test
	return { near, heard, client };
}

describe('whoever sends what is no frame', () => {
	test.each<[string, string | Uint8Array]>([
		['text', 'hello'],
		['nothing', new Uint8Array(0)],
		['one byte too much', new Uint8Array(MAX_FRAME_BYTES + 1)],
	])('but %s is closed as rejected, after the frames before it', async (_, message) => {
		const { heard, client } = await facing();
		client.send(frameOf(10, 1));
		client.send(message);
		client.send(frameOf(10, 2));
		await heard.until(() => heard.closes.length > 0);
		expect([heard.frames, heard.closes]).toEqual([[frameOf(10, 1)], ['rejected']]);
	});
});

test('whoever goes away without a word is lost', async () => {
	const { heard, client } = await facing();
	client.terminate();
	await heard.until(() => heard.closes.length > 0);
	expect(heard.closes).toEqual(['lost']);
});

test('whoever asks and does not read is lost before what waits grows large', async () => {
	const { near, heard, client } = await facing();
	client.pause();
	for (let k = 0; k < 1000 && heard.closes.length === 0; k++) {
		near.send(new Uint8Array(MAX_FRAME_BYTES));
		if (k % 16 === 0) await new Promise((resolve) => { setImmediate(resolve); });
	}
	await heard.until(() => heard.closes.length > 0);
	expect(heard.closes).toEqual(['lost']);
});

describe('the face', () => {
	const member = (id: number, name: string): Member => (
		{ share: shareIdFrom(someBytes(16, 3)), self: peerIdFrom(someBytes(16, id)), authKey: someBytes(32, 2), name }
	);

	test('hands whoever has the link to the node of the share', async () => {
		const { promise: arrived, resolve } = defer<string>();
		const node = { addLink: (_: unknown, { name }: { name: string }) => { resolve(name); return 1 as never; } };
		const reception = new Reception({
			crypto: testCrypto(1), clock: new ManualClock(), places: new Places(DEFAULT_PLACES),
			find: () => ({ ...member(4, 'bridge'), node }),
		});
		const { url } = await faceFor((transport, place) => reception.welcome(transport, place));
		const client = new WebSocket(url);
		ends.push(() => client.terminate());
		await once(client, 'open');
		const init = { crypto: testCrypto(2), clock: new ManualClock() };
		expect((await openTo(new NodeSocketTransport(client), member(5, 'Ada'), init)).ok).toBe(true);
		expect(await arrived).toBe('Ada');
	});

	test('turns away whom there is no place for, and counts nobody who has gone', async () => {
		const { url, places } = await faceFor(() => Promise.resolve(), { total: 1, perAddress: 1, strangers: 1 });
		const first = new WebSocket(url);
		await once(first, 'open');
		const second = new WebSocket(url);
		const [error] = await once(second, 'error') as [Error];
		expect([error.message, places.taken]).toEqual(['Unexpected server response: 503', 1]);
		first.terminate();
		while (places.taken > 0) await new Promise((done) => { setImmediate(done); });
	});
});
