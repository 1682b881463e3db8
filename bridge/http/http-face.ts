/** Films over HTTP, for players and for saving: VLC, mpv, a television, curl. Works while a film is still arriving. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { SECOND, type Ms } from '../../shared/base/units.ts';
import { parseShareId, type ShareId } from '../../shared/protocol/ids.ts';
import type { Film, FilmOutcome } from '../film.ts';
import { answerFor } from './answer.ts';
import type { Purpose } from './film-headers.ts';
import { pour } from './pour.ts';

/** Where films come from. */
export interface FilmShelf {
	/** What there is of a share now, or after a while, if nobody who has it was met yet. */
	find(id: ShareId): Promise<FilmOutcome>;
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

const PATH = /^\/(watch|download)\/([^/?#]+)\/?(?:\?.*)?$/;

const REFUSALS = {
	unlisted: [404, 'There is no such film here.'],
	unasked: [503, 'The tracker, which knows what is listed, cannot be asked just now. Try again.'],
	busy: [503, 'As many listed films are served here as may be. Try again later.'],
	unknown: [503, 'Nobody who has this film is online. Try again when somebody has it open.'],
	stopped: [410, 'This film is no longer shared.'],
	'wrong-key': [404, 'The link that this bridge was given does not open this film.'],
} as const satisfies Record<Exclude<FilmOutcome['state'], 'here'>, readonly [number, string]>;

/** The server, not listening yet. */
export function makeHttpFace(shelf: FilmShelf): Server {
	const limits = { headersTimeout: HEADERS_WITHIN, requestTimeout: 2 * HEADERS_WITHIN };
	const server = createServer(limits, (request, response) => {
		response.on('error', () => {}); // the client is gone; 'close' follows
		void answer(shelf, request, response);
	});
	server.maxConnections = MAX_CONNECTIONS;
	server.timeout = SILENT_AFTER;
	return server;
}

async function answer(shelf: FilmShelf, request: IncomingMessage, response: ServerResponse): Promise<void> {
	if (request.method !== 'GET' && request.method !== 'HEAD') {
		response.setHeader('allow', 'GET, HEAD');
		return say(response, 405, 'This address can only be read.');
	}
	if (request.url === '/healthz') return sayHealth(shelf, response);
	const [, purpose, name = ''] = PATH.exec(request.url ?? '') ?? [];
	const id = parseShareId(name);
	if (!id || (purpose !== 'watch' && purpose !== 'download')) return say(response, 404, 'There is nothing here.');
	const outcome = await shelf.find(id);
	if (outcome.state === 'here') return send(shelf, { film: outcome.film, purpose, request }, response);
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

function sayHealth(shelf: FilmShelf, response: ServerResponse): void {
	response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
	response.end(JSON.stringify({ status: 'ok', ...shelf.health() }));
}

function say(response: ServerResponse, status: number, words: string): void {
	response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
	response.end(`${words}\n`);
}
