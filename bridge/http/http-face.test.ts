import { once } from 'node:events';
import { request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { shareIdFrom, type ShareId } from '../../shared/protocol/ids.ts';
import type { FilmOutcome } from '../film.ts';
import type { TorrentOutcome } from '../torrent/torrents.ts';
import { arrivingFilm } from '../testkit/arriving-film.ts';
import { makeHttpFace } from './http-face.ts';

const MEGABYTES = 5_000_000;
const servers: Server[] = [];
afterEach(() => { for (const server of servers.splice(0)) { server.close(); server.closeAllConnections(); } });

/** A face with one film, none of which is here. */
async function face(size = MEGABYTES) {
	const { film, reader } = arrivingFilm(size);
	let users = 0;
	const torrent: { outcome: TorrentOutcome } = { outcome: { state: 'hashing' } };
	const others = new Map<ShareId, FilmOutcome>();
	const server = makeHttpFace({
		find: (id) => Promise.resolve(id === film.id ? { state: 'here', film } : others.get(id) ?? { state: 'unlisted' }),
		torrent: () => Promise.resolve(torrent.outcome),
		use: () => {
			users += 1;
			return () => { users -= 1; };
		},
		health: () => ({ shares: 1 }),
	});
	servers.push(server);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	const get = async (path: string, headers = {}, method = 'GET'): Promise<IncomingMessage> => {
		const [response] = await once(request({ port, host: '127.0.0.1', path, headers, method }).end(), 'response') as [IncomingMessage];
		return response;
	};
	return { film, reader, others, torrent, port, get, users: () => users };
}

test('a film that is here comes whole, byte for byte, and keeps its connection for the next', async () => {
	const { film, reader, get, users } = await face();
	reader.arrive();
	for (let round = 0; round < 2; round++) {
		const response = await get(`/download/${film.id}`);
		expect([response.statusCode, response.headers['content-type'], response.headers['content-length']])
			.toEqual([200, 'video/mp4', String(MEGABYTES)]);
		expect(response.headers['content-disposition']).toMatch(/^attachment/);
		expect(Buffer.compare(await buffer(response), reader.bytes)).toBe(0);
	}
	await expect.poll(users).toBe(0);
});

test('a part comes as that part', async () => {
	const { film, reader, get } = await face();
	reader.arrive();
	const response = await get(`/watch/${film.id}?player=1`, { range: 'bytes=1000000-1999999' });
	expect([response.statusCode, response.headers['content-range']]).toEqual([206, `bytes 1000000-1999999/${MEGABYTES}`]);
	expect(Buffer.compare(await buffer(response), reader.bytes.subarray(1_000_000, 2_000_000))).toBe(0);
});

test('what has arrived is sent while the rest is on its way, and what comes next is due at the film\'s own pace', async () => {
	const { film, reader, get } = await face();
	const response = await get(`/watch/${film.id}`);
	const body = buffer(response);
	await expect.poll(() => reader.reads.length).toBe(8);
	expect(reader.reads.map(({ offset }) => offset / 262_144)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
	// 5 MB in 100 s: 50 bytes a millisecond.
	const expected = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => Math.round(k * 5242.88));
	expect(reader.reads.map(({ dueInMs }) => Math.round(dueInMs))).toEqual(expected);
	reader.arrive(262_144);
	await expect.poll(() => reader.reads.length).toBe(9);
	expect(reader.reads[1]?.dueInMs).toBe(0);
	reader.arrive();
	expect(Buffer.compare(await body, reader.bytes)).toBe(0);
	expect(reader.reads.some(({ isCancelled }) => isCancelled)).toBe(false);
});

test('a client that leaves takes its wishes along', async () => {
	const { film, reader, get, users } = await face();
	const response = await get(`/watch/${film.id}`);
	await expect.poll(() => reader.reads.length).toBe(8);
	expect(users()).toBe(1);
	response.destroy();
	await expect.poll(() => reader.reads.every(({ isCancelled }) => isCancelled)).toBe(true);
	await expect.poll(users).toBe(0);
});

test('a client that does not read is not sent more than is under way', async () => {
	const { film, reader, get } = await face(30_000_000);
	reader.arrive();
	const response = await get(`/watch/${film.id}`);
	let before = -1;
	// Its buffers fill, and then nothing moves any more.
	await expect.poll(() => {
		const still = reader.reads.length === before;
		before = reader.reads.length;
		return still;
	}, { interval: 300 }).toBe(true);
	expect(before * 262_144).toBeLessThan(20_000_000);
	expect(Buffer.compare(await buffer(response), reader.bytes)).toBe(0);
});

test('a film that ends in the middle cuts the connection, so that nobody takes a part for the whole', async () => {
	const { film, reader, get } = await face();
	reader.arrive(1_000_000);
	const response = await get(`/watch/${film.id}`);
	const body = buffer(response);
	reader.end('closed');
	await expect(body).rejects.toThrow('aborted');
});

test('a HEAD is answered like a GET, without a body', async () => {
	const { film, reader, get } = await face();
	const response = await get(`/download/${film.id}`, { range: 'bytes=0-9' }, 'HEAD');
	expect([response.statusCode, response.headers['content-length'], reader.reads.length]).toEqual([206, '10', 0]);
	expect((await buffer(response)).length).toBe(0);
});

test('what there is not is said in words', async () => {
	const { film, others, get } = await face();
	const named = (k: number): ShareId => shareIdFrom(new Uint8Array(16).fill(k));
	const [unknown, stopped, locked] = [named(1), named(2), named(3)];
	others.set(unknown, { state: 'unknown' }).set(stopped, { state: 'stopped' }).set(locked, { state: 'wrong-key' });
	const cases = [
		['/watch/AAAAAAAAAAAAAAAAAAAAAA', 404, /no such film/], [`/watch/${unknown}`, 503, /Nobody who has/],
		[`/download/${stopped}`, 410, /no longer shared/], [`/watch/${locked}`, 404, /does not open/],
		['/', 404, /nothing here/], ['/watch/', 404, /nothing here/], ['/watch/..%2f..%2fetc', 404, /nothing here/],
		[`/steal/${film.id}`, 404, /nothing here/], [`/watch/${film.id}/more`, 404, /nothing here/],
	] as const;
	for (const [path, status, words] of cases) {
		const response = await get(path);
		expect([path, response.statusCode]).toEqual([path, status]);
		expect((await buffer(response)).toString()).toMatch(words);
	}
	expect((await get(`/watch/${unknown}`)).headers['retry-after']).toBe('5');
	const posted = await get(`/watch/${film.id}`, {}, 'POST');
	expect([posted.statusCode, posted.headers.allow]).toEqual([405, 'GET, HEAD']);
});

test('a torrent is handed out when there is one, and else it is said when to ask again', async () => {
	const { film, torrent, get } = await face();
	const cases = [['hashing', 202, '3', /being made/], ['arriving', 503, '10', /still arriving/], ['open', 503, '60', /not hashed/]] as const;
	for (const [state, status, wait, words] of cases) {
		torrent.outcome = { state };
		const response = await get(`/torrent/${film.id}.torrent`);
		expect([response.statusCode, response.headers['retry-after']]).toEqual([status, wait]);
		expect((await buffer(response)).toString()).toMatch(words);
	}
	torrent.outcome = { state: 'here', bytes: Uint8Array.of(1, 2) };
	const response = await get(`/torrent/${film.id}.torrent`);
	expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'application/x-bittorrent']);
	expect(response.headers['content-disposition']).toContain('filename="A film.mp4.torrent"');
	expect([...await buffer(response)]).toEqual([1, 2]);
	expect((await get(`/torrent/${film.id}.torrent`, { host: 'a host/with?a:path' })).statusCode).toBe(400);
});

test('it says how it is', async () => {
	const { get } = await face();
	expect(JSON.parse((await buffer(await get('/healthz'))).toString())).toEqual({ status: 'ok', shares: 1 });
});

test('garbage is refused, and others are served', async () => {
	const { film, reader, port, get } = await face();
	reader.arrive();
	const stranger = connect(port, '127.0.0.1').resume();
	stranger.write('\x16\x03\x01 hello\r\n\r\n');
	await once(stranger, 'close');
	expect((await get(`/watch/${film.id}`, { range: 'bytes=0-0' })).statusCode).toBe(206);
});
