/** Films over HTTP, for players and for saving: VLC, mpv, a television, curl. Works while a film is still arriving. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { SECOND, type Ms } from '../../shared/base/units.ts';
import { parseShareId, type ShareId } from '../../shared/protocol/ids.ts';
import type { Film, FilmOutcome } from '../film.ts';
import { answerFor } from './answer.ts';
import type { TorrentOutcome } from '../torrent/torrents.ts';
import { torrentHeaders, type Purpose } from './film-headers.ts';
import { pour } from './pour.ts';

/** Where films come from. */
export interface FilmShelf {
	/** What there is of a share now, or after a while, if nobody who has it was met yet. */
	find(id: ShareId): Promise<FilmOutcome>;
	/** The film as a torrent that names `filmUrl`, made if need be. */
	torrent(film: Film, filmUrl: string): Promise<TorrentOutcome>;
	/** Somebody is being sent the film, until the return value is called. */
	use(id: ShareId): () => void;
	/** What `/healthz` tells beside the status. */
	health(): Readonly<Record<string, number>>;
}

/** Connections at once; each has two megabytes of a film under way at most. */
const MAX_CONNECTIONS = 512;

/** A player that pauses reads nothing for a while, and asks again when its connection is gone. */
const SILENT_AFTER: Ms = 300 * SECOND;

/** Headers that arrive slower than this are nobody's. */
const HEADERS_WITHIN: Ms = 10 * SECOND;

const PATH = /^\/(watch|download|torrent)\/([^/?#]+)\/?(?:\?.*)?$/;

/** A name or address with its port, as a client may call this server. */
const HOST = /^[\w.:[\]-]{1,255}$/;

const REFUSALS = {
	unlisted: [404, 'There is no such film here.'],
	unasked: [503, 'The tracker, which knows what is listed, cannot be asked just now. Try again.'],
	busy: [503, 'As many listed films are served here as may be. Try again later.'],
	unknown: [503, 'Nobody who has this film is online. Try again when somebody has it open.'],
	stopped: [410, 'This film is no longer shared.'],
	'wrong-key': [404, 'The link that this bridge was given does not open this film.'],
} as const satisfies Record<Exclude<FilmOutcome['state'], 'here'>, readonly [number, string]>;

const NO_TORRENT = {
	open: [503, 60, 'Whoever shares this film has not hashed all of it yet, which a torrent needs. Try again later.'],
	arriving: [503, 10, 'The film is still arriving here. Its torrent can be made once all of it is here. Try again.'],
	hashing: [202, 3, 'The torrent is being made. Try again in a moment.'],
} as const satisfies Record<Exclude<TorrentOutcome['state'], 'here'>, readonly [number, number, string]>;

/**
 * The server, not listening yet.
 *
 * @param publicUrl - where it is for the outside, if that is not what clients call it
 */
export function makeHttpFace(shelf: FilmShelf, publicUrl?: string): Server {
	const limits = { headersTimeout: HEADERS_WITHIN, requestTimeout: 2 * HEADERS_WITHIN };
	const server = createServer(limits, (request, response) => {
		response.on('error', () => {}); // the client is gone; 'close' follows
		void answer(shelf, { request, publicUrl }, response);
	});
	server.maxConnections = MAX_CONNECTIONS;
	server.timeout = SILENT_AFTER;
	return server;
}

/** A request, and where this server is for the outside. */
interface Asked { readonly request: IncomingMessage; readonly publicUrl: string | undefined }

async function answer(shelf: FilmShelf, asked: Asked, response: ServerResponse): Promise<void> {
	const { request } = asked;
	if (request.method !== 'GET' && request.method !== 'HEAD') {
		response.setHeader('allow', 'GET, HEAD');
		return say(response, 405, 'This address can only be read.');
	}
	if (request.url === '/healthz') return sayHealth(shelf, response);
	const [, purpose, name = ''] = PATH.exec(request.url ?? '') ?? [];
	const id = parseShareId(purpose === 'torrent' ? name.replace(/\.torrent$/, '') : name);
	if (!id || purpose === undefined) return say(response, 404, 'There is nothing here.');
	const outcome = await shelf.find(id);
	if (outcome.state === 'here') {
		const { film } = outcome;
		if (purpose === 'watch' || purpose === 'download') return send(shelf, { film, purpose, request }, response);
		return sendTorrent(shelf, { ...asked, film }, response);
	}
	const [status, words] = REFUSALS[outcome.state];
	if (status === 503) response.setHeader('retry-after', '5');
	say(response, status, words);
}

async function send(
	shelf: FilmShelf, asked: { readonly film: Film; readonly purpose: Purpose; readonly request: IncomingMessage },
	response: ServerResponse,
): Promise<void> {
	const { film, purpose, request } = asked;
	const { status, headers, body } = answerFor(film, purpose, request.headers);
	response.writeHead(status, headers);
	if (!body || request.method === 'HEAD' || response.destroyed) return void response.end();
	response.flushHeaders(); // a player reads them while the first bytes are on their way
	const release = shelf.use(film.id);
	await pour(film, body, response);
	release();
}

async function sendTorrent(
	shelf: FilmShelf, { film, request, publicUrl }: Asked & { readonly film: Film }, response: ServerResponse,
): Promise<void> {
	const host = request.headers.host ?? '';
	if (publicUrl === undefined && !HOST.test(host)) return say(response, 400, 'The request does not name this server.');
	const base = publicUrl?.replace(/\/$/, '') ?? `http://${host}`;
	const torrent = await shelf.torrent(film, `${base}/download/${film.id}`);
	if (torrent.state !== 'here') {
		const [status, seconds, words] = NO_TORRENT[torrent.state];
		response.setHeader('retry-after', String(seconds));
		return say(response, status, words);
	}
	response.writeHead(200, { ...torrentHeaders(film), 'content-length': String(torrent.bytes.length) });
	response.end(request.method === 'HEAD' ? undefined : torrent.bytes);
}

function sayHealth(shelf: FilmShelf, response: ServerResponse): void {
	response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
	response.end(JSON.stringify({ status: 'ok', ...shelf.health() }));
}

function say(response: ServerResponse, status: number, words: string): void {
	response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
	response.end(`${words}\n`);
}
