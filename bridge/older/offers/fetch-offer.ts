/**
 * Fetches a film that a peer of the second older system offers, by that system's own protocol: one request, one answer,
 * `ACK`, then all bytes. The peer proves nothing: everything it says is bounded, and its id is held against its bytes.
 */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { fail, ok, type Result } from '../../../shared/base/result.ts';
import { SECOND, type Ms } from '../../../shared/base/units.ts';
import { buildIndex } from '../../../shared/media/index-builder.ts';
import { MAX_SHARE_BYTES } from '../../../shared/protocol/limits.ts';
import { DiskFilm } from '../../share/disk-film.ts';
import { hearObject } from '../hear.ts';
import type { Offer } from '../registry.ts';
import { HASHED_BYTES, videoIdOf } from '../video-id.ts';

/** A peer that sends nothing for so long is stuck. */
const STUCK_AFTER: Ms = 20 * SECOND;

/** A film has this long, and longer by its size: slower than any network it was made for is not meant to end. */
const AT_LEAST: Ms = 60 * SECOND;
const SLOWEST_BYTES_PER_MS = 512;

/** What an MP4 or MOV begins with. */
const HEAD_BYTES = 8;
const FIRST_BOXES = new Set(['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot']);

/**
 * Why there is no film. `away`: not reached, stuck, or gone too soon. `refused`: it does not have it after all.
 * `lying`: it sent something else. `no-film`: nothing that a browser plays. `no-room`: too large, or not now.
 */
export type OfferFault = 'away' | 'refused' | 'lying' | 'no-film' | 'no-room';

/** Where it goes. `hasRoom`: asked once its size is known, before a byte comes. `signal`: it is wanted no more. */
export interface Draft {
	readonly path: string;
	readonly hasRoom: (bytes: number) => Promise<boolean>;
	readonly signal?: AbortSignal;
}

/** A film that was fetched: what its peer calls it, and how many bytes it has. */
export interface FetchedOffer { readonly name: string; readonly bytes: number }

/** What a peer answers that sends a film. */
interface Answer { readonly name: string; readonly size: number }

/** Fetches it to a file, which is whole, and a film, when this succeeds. */
export async function fetchOffer(offer: Offer, draft: Draft): Promise<Result<FetchedOffer, OfferFault>> {
	const socket = connect({ host: offer.host, port: offer.port, ...(draft.signal && { signal: draft.signal }) });
	socket.on('error', () => {}); // 'close' always follows it
	socket.setTimeout(STUCK_AFTER, () => socket.destroy());
	try {
		socket.write(JSON.stringify({ type: 'DOWNLOAD_VIDEO', video_id: offer.videoId }));
		const answer = answerIn(await hearObject(socket));
		if (!answer.ok) return answer;
		const { name, size } = answer.value;
		if (size > MAX_SHARE_BYTES || !await draft.hasRoom(size)) return fail('no-room');
		const cancel = endAfter(socket, AT_LEAST + size / SLOWEST_BYTES_PER_MS);
		socket.write('ACK');
		const saved = await save(socket, { videoId: offer.videoId, size, path: draft.path });
		cancel();
		if (!saved.ok) return saved;
		return await isPlayable(draft.path) ? ok({ name, bytes: size }) : fail('no-film');
	} finally {
		socket.destroy();
	}
}

function answerIn(said: Readonly<Record<string, unknown>> | undefined): Result<Answer, OfferFault> {
	if (!said) return fail('away');
	const { status, size, name } = said;
	if (status !== 'success') return fail('refused');
	if (typeof size !== 'number' || !Number.isSafeInteger(size) || size <= 0) return fail('lying');
	return ok({ size, name: typeof name === 'string' ? name : '' });
}

function endAfter(socket: Socket, span: Ms): () => void {
	const timer = setTimeout(() => socket.destroy(), span);
	return () => clearTimeout(timer);
}

interface Saving { readonly videoId: string; readonly size: number; readonly path: string }

async function save(socket: Socket, saving: Saving): Promise<Result<void, OfferFault>> {
	const file = await open(saving.path, 'wx').catch(() => undefined);
	if (!file) return fail('no-room');
	try {
		return await saveTo(file, socket, saving);
	} finally {
		await file.close();
	}
}

async function saveTo(file: FileHandle, socket: Socket, { videoId, size }: Saving): Promise<Result<void, OfferFault>> {
	const hash = createHash('md5');
	const beginning = Math.min(HASHED_BYTES, size);
	let [got, head] = [0, Buffer.alloc(0)];
	try {
		for await (const piece of socket as AsyncIterable<Buffer>) {
			if (got + piece.length > size) return fail('lying');
			if (head.length < HEAD_BYTES) head = Buffer.concat([head, piece]).subarray(0, HEAD_BYTES);
			if (head.length === HEAD_BYTES && !FIRST_BOXES.has(head.toString('latin1', 4))) return fail('no-film');
			if (got < beginning) hash.update(piece.subarray(0, beginning - got));
			const isKnown = got < beginning && got + piece.length >= beginning;
			if (isKnown && videoIdOf(hash) !== videoId) return fail('lying');
			if (!await isWritten(file, piece)) return fail('no-room');
			got += piece.length;
			if (got === size) break;
		}
	} catch {
		return fail('away'); // the connection broke
	}
	return got === size ? ok(undefined) : fail('away');
}

function isWritten(file: FileHandle, piece: Buffer): Promise<boolean> {
	return file.writeFile(piece).then(() => true, () => false);
}

/** Whether there is a picture in it that some browser shows. */
async function isPlayable(path: string): Promise<boolean> {
	const film = await DiskFilm.open(path);
	if (!film.ok) return false;
	const index = await buildIndex(film.value.reader);
	await film.value.close();
	return index.ok && index.value.film.tracks.some(({ kind, init }) => kind === 'video' && init.length > 0);
}
