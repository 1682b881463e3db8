/**
 * The three conversations of the older systems' programs, unchanged: a file by its name, a tracker that is asked one
 * thing at a time, and a peer that lists and hands out films. Nothing in them is encrypted, checked or proved.
 */
import type { Socket } from 'node:net';
import { SECOND, type Ms } from '../../shared/base/units.ts';
import { pour } from '../http/pour.ts';
import { fitting, hear, hearObject } from './hear.ts';
import type { OlderRegistry } from './registry.ts';
import type { NamedFilm, OlderFilm, OlderShelf } from './shelf.ts';

/** A connection on which nothing moves for this long is nobody's. */
const STUCK_AFTER: Ms = 60 * SECOND;

/** Bytes of a file's name as the first system reads it. */
const MAX_NAME_BYTES = 1024;

/** Letters of a title that fit an answer. */
const MAX_TITLE_LETTERS = 100;

/** How we are called among the second system's peers. */
const PEER_ID = 'streamlet';

/** What the faces are made of. */
export interface OlderFacesInit {
	readonly shelf: OlderShelf;
	readonly registry: OlderRegistry;
	/** Where our peer face listens. */
	readonly peerPort: () => number;
}

/** A conversation over one connection. */
export type Conversation = (socket: Socket) => Promise<void>;

/** The conversations, by who speaks them. */
export function olderFaces({ shelf, registry, peerPort }: OlderFacesInit): Record<'transfer' | 'tracker' | 'peer', Conversation> {
	const send = async (socket: Socket, named: NamedFilm): Promise<void> => {
		const ack = await hear(socket, { mostBytes: MAX_NAME_BYTES, isWhole: (bytes) => bytes.length >= 3 });
		if (ack?.subarray(0, 3).toString() !== 'ACK') return void socket.destroy();
		const opened = await shelf.open(named);
		if (opened?.film.reader.size !== named.size) { // it was told as another, or nobody is there who has it
			opened?.release();
			return void socket.destroy();
		}
		socket.setTimeout(STUCK_AFTER, () => socket.destroy());
		await pour(opened.film, { from: 0, to: named.size }, socket);
		opened.release();
	};
	return {
		transfer: async (socket) => {
			const name = (await hear(socket, { mostBytes: MAX_NAME_BYTES, isWhole: () => true }))?.toString('utf8').trim();
			if (name === undefined) return void socket.destroy();
			const found = shelf.byFileName(name);
			if (!found) return void socket.end(`ERROR: File ${name} not found`);
			socket.write(String(found.size));
			await send(socket, found);
		},
		tracker: async (socket) => {
			const request = await hearObject(socket);
			if (!request) return void socket.end(JSON.stringify({ status: 'error', message: 'This is no JSON object' }));
			const us = { peer_id: PEER_ID, host: plainAddress(socket.localAddress), port: peerPort() };
			const ourVideos = (await shelf.all()).map(({ videoId }) => videoId);
			socket.end(registry.answer(request, { address: plainAddress(socket.remoteAddress), us, ourVideos }));
		},
		peer: async (socket) => {
			const request = await hearObject(socket);
			if (request?.type === 'LIST_VIDEOS') {
				const videos = (await shelf.all()).map(entryOf);
				return void socket.end(fitting(videos, (some) => ({ status: 'success', videos: some })));
			}
			const found = request && await shelf.byVideoId(request.video_id);
			if (request?.type === 'GET_VIDEO_INFO') {
				const answer = found ? { status: 'success', video_info: entryOf(found) } : { status: 'not_found', video_info: {} };
				return void socket.end(JSON.stringify(answer));
			}
			if (request?.type !== 'DOWNLOAD_VIDEO') return void socket.destroy();
			if (!found) return void socket.end(JSON.stringify({ status: 'not_found' }));
			const { name, size } = entryOf(found);
			socket.write(JSON.stringify({ status: 'success', size, name }));
			await send(socket, found);
		},
	};
}

function entryOf({ title, size, videoId }: OlderFilm) {
	return { id: videoId, name: Array.from(title).slice(0, MAX_TITLE_LETTERS).join(''), description: '', size };
}

/** Without the prefix of IPv4 in IPv6, which they do not know. */
export function plainAddress(address = ''): string { return address.replace(/^::ffff:(?=\d+\.)/i, ''); }
