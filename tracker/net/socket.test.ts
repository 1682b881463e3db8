import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { base64url } from '../../shared/base/text.ts';
import { pureCrypto } from '../../shared/runtime/pure-crypto.ts';
import { makeDescriptor } from '../../shared/protocol/descriptor.ts';
import { deriveLinkKeys, makeShareKeys } from '../../shared/protocol/keys.ts';
import { peerIdFrom, shareIdFrom } from '../../shared/protocol/ids.ts';
import { startTracker, type RunningTracker, type TrackerOptions } from '../main.ts';
import { limitsFor } from '../core/limits.ts';
import { Client } from '../testkit/client.ts';

const ann = peerIdFrom(new Uint8Array(16).fill(1));
const bob = peerIdFrom(new Uint8Array(16).fill(2));
const film = shareIdFrom(new Uint8Array(16).fill(9));
const hello = (peer: string) => ({ type: 'hello', version: 1, peer });
const crypto = pureCrypto({ random: (length) => new Uint8Array(length).fill(7) });

const closers: (() => unknown)[] = [];
afterEach(async () => { for (const close of closers.splice(0).toReversed()) await close(); });

async function tracker(options: TrackerOptions = {}): Promise<RunningTracker> {
	const running = await startTracker({ port: 0, host: '127.0.0.1', dataDir: undefined, ...options });
	closers.push(() => running.close());
	return running;
}
async function client(port: number, peer?: string): Promise<Client> {
	const connected = await Client.to(port);
	closers.push(() => connected.socket.terminate());
	if (peer) await connected.ask(hello(peer));
	return connected;
}
/** Whether the tracker still serves others. */
async function isWell(port: number): Promise<boolean> {
	return (await (await client(port)).ask({ type: 'ping' })).type === 'pong';
}

test('two people meet and signal each other', async () => {
	const { port } = await tracker();
	const [first, second] = [await client(port, ann), await client(port, bob)];
	expect(await first.ask({ type: 'join', share: film, wants: 8 })).toEqual({ type: 'peers', share: film, peers: [], online: 1 });
	expect(await second.ask({ type: 'join', share: film, wants: 8 })).toEqual({ type: 'peers', share: film, peers: [ann], online: 2 });
	second.say({ type: 'signal', share: film, to: ann, signal: 'offer', from: 'somebody else' });
	expect(await first.next()).toEqual({ type: 'signal', share: film, from: bob, signal: 'offer' });
});

test('who goes is gone', async () => {
	const { port } = await tracker();
	const [first, second] = [await client(port, ann), await client(port, bob)];
	await first.ask({ type: 'join', share: film, wants: 8 });
	await second.ask({ type: 'join', share: film, wants: 8 });
	second.socket.terminate();
	await expect.poll(() => first.ask({ type: 'find', share: film, wants: 8 })).toMatchObject({ online: 1, peers: [] });
});

test('a real descriptor is kept and handed out; a forged one is refused', async () => {
	const { port } = await tracker();
	const share = await makeShareKeys(crypto);
	const link = await deriveLinkKeys(crypto, new Uint8Array(32));
	const made = await makeDescriptor(crypto, { state: 'revoked', revision: 3 }, { share, link });
	if (!made.ok) throw new Error(made.error);
	const descriptor = base64url(made.value.bytes);
	const forged = base64url(made.value.bytes.with(2, 1));
	const sharer = await client(port, ann);
	const publish = { type: 'publish', share: share.id };
	expect(await sharer.ask({ ...publish, descriptor: forged })).toMatchObject({ code: 'bad-descriptor', about: share.id });
	expect(await sharer.ask({ ...publish, descriptor })).toEqual({ type: 'published', share: share.id, revision: 3 });
	expect(await (await client(port, bob)).ask({ type: 'join', share: share.id, wants: 0 })).toMatchObject({ descriptor });
	expect(await sharer.ask({ type: 'publish', share: film, descriptor })).toMatchObject({ code: 'bad-descriptor' });
});

test('whoever has the secret takes his id over, and the old connection is told', async () => {
	const { port } = await tracker();
	const old = await client(port);
	const welcome = await old.ask(hello(ann));
	await old.ask({ type: 'ping' });
	const next = await client(port);
	expect(await next.ask(hello(ann))).toMatchObject({ type: 'refused', code: 'id-taken' });
	expect(await next.ask({ ...hello(ann), resume: (welcome as { resume: string }).resume })).toMatchObject({ type: 'welcome' });
	expect(await old.ended).toEqual({ code: 4000, reason: 'replaced' });
});

const nonsense: Readonly<Record<string, string>> = {
	'no JSON': '{"type":',
	'empty': '',
	'a number': '7',
	'null': 'null',
	'a list': '[{"type":"ping"}]',
	'an unknown type': '{"type":"reboot"}',
	'a type that objects have': '{"type":"constructor"}',
	'a prototype': '{"__proto__":{"type":"ping"},"constructor":{"prototype":{"type":"ping"}}}',
	'no type': '{}',
	'JSON 30 000 deep': `{"type":"ping","x":${'['.repeat(15_000)}${']'.repeat(15_000)}`,
	'a type that is a list': '{"type":["ping"]}',
	'a share of the wrong length': JSON.stringify({ type: 'join', share: 'x'.repeat(23), wants: 1 }),
	'a share with two spellings': JSON.stringify({ type: 'join', share: `${'A'.repeat(21)}B`, wants: 1 }),
	'half a peer': JSON.stringify({ type: 'join', share: film, wants: 1.5 }),
	'too many peers': JSON.stringify({ type: 'join', share: film, wants: 1e9 }),
	'a signal of 60 KB': JSON.stringify({ type: 'signal', share: film, to: bob, signal: 'x'.repeat(60_000) }),
	'a name with a line break': JSON.stringify({ type: 'rename', name: 'a\nb' }),
	'a name that turns text around': JSON.stringify({ type: 'rename', name: 'a\u202Eb' }),
};
test.each(Object.keys(nonsense))('what is no message is refused: %s', async (title) => {
	const { port } = await tracker();
	const someone = await client(port, ann);
	expect(await someone.ask(nonsense[title]!)).toEqual({
		type: 'refused', code: 'bad-message', detail: expect.any(String) as string,
	});
	expect(await someone.ask({ type: 'ping' })).toEqual({ type: 'pong' });
	expect(({} as { type?: string }).type).toBeUndefined();
});

test('fields that nobody knows do no harm, however deep they are', async () => {
	const { port } = await tracker();
	const deep = `{"type":"ping","x":${'{"x":'.repeat(5_000)}1${'}'.repeat(5_000)}}`;
	expect(await (await client(port)).ask(deep)).toEqual({ type: 'pong' });
});

test('a frame that is not text ends the connection', async () => {
	const { port } = await tracker();
	const someone = await client(port, ann);
	someone.say(Buffer.from('{"type":"ping"}'));
	expect(await someone.ended).toEqual({ code: 1003, reason: 'binary' });
	expect(await isWell(port)).toBe(true);
});

test('a frame above 64 KiB ends the connection', async () => {
	const { port } = await tracker();
	const someone = await client(port, ann);
	someone.say('x'.repeat(64 * 1024 + 1));
	expect((await someone.ended).code).toBe(1009);
	expect(await isWell(port)).toBe(true);
});

test('a message in thousands of pieces ends the connection', async () => {
	const { port } = await tracker();
	const { socket, ended } = await client(port, ann);
	for (let i = 0; i < 1_000; i++) socket.send('x', { fin: false });
	expect((await ended).code).toBe(1008);
	expect(await isWell(port)).toBe(true);
});

test('a hundred thousand small messages are cut off after a few hundred, and nobody else notices', async () => {
	const { port } = await tracker();
	const [flooder, other] = [await client(port, ann), await client(port, bob)];
	for (let i = 0; i < 100_000; i++) flooder.say('{"type":"ping"}');
	expect(await flooder.ended).toEqual({ code: 4001, reason: 'too-fast' });
	expect(flooder.untaken.at(-1)).toMatchObject({ type: 'refused', code: 'too-fast' });
	expect(flooder.untaken.length).toBeLessThan(5_000);
	expect(await other.ask({ type: 'ping' })).toEqual({ type: 'pong' });
	const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
	expect(Number(/messages_total\{type="ping"\} (\d+)/.exec(text)?.[1])).toBeLessThan(5_000);
});

test('control frames count too', async () => {
	const { port } = await tracker();
	const { socket, ended } = await client(port, ann);
	for (let i = 0; i < 10_000; i++) socket.ping('x'.repeat(100));
	expect([1006, 4001]).toContain((await ended).code); // ws itself gives up on more pings at once than it can answer
	expect(await isWell(port)).toBe(true);
});

test('who does not read what comes is let go', async () => {
	const limits = limitsFor(100, 100);
	const generous = { messages: { perSecond: 1e9, burst: 1e9 }, bytes: { perSecond: 1e12, burst: 1e12 } };
	const [perConnection, perAddress] = [{ ...limits.perConnection, ...generous }, { ...limits.perAddress, ...generous }];
	const { port } = await tracker({ limits: { ...limits, perConnection, perAddress } });
	const [talker, deaf] = [await client(port, ann), await client(port, bob)];
	await deaf.ask({ type: 'join', share: film, wants: 0 });
	await talker.ask({ type: 'join', share: film, wants: 0 });
	deaf.socket.pause();
	const signal = { type: 'signal', share: film, to: bob, signal: 'x'.repeat(16_000) };
	let answer;
	do {
		for (let i = 0; i < 100; i++) talker.say(signal);
		talker.say({ type: 'find', share: film, wants: 1 });
		do answer = await talker.next(); while (answer.type !== 'peers');
	} while (answer.online === 2);
	const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
	expect(text).toContain('streamlet_connections_closed_total{reason="slow"} 1');
	expect(await talker.ask(signal)).toMatchObject({ type: 'refused', code: 'no-such-peer' });
});

test('who does not answer the heartbeat is gone', async () => {
	const { port } = await tracker({ heartbeat: 30 });
	const mute = await Client.to(port, { autoPong: false });
	closers.push(() => mute.socket.terminate());
	expect((await mute.ended).code).toBe(1006);
});

test('an address that has all the connections it may have is told so', async () => {
	const { port } = await tracker({ connectionsPerAddress: 3 });
	const first = await client(port);
	await client(port);
	await client(port);
	const fourth = await client(port);
	expect(await fourth.next()).toMatchObject({ type: 'refused', code: 'too-many-connections' });
	expect((await fourth.ended).code).toBe(4003);
	first.socket.close();
	await first.ended;
	expect(await isWell(port)).toBe(true);
});

test('an address that keeps knocking gets no handshake', async () => {
	const { port } = await tracker({ connectionsPerAddress: 2 });
	for (let i = 0; i < 4; i++) (await client(port)).socket.terminate();
	await expect(Client.to(port)).rejects.toThrow('429');
});

test('a proxy in front tells addresses apart, but only if it is trusted', async () => {
	const from = (address: string) => ({ headers: { 'x-forwarded-for': `spoofed, ${address}` } });
	const reached = async (port: number, address: string) => {
		const someone = await Client.to(port, from(address));
		closers.push(() => someone.socket.terminate());
		return (await someone.ask({ type: 'ping' })).type;
	};
	const trusting = await tracker({ connectionsPerAddress: 1, proxyHops: 1 });
	expect([await reached(trusting.port, '192.0.2.1'), await reached(trusting.port, '192.0.2.2')]).toEqual(['pong', 'pong']);
	expect(await reached(trusting.port, '192.0.2.1')).toBe('refused');
	const wary = await tracker({ connectionsPerAddress: 1 });
	expect([await reached(wary.port, '192.0.2.1'), await reached(wary.port, '192.0.2.2')]).toEqual(['pong', 'refused']);
});

test('pages of any origin are guests, and counted apart', async () => {
	const { port } = await tracker();
	for (const origin of [`http://127.0.0.1:${port}`, 'https://elsewhere.example', 'null', undefined]) {
		const guest = await Client.to(port, origin === undefined ? {} : { origin });
		expect(await guest.ask({ type: 'ping' })).toEqual({ type: 'pong' });
		guest.socket.terminate();
	}
	const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
	expect([...text.matchAll(/opened_total\{origin="(\w+)"\} (\d)/g)].map(([, ...pair]) => pair.join(' ')))
		.toEqual(['own 1', 'foreign 2', 'none 1']);
});

/** Says something raw and gives the answer's first line. */
async function raw(port: number, request: string): Promise<string> {
	const socket: Socket = connect(port, '127.0.0.1');
	closers.push(() => socket.destroy());
	socket.on('error', () => {});
	let answer = '';
	socket.on('data', (bytes) => { answer += bytes.toString('latin1'); });
	socket.write(request);
	await Promise.race([once(socket, 'close'), expect.poll(() => answer).toContain('\r\n')]);
	return answer.split('\r\n')[0] ?? '';
}
const upgrade = (path: string, key = 'dGhlIHNhbXBsZSBub25jZQ==', host = 'x') =>
	`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`;

test.each([
	['/ws', upgrade('/ws'), '101'],
	['/ws with a query', upgrade('/ws?x=1'), '101'],
	['a host of nonsense', upgrade('/ws', undefined, '\u00ff]::[%00:99999'), '101'],
	['another path', upgrade('/wsx'), '404'],
	['a path of nonsense', upgrade('//[::%%zz'), '404'],
	['an absolute URL', upgrade('http://%/ws'), '404'],
	['a path that climbs', upgrade('/../ws'), '404'],
	['no key', upgrade('/ws', ''), '400'],
	['a bad key', upgrade('/ws', 'short'), '400'],
	['no HTTP', 'HELLO?\r\n\r\n', '400'],
])('an upgrade by hand: %s', async (_title, request, status) => {
	const { port } = await tracker();
	expect(await raw(port, request)).toContain(`HTTP/1.1 ${status}`);
	expect(await isWell(port)).toBe(true);
});

test('handshakes that fail hold no place', async () => {
	const { port } = await tracker({ connectionsPerAddress: 20 });
	for (let i = 0; i < 10; i++) await raw(port, upgrade('/ws', 'short'));
	await expect.poll(async () => (await (await fetch(`http://127.0.0.1:${port}/healthz`)).json() as { connections: number }).connections)
		.toBe(0);
});

test('a tracker that stops tells everybody, then is gone', async () => {
	const running = await tracker();
	const [first, silent] = [await client(running.port, ann), await client(running.port)];
	await running.close();
	expect(await first.next()).toMatchObject({ type: 'refused', code: 'shutting-down' });
	expect([await first.ended, await silent.ended]).toEqual(Array(2).fill({ code: 1012, reason: 'restart' }));
	await expect(Client.to(running.port)).rejects.toThrow();
	await running.close();
});

test('a client that ignores the goodbye does not hold the tracker up', async () => {
	const running = await tracker();
	const stubborn = await client(running.port, ann);
	(stubborn.socket as WebSocket & { pause(): void }).pause();
	await running.close();
	expect(await fetch(`http://127.0.0.1:${running.port}/healthz`).catch(() => 'gone')).toBe('gone');
});
