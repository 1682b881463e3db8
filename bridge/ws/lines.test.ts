import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { nodeClock } from '../../node/node-clock.ts';
import { nodeCrypto } from '../../node/node-crypto.ts';
import { defer } from '../../shared/base/deferred.ts';
import { encodeOpening } from '../../shared/protocol/opening.ts';
import { encodeCall } from '../../shared/protocol/bridge-call.ts';
import { peerIdFrom, shareIdFrom, type PeerId } from '../../shared/protocol/ids.ts';
import { openTo } from '../../shared/runtime/opening.ts';
import { ManualClock } from '../../shared/testkit/manual-clock.ts';
import { someBytes, testCrypto } from '../../shared/testkit/test-crypto.ts';
import { DEFAULT_PLACES, Places } from '../places.ts';
import { Reception } from '../reception.ts';
import { Lines } from './lines.ts';
import { NodeSocketTransport } from './node-socket-transport.ts';
import { WebSocketFace } from './web-socket-face.ts';

const share = shareIdFrom(someBytes(16, 1));
const authKey = someBytes(32, 2);
const [ann, bob, bridge] = [3, 4, 5].map((n) => peerIdFrom(someBytes(16, n))) as [PeerId, PeerId, PeerId];

async function lineFace(bytesPerSecond = 1e9, clock = nodeClock) {
	const lines = new Lines({ bytesPerSecond }, clock);
	const greeted: string[] = [];
	const node = { addLink: (_: unknown, { name }: { name: string }) => { greeted.push(name); return 1 as never; } };
	const reception = new Reception({
		crypto: nodeCrypto, clock, places: new Places(DEFAULT_PLACES),
		find: () => ({ share, self: bridge, authKey, name: 'Bridge', node }),
	});
	const face = new WebSocketFace({ reception, lines, desk: undefined!, self: bridge });
	const server = createServer().on('upgrade', (request, stream, head) => face.upgrade(request, stream, head));
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	onTestFinished(() => { face.close(); server.close(); });
	const call = async (from: PeerId, to: PeerId) => {
		const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/line`);
		onTestFinished(() => socket.terminate());
		await once(socket, 'open');
		socket.send(encodeCall({ share, from, to }));
		return socket;
	};
	const open = async (self: PeerId, expected: PeerId, key = authKey) => {
		const transport = new NodeSocketTransport(await call(self, expected));
		const member = { share, self, expected, authKey: key, name: self };
		return openTo(transport, member, { crypto: testCrypto(1), clock: nodeClock });
	};
	return { lines, call, open, greeted };
}

test('two who call each other greet, and each gets what the other sends', async () => {
	const { open } = await lineFace();
	const [one, other] = await Promise.all([open(ann, bob), open(bob, ann)]);
	if (!one.ok || !other.ok) throw new Error('they did not meet');
	expect([one.value.hello.peer, other.value.hello.peer]).toEqual([bob, ann]);
	const frames: number[] = [];
	const { promise, resolve } = defer<string>();
	other.value.transport.start({
		frame: (bytes) => frames.push(bytes.length), drained: () => undefined, closed: resolve,
	});
	one.value.transport.start({ frame: () => undefined, drained: () => undefined, closed: () => undefined });
	for (let k = 1; k <= 150; k++) one.value.transport.send(new Uint8Array(k * 200));
	await expect.poll(() => frames.length).toBe(150);
	one.value.transport.close('done');
	expect(await promise).toBe('lost');
	expect(frames).toEqual(Array.from({ length: 150 }, (_, k) => (k + 1) * 200));
});

test('whoever has another link is not taken for the one who was called', async () => {
	const { open } = await lineFace();
	const [one, other] = await Promise.all([open(ann, bob), open(bob, ann, someBytes(32, 9))]);
	expect([one.ok, other.ok]).toEqual([false, false]);
});

test('the bridge itself can be called', async () => {
	const { open, greeted } = await lineFace();
	expect(await open(ann, bridge)).toMatchObject({ ok: true, value: { hello: { peer: bridge } } });
	await expect.poll(() => greeted).toEqual([ann]);
});

test('who says what is no call is let go', async () => {
	const { call } = await lineFace();
	expect((await once(await call(ann, ann), 'close'))[0]).toBe(1008);
});

test('anything but an opening after the call ends the line, for both', async () => {
	const { call } = await lineFace();
	const [one, other] = [await call(ann, bob), await call(bob, ann)];
	const ends = Promise.all([once(one, 'close'), once(other, 'close')]);
	one.send(new Uint8Array(65));
	expect((await ends).map(([code]) => code as number)).toEqual([1000, 1000]);
});

test('a bridge that carries nothing says so', async () => {
	const { call } = await lineFace(0);
	expect((await once(await call(ann, bob), 'close'))[0]).toBe(1013);
});

test('whoever is not answered is let go, and whoever calls again has one line', async () => {
	const clock = new ManualClock();
	const { call, lines } = await lineFace(1e9, clock);
	const first = await call(ann, bob);
	await expect.poll(() => lines.ends).toBe(1);
	const second = await call(ann, bob);
	await once(first, 'close');
	await expect.poll(() => lines.ends).toBe(1);
	clock.pass(10_000);
	expect((await once(second, 'close'))[0]).toBe(1000);
	await expect.poll(() => lines.ends).toBe(0);
});

/** A line of which both ends have sent an opening, and how many frames the second has got. */
async function joined(bytesPerSecond: number) {
	const clock = new ManualClock();
	const { call } = await lineFace(bytesPerSecond, clock);
	const [one, other] = [await call(ann, bob), await call(bob, ann)];
	const got = { frames: 0 };
	other.on('message', () => { got.frames += 1; });
	one.send(encodeOpening({ share, peer: ann, nonce: someBytes(32, 7) }));
	other.send(encodeOpening({ share, peer: bob, nonce: someBytes(32, 8) }));
	await expect.poll(() => got.frames).toBe(1);
	return { clock, one, other, got };
}

test('what passes is bounded: the rest waits', async () => {
	const { clock, one, got } = await joined(4e6); // a megabyte a second for one address
	for (let k = 0; k < 40; k++) one.send(new Uint8Array(60_000));
	await expect.poll(() => got.frames).toBeGreaterThan(16);
	for (let k = 0; k < 200; k++) await new Promise((resolve) => { setImmediate(resolve); });
	expect(got.frames).toBeLessThan(41);
	await expect.poll(() => {
		clock.pass(100);
		return got.frames;
	}).toBe(41);
});

test('a line over which nothing is said ends, one over which something is said stays', async () => {
	const { clock, one, other, got } = await joined(1e9);
	clock.pass(40_000);
	one.send(new Uint8Array(5));
	await expect.poll(() => got.frames).toBe(2);
	clock.pass(40_000);
	one.send(new Uint8Array(5));
	await expect.poll(() => got.frames).toBe(3);
	const ended = once(other, 'close');
	clock.pass(60_000);
	expect((await ended)[0]).toBe(1000);
});
