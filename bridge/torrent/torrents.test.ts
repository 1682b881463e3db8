import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Bytes } from '../../shared/base/bytes.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import { arrivingFilm } from '../testkit/arriving-film.ts';
import { bencode } from './bencode.ts';
import { pieceBytesOf, Torrents } from './torrents.ts';

const URL = 'http://films.example:8100/download/x';
const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Torrents, and what is kept of them. */
function bed(size = 700_000) {
	const kept = new Map<ShareId, Bytes>();
	const shelf = {
		torrentInfo: (share: ShareId) => Promise.resolve(kept.get(share)),
		putTorrentInfo: (share: ShareId, info: Bytes) => Promise.resolve(Boolean(kept.set(share, info))),
	};
	return { ...arrivingFilm(size), kept, shelf, torrents: new Torrents(shelf) };
}

test('bencode is that of BEP 3: keys sorted, lengths in bytes', () => {
	const value = new Map<string, number | string | Bytes | ReadonlyMap<string, number>>([
		['spam', 'é'], ['a', -3], ['list', new Map([['z', 1], ['b', 0]])], ['bytes', Uint8Array.of(48, 49)],
	]);
	expect(Buffer.from(bencode(value)).toString()).toBe('d1:ai-3e5:bytes2:014:listd1:bi0e1:zi1ee4:spam2:ée');
});

test('pieces are as many as programs like, whatever the size', () => {
	expect([1, 5e8, 2 ** 37].map(pieceBytesOf)).toEqual([262_144, 262_144, 67_108_864]);
});

describe('a torrent', () => {
	test('has the SHA-1 of each piece, our root beside, the film\'s address, and no tracker', async () => {
		const { film, reader, torrents } = bed();
		reader.arrive();
		expect(await torrents.of(film, URL)).toEqual({ state: 'hashing' });
		await torrents.settled(film.id);
		const made = await torrents.of(film, URL);
		const pieces = [0, 262_144, 524_288].map((at) => createHash('sha1').update(reader.bytes.subarray(at, at + 262_144)).digest());
		expect(made.state === 'here' && latin(made.bytes)).toBe(
			'd10:created by9:Streamlet4:infod6:lengthi700000e4:name10:A film.mp412:piece lengthi262144e'
			+ `6:pieces60:${latin(Buffer.concat(pieces))}9:streamletd4:root32:${'\x03'.repeat(32)}ee8:url-list36:${URL}e`,
		);
	});

	test('is made once, and stays the same when the film gets another title', async () => {
		const { film, reader, shelf, torrents } = bed();
		reader.arrive();
		await Promise.all([torrents.of(film, URL), torrents.of(film, URL)]);
		await torrents.settled(film.id);
		const first = await torrents.of(film, URL);
		const reads = reader.reads.length;
		expect(await new Torrents(shelf).of({ ...film, title: 'Another' }, URL)).toEqual(first);
		expect([reads, reader.reads.length]).toEqual([3, 3]);
	});

	test('is not there before the film is sealed and whole', async () => {
		const { film, reader, torrents } = bed();
		reader.arrive(699_999);
		expect(await torrents.of(film, URL)).toEqual({ state: 'arriving' });
		expect(await torrents.of({ ...film, root: undefined }, URL)).toEqual({ state: 'open' });
		expect(reader.reads).toEqual([]);
	});

	test('that cannot be made is made again when somebody asks again', async () => {
		const { film, reader, torrents } = bed();
		reader.end('closed');
		const seemsWhole = { ...film, isWhole: () => true };
		await torrents.of(seemsWhole, URL);
		await torrents.settled(film.id);
		reader.arrive();
		expect(await torrents.of(seemsWhole, URL)).toEqual({ state: 'hashing' });
		await torrents.settled(film.id);
		expect(await torrents.of(film, URL)).toMatchObject({ state: 'here' });
	});
});
