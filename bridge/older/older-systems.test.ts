import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { nodeClock } from '../../node/node-clock.ts';
import { shareIdFrom } from '../../shared/protocol/ids.ts';
import { memoryMediaReader } from '../../shared/testkit/file-media-reader.ts';
import { someBytes } from '../../shared/testkit/test-crypto.ts';
import type { Film } from '../film.ts';
import { temporaryFolder } from '../store/testkit/temporary.ts';
import { isNear, OlderSystems } from './older-systems.ts';
import { VideoIds } from './video-ids.ts';

const BYTES = someBytes(3_000_000);
const VIDEO_ID = createHash('md5').update(BYTES.subarray(0, 2 ** 20)).digest('hex').slice(0, 16);
const film = (n: number, title: string): Film => (
	{
		id: shareIdFrom(someBytes(16, n)), title, type: 'video/mp4', durationSec: 60, root: undefined, isWhole: () => true,
		reader: memoryMediaReader(BYTES),
	}
);

async function open(films: readonly Film[] = [film(1, 'Lake')]): Promise<OlderSystems> {
	const anywhere = { port: 0, spares: 0 };
	const systems = await OlderSystems.open({
		reach: 'local', clock: nodeClock,
		library: {
			films: () => films.map(({ id, title, type, reader: { size } }) => ({ id, title, type, size })),
			find: (id) => Promise.resolve({ state: 'here', film: films.find((film) => film.id === id)! }),
			use: () => () => undefined,
		},
		ids: await VideoIds.open({
			clock: nodeClock, path: join(temporaryFolder(), 'ids'), beginning: () => Promise.resolve(BYTES.slice(0, 2 ** 20)),
		}),
		places: { transfer: anywhere, tracker: anywhere, peer: anywhere },
	});
	onTestFinished(() => systems.close());
	return systems;
}

/** One of their programs: says something, reads once, and if it likes what it read, goes on. */
async function talk(port: number, says: string | Uint8Array, then?: string): Promise<{ first: string; rest: Buffer }> {
	const socket = connect(port, '127.0.0.1');
	onTestFinished(() => { socket.destroy(); });
	const closed = once(socket, 'close');
	socket.write(says);
	const pieces: Buffer[] = [];
	const firstPiece = once(socket, 'data') as Promise<[Buffer]>;
	const first = await Promise.race([firstPiece.then(([piece]) => piece), closed.then(() => Buffer.alloc(0))]);
	socket.on('data', (piece: Buffer) => { pieces.push(piece); });
	if (then !== undefined) socket.write(then);
	await closed;
	return { first: first.toString(), rest: Buffer.concat(pieces) };
}

const json = (text: string) => JSON.parse(text) as Record<string, unknown>;

test('a file is fetched by its name, as by the first system', async () => {
	const { ports } = await open([film(1, 'Lake'), film(2, 'Lake')]);
	for (const name of ['Lake.mp4', 'Lake (2).mp4']) {
		const { first, rest } = await talk(ports.transfer, name, 'ACK');
		expect(first).toBe(String(BYTES.length));
		expect(rest.equals(BYTES)).toBe(true);
	}
});

test.each(['nothing.mp4', '../../etc/passwd', '/etc/passwd', 'Lake.mp4\0', '..\\Lake.mp4'])('%j is no film of ours', async (name) => {
	const { ports } = await open();
	expect((await talk(ports.transfer, name)).first).toBe(`ERROR: File ${name.trim()} not found`);
});

test('the second system\'s programs find us by the tracker, list our films and fetch one', async () => {
	const { ports } = await open();
	const tracker = async (request: object) => json((await talk(ports.tracker, JSON.stringify(request))).first);
	expect(await tracker({ type: 'REGISTER', peer_id: 'Ada', host: 'localhost', port: 5005 })).toMatchObject({ status: 'success' });
	const { videos } = await tracker({ type: 'GET_ALL_VIDEOS' });
	expect(videos).toEqual({ [VIDEO_ID]: [{ peer_id: 'streamlet', host: '127.0.0.1', port: ports.peer }] });

	const peer = (request: object, then?: string) => talk(ports.peer, JSON.stringify(request), then);
	const entry = { id: VIDEO_ID, name: 'Lake', description: '', size: BYTES.length };
	expect(json((await peer({ type: 'LIST_VIDEOS' })).first)).toEqual({ status: 'success', videos: [entry] });
	expect(json((await peer({ type: 'GET_VIDEO_INFO', video_id: VIDEO_ID })).first)).toEqual({ status: 'success', video_info: entry });
	expect(json((await peer({ type: 'GET_VIDEO_INFO', video_id: 'no' })).first)).toEqual({ status: 'not_found', video_info: {} });
	expect(json((await peer({ type: 'DOWNLOAD_VIDEO', video_id: 'no' })).first)).toEqual({ status: 'not_found' });
	const { first, rest } = await peer({ type: 'DOWNLOAD_VIDEO', video_id: VIDEO_ID }, 'ACK');
	expect(json(first)).toEqual({ status: 'success', size: BYTES.length, name: 'Lake' });
	expect(rest.equals(BYTES)).toBe(true);
});

test('nonsense is answered or ended, and the next is served', async () => {
	const { ports } = await open();
	for (const says of [new Uint8Array(5000), '[]'.padEnd(4097), '{"type":'.padEnd(5000)]) {
		for (const port of [ports.tracker, ports.peer]) expect((await talk(port, says)).first).toMatch(/^$|no JSON/);
	}
	expect((await talk(ports.transfer, 'x'.repeat(2000))).first).toBe('');
	expect((await talk(ports.transfer, 'Lake.mp4', 'NO!')).rest.length).toBe(0);
	expect((await talk(ports.peer, '{"type":"OTHER"}')).first).toBe('');
	expect(json((await talk(ports.peer, '{"type":"LIST_VIDEOS"}')).first)).toMatchObject({ status: 'success' });
});

test.each<[string, 'local' | 'lan', boolean]>([
	['127.0.0.1', 'local', true], ['::1', 'local', true], ['::ffff:127.0.0.1', 'local', true], ['192.168.1.4', 'local', false],
	['192.168.1.4', 'lan', true], ['::ffff:10.1.2.3', 'lan', true], ['172.16.0.1', 'lan', true], ['172.32.0.1', 'lan', false],
	['fe80::1', 'lan', true], ['fd12:3456::1', 'lan', true], ['8.8.8.8', 'lan', false], ['2001:db8::1', 'lan', false], ['', 'lan', false],
])('from %s, %s: %s', (address, reach, isTaken) => {
	expect(isNear(address, reach)).toBe(isTaken);
});
