/**
 * Films as `.torrent` files for BitTorrent programs: version 1 alone, for older programs refuse hybrids, and with no
 * peers but the address of the film over HTTP (BEP 19). Piece hashes need the plain bytes, so they are made once all of
 * a film is here, and kept: with the same name and the same pieces it is the same torrent to everybody.
 */
import { createHash } from 'node:crypto';
import { concat, type Bytes } from '../../shared/base/bytes.ts';
import { MIB } from '../../shared/base/units.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import type { Film } from '../film.ts';
import { fileNameOf } from '../http/film-headers.ts';
import { bencode } from './bencode.ts';

/** Larger films have larger pieces: some thousand of them, 20 bytes each. */
const MIN_PIECE_BYTES = MIB / 4;
const USUAL_PIECES = 2048;
/** Read and hashed at once; what the film takes in memory. */
const READ_BYTES = MIB;
/** Nobody waits for these bytes as a player would. */
const NO_HURRY_MS = 60_000;

/** Where the info of a torrent is kept. */
export interface InfoShelf {
	torrentInfo(share: ShareId): Promise<Bytes | undefined>;
	putTorrentInfo(share: ShareId, info: Bytes): Promise<boolean>;
}

/** `open`: its sharer is still hashing it. `arriving`: not all of it is here. `hashing`: it is being made. */
export type TorrentOutcome =
	| { readonly state: 'here'; readonly bytes: Bytes }
	| { readonly state: 'open' | 'arriving' | 'hashing' };

/** Of one bridge. */
export class Torrents {
	readonly #shelf: InfoShelf;
	readonly #making = new Map<ShareId, Promise<void>>();
	#turn: Promise<void> = Promise.resolve();

	constructor(shelf: InfoShelf) { this.#shelf = shelf; }

	/** @param filmUrl - where the film is over HTTP */
	async of(film: Film, filmUrl: string): Promise<TorrentOutcome> {
		if (!film.root) return { state: 'open' };
		const info = await this.#shelf.torrentInfo(film.id);
		if (info) return { state: 'here', bytes: torrentOf(info, filmUrl) };
		if (!film.isWhole()) return { state: 'arriving' };
		if (!this.#making.has(film.id)) this.#making.set(film.id, this.#make(film, film.root));
		return { state: 'hashing' };
	}

	/** Settles when the one that is being made, if so, is there or has failed. */
	async settled(share: ShareId): Promise<void> { await this.#making.get(share); }

	/** One after the other: each reads a film as fast as the disk gives it. */
	#make(film: Film, root: Bytes): Promise<void> {
		return this.#turn = this.#turn.then(async () => {
			const pieces = await piecesOf(film);
			// One that could not be read or kept is made again when somebody asks again.
			if (pieces) await this.#shelf.putTorrentInfo(film.id, infoOf(film, root, pieces));
			this.#making.delete(film.id);
		});
	}
}

/** A power of two. */
export function pieceBytesOf(size: number): number {
	return Math.max(MIN_PIECE_BYTES, 2 ** Math.ceil(Math.log2(size / USUAL_PIECES)));
}

/** SHA-1 of each piece. Undefined when the film could not be read. */
async function piecesOf({ reader }: Film): Promise<Bytes | undefined> {
	const pieceBytes = pieceBytesOf(reader.size);
	const pieces: Uint8Array[] = [];
	for (let start = 0; start < reader.size; start += pieceBytes) {
		const end = Math.min(reader.size, start + pieceBytes);
		const hash = createHash('sha1');
		for (let at = start; at < end; at += READ_BYTES) {
			const read = await reader.read(at, Math.min(READ_BYTES, end - at), NO_HURRY_MS).bytes;
			if (!read.ok) return undefined;
			hash.update(read.value);
		}
		pieces.push(hash.digest());
	}
	return concat(...pieces);
}

/** `streamlet`: the root of our own tree, over the bytes as they travel, for programs that know it. */
function infoOf(film: Film, root: Bytes, pieces: Bytes): Bytes {
	const { size } = film.reader;
	return bencode(new Map<string, number | string | Bytes | ReadonlyMap<string, Bytes>>([
		['length', size], ['name', fileNameOf(film)], ['piece length', pieceBytesOf(size)], ['pieces', pieces],
		['streamlet', new Map([['root', root]])],
	]));
}

function torrentOf(info: Bytes, filmUrl: string): Bytes {
	return bencode(new Map<string, string | { readonly encoded: Bytes }>([
		['created by', 'Streamlet'], ['info', { encoded: info }], ['url-list', filmUrl],
	]));
}
