/** A bridge under a hail of strange frames, and a newcomer who wants a film of it meanwhile. */
import { once } from 'node:events';
import { equalBytes } from '../../shared/base/bytes.ts';
import { randomBelow, seededRng, type Rng } from '../../shared/base/rng.ts';
import { MIB } from '../../shared/base/units.ts';
import { nodeClock } from '../../node/node-clock.ts';
import { TcpTransport } from '../../bridge/tcp/tcp-transport.ts';
import { socketTo } from '../../bridge/tcp/testkit/sockets.ts';
import { peerIdFrom } from '../../shared/protocol/ids.ts';
import { withLength } from '../../shared/protocol/stream-frames.ts';
import { openTo } from '../../shared/runtime/opening.ts';
import type { TestShare } from '../../shared/testkit/share-bed.ts';
import { testCrypto } from '../../shared/testkit/test-crypto.ts';
import { noise, strangeFrame } from './strange-frames.ts';
import { TcpBridge } from './tcp-bridge.ts';

/** Those who send at once. */
const ABREAST = 8;

/** Frames sent before the other side is given time. */
const BATCH = 200;

/** Of so many who come, one says noise instead of an opening. */
const RUDE_ONE_IN = 8;

/** What came of it. `films`: that newcomers got whole meanwhile. `lines`: connections it took. */
export interface Hail { readonly frames: number; readonly lines: number; readonly films: number }

/** Sends so many frames, all from a seed, and fetches the film again and again until all are sent. */
export async function hail(share: TestShare, frames: number, seed: number): Promise<Hail> {
	const bridge = await new TcpBridge('bridge', seed).start();
	await bridge.seed(share);
	const sent = { frames: 0, lines: 0 };
	const flood = async (rng: Rng) => {
		while (sent.frames < frames) {
			sent.lines += 1;
			const heard = await strangeLine(bridge.port, share, rng, frames - sent.frames);
			sent.frames += heard;
		}
	};
	const flooding = Promise.all(Array.from({ length: ABREAST }, (_, k) => flood(seededRng(seed + k))));
	let films = 0;
	do {
		if (!await fetchFilm(bridge.port, share, seed + 1000 + films)) throw new Error(`film ${films} is not what was shared`);
		films += 1;
	} while (sent.frames < frames);
	await flooding;
	await bridge.close();
	return { ...sent, films };
}

/** One who has the link, or is too rude to say so, and sends until the line is cut. How many frames it took. */
async function strangeLine(port: number, share: TestShare, rng: Rng, most: number): Promise<number> {
	const socket = await socketTo(port, `127.0.0.${2 + randomBelow(rng, 200)}`);
	socket.on('error', () => {}); // reset by the other side: 'close' follows
	const transport = new TcpTransport(socket);
	if (randomBelow(rng, RUDE_ONE_IN) === 0) {
		socket.resume().end(noise(rng, 1 + randomBelow(rng, 200)));
		return 1;
	}
	const self = peerIdFrom(noise(rng, 16));
	const member = { share: share.keys.id, self, authKey: share.link.auth, name: 'strange' };
	const opened = await openTo(transport, member, { crypto: testCrypto(randomBelow(rng, 2 ** 32)), clock: nodeClock });
	if (!opened.ok) return 0;
	opened.value.transport.start({ frame() {}, drained() {}, closed() {} });
	let sent = 0;
	while (socket.writable && sent < most) {
		for (let k = 0; k < BATCH; k++) socket.write(withLength(strangeFrame(rng, share.layout.groups)));
		sent += BATCH;
		await new Promise((resolve) => { setImmediate(resolve); });
		if (socket.writableLength > MIB) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
	}
	socket.destroy();
	return sent;
}

/** Whether a newcomer gets the film as it was shared. */
async function fetchFilm(port: number, share: TestShare, seed: number): Promise<boolean> {
	const viewer = await new TcpBridge('viewer', seed).start();
	const node = viewer.join(share);
	const self = peerIdFrom(noise(seededRng(seed), 16));
	const member = { share: share.keys.id, self, authKey: share.link.auth, name: 'viewer' };
	const opened = await openTo(new TcpTransport(await socketTo(port, '127.0.1.1')), member, { crypto: testCrypto(seed), clock: nodeClock });
	if (!opened.ok) return false;
	node.addLink(opened.value.transport, { peer: opened.value.hello.peer, name: 'bridge', initiator: true });
	while (node.snapshot().chunks.total === 0) await new Promise((resolve) => setTimeout(resolve, 5));
	const read = await node.reader(share.contentKey)?.read(0, share.layout.size, 0).bytes;
	await viewer.close();
	return read?.ok === true && equalBytes(read.value, share.plain);
}
