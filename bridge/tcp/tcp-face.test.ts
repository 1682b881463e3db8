import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { defer } from '../../shared/base/deferred.ts';
import { SECOND } from '../../shared/base/units.ts';
import { peerIdFrom, shareIdFrom } from '../../shared/protocol/ids.ts';
import { encodeOpening } from '../../shared/protocol/opening.ts';
import { withLength } from '../../shared/protocol/stream-frames.ts';
import { openTo, type Member } from '../../shared/runtime/opening.ts';
import type { LinkInfo } from '../../shared/runtime/peer-node.ts';
import { ManualClock } from '../../shared/testkit/manual-clock.ts';
import { someBytes, testCrypto } from '../../shared/testkit/test-crypto.ts';
import { frameOf, TransportRecorder } from '../../shared/testkit/transport-contract.ts';
import { DEFAULT_PLACES, Places } from '../places.ts';
import { Reception, type HostedShare } from '../reception.ts';
import { TcpFace } from './tcp-face.ts';
import { TcpTransport } from './tcp-transport.ts';
import { serverOf, socketTo } from './testkit/sockets.ts';

const crypto = testCrypto(1);
const member = (id: number, name: string): Member => (
	{ share: shareIdFrom(someBytes(16, 3)), self: peerIdFrom(someBytes(16, id)), authKey: someBytes(32, 2), name }
);
const opening = withLength(encodeOpening({ ...member(5, ''), peer: member(5, '').self, nonce: someBytes(32, 9) }));

const ends: (() => void)[] = [];
afterEach(() => { for (const end of ends.splice(0)) end(); });

/** A face with one share, and who came in by it. */
async function bridge(limits = DEFAULT_PLACES) {
	const guests: LinkInfo[] = [];
	const arrivals = new TransportRecorder();
	const node: HostedShare['node'] = {
		addLink: (transport, info) => {
			guests.push(info);
			transport.start(arrivals);
			return guests.length as ReturnType<HostedShare['node']['addLink']>;
		},
	};
	const share = { ...member(4, 'bridge'), node };
	const clock = new ManualClock();
	const places = new Places(limits);
	const reception = new Reception({ crypto, clock, places, find: (id) => (id === share.share ? share : undefined) });
	const face = new TcpFace(reception);
	const sockets: Socket[] = [];
	const { server, port } = await serverOf((socket) => { sockets.push(socket); face.accept(socket); });
	ends.push(() => { face.close(); server.close(); });
	return { face, server, port, clock, places, guests, arrivals, sockets };
}

/** Somebody who speaks the protocol. */
async function visit(port: number, as = member(5, 'Ada'), from?: string) {
	const socket = await socketTo(port, from);
	ends.push(() => socket.destroy());
	return openTo(new TcpTransport(socket), as, { crypto, clock: new ManualClock() });
}

/** A connection that says these bytes and nothing else. Settles when the other side ended it. */
async function ended(port: number, bytes: Uint8Array): Promise<void> {
	const socket = await socketTo(port);
	ends.push(() => socket.destroy());
	socket.on('error', () => {}); // a reset is an end too
	socket.resume().write(bytes);
	await once(socket, 'close');
}

async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await new Promise((resolve) => { setImmediate(resolve); });
}

async function connections(server: Server): Promise<number> {
	const { promise, resolve } = defer<number>();
	server.getConnections((_, count) => resolve(count));
	return promise;
}

describe('who has the link', () => {
	test('comes in, and is handed to the node of the share', async () => {
		const { port, guests, arrivals, places } = await bridge();
		const opened = await visit(port);
		if (!opened.ok) throw new Error(opened.error);
		opened.value.transport.start(new TransportRecorder());
		opened.value.transport.send(frameOf(10, 1));
		await arrivals.until(() => arrivals.frames.length === 1);
		expect(guests).toEqual([{ peer: member(5, '').self, name: 'Ada', initiator: false }]);
		expect(arrivals.frames).toEqual([frameOf(10, 1)]);
		opened.value.transport.close('done');
		await until(() => places.taken === 0);
	});

	test('comes in while a thousand others sit there and say nothing', async () => {
		const { port, guests, server, places } = await bridge();
		const idle = Array.from({ length: 1000 }, (_, k) => socketTo(port, `127.0.${k % 8}.2`));
		for (const socket of await Promise.all(idle)) {
			socket.on('error', () => {}).resume();
			ends.push(() => socket.destroy());
		}
		for (const [k, name] of ['Ada', 'Bea', 'Cai'].entries()) await visit(port, member(10 + k, name), '127.0.9.1');
		await until(() => guests.length === 3);
		expect(guests.map((guest) => guest.name)).toEqual(['Ada', 'Bea', 'Cai']);
		expect(places.taken).toBeLessThanOrEqual(DEFAULT_PLACES.strangers + 3);
		expect(await connections(server)).toBeLessThanOrEqual(DEFAULT_PLACES.strangers + 3);
	});

	test('comes in while somebody writes an opening letter by letter, who is shown out after ten seconds', async () => {
		const { port, guests, clock, sockets } = await bridge();
		const slow = await socketTo(port);
		slow.on('error', () => {}).resume();
		const left = once(slow, 'close');
		for (const byte of opening.slice(0, 60)) {
			slow.write(Uint8Array.of(byte));
			await once(sockets[0]!, 'data');
			clock.pass(SECOND / 10);
		}
		await visit(port);
		await until(() => guests.length === 1);
		expect(slow.destroyed).toBe(false);
		clock.pass(4 * SECOND);
		await left;
	});
});

describe('who has not', () => {
	test.each([
		['says another protocol', new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n')],
		['names a share that is not here', withLength(encodeOpening({ ...member(5, ''), share: shareIdFrom(someBytes(16, 99)), peer: member(5, '').self, nonce: someBytes(32, 9) }))],
		['opens and then says what is no hello', Uint8Array.from([...opening, ...withLength(frameOf(60, 1))])],
	])('and %s is shown out', async (_, bytes) => {
		const { port, guests, places } = await bridge();
		await ended(port, bytes);
		await until(() => places.taken === 0);
		expect(guests).toEqual([]);
	});

	test('and speaks it well is shown out too', async () => {
		const { port, guests } = await bridge();
		expect((await visit(port, { ...member(5, 'Eve'), authKey: someBytes(32, 66) })).ok).toBe(false);
		expect(guests).toEqual([]);
	});
});

describe('limits', () => {
	test('hold for one address, and others come in', async () => {
		const { port, guests, places } = await bridge({ total: 8, perAddress: 2, strangers: 8 });
		await visit(port, member(10, 'Ada'), '127.0.0.2');
		await visit(port, member(11, 'Bea'), '127.0.0.2');
		expect((await visit(port, member(12, 'Cai'), '127.0.0.2')).ok).toBe(false);
		await visit(port, member(13, 'Dan'), '127.0.0.3');
		await until(() => guests.length === 3);
		expect(guests.map((guest) => guest.name)).toEqual(['Ada', 'Bea', 'Dan']);
		expect(places.taken).toBe(3);
	});

	test('count nobody who has gone', async () => {
		const { port, places, sockets } = await bridge({ total: 8, perAddress: 1, strangers: 8 });
		for (let k = 0; k < 5; k++) {
			const socket = await socketTo(port);
			await until(() => sockets.length === k + 1);
			expect(places.taken).toBe(1);
			socket.destroy();
			await until(() => places.taken === 0);
		}
	});
});

test('a face that closes ends its connections', async () => {
	const { port, face, guests, arrivals } = await bridge();
	const opened = await visit(port);
	if (!opened.ok) throw new Error(opened.error);
	const near = new TransportRecorder();
	opened.value.transport.start(near);
	await until(() => guests.length === 1);
	face.close();
	await near.until(() => near.closes.length === 1);
	await arrivals.until(() => arrivals.closes.length === 1);
	expect(near.closes).toEqual(['lost']);
});
