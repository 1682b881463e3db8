/** What a tracker answers over HTTP: the page, whether it is well, and its figures. */
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { TRACKER_VERSION } from '../../shared/protocol/tracker-message.ts';
import { isLocalhost, securityHeaders } from './headers.ts';
import type { Metrics } from './metrics.ts';
import { pack, type Page, type Pages } from './pages.ts';
import { hostOf, isEncrypted } from './requester.ts';
import { SOCKET_PATH } from './upgrade.ts';

/** What the HTTP side needs. */
export interface HttpParts {
	/** The built page; undefined where a development server shows it. */
	readonly pages: Pages | undefined;
	readonly metrics: Metrics;
	readonly proxyHops: number;
	/** What `/healthz` tells beside the status. */
	readonly health: () => Readonly<Record<string, number>>;
}

/** Slow senders of headers and bodies are cut; nobody has a body to send. */
const TIMEOUTS = {
	requestTimeout: 15_000, keepAliveTimeout: 20_000, bodyLimit: 1024,
	http: { headersTimeout: 10_000, connectionsCheckingInterval: 5_000, maxHeaderSize: 16 * 1024 },
} as const;

/** Links that are cut short or spelt wrong get the page too: it tells what is wrong with them. */
const PAGE_PATHS = /^\/(w(\/[^/]*)?|(catalogue|bench)\/?)?$/;

const NOT_FOUND = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Not found · Streamlet</title><style>body{font:1.1rem/1.5 system-ui;margin:20vh auto;max-width:32rem;padding:0 1rem}
@media(prefers-color-scheme:dark){body{background:#111;color:#eee}a{color:#9cf}}</style>
<h1>There is nothing here</h1><p>A link to a film begins with <code>/w/</code>. <a href="/">Share one of your own</a></p></html>
`;

/** The HTTP server, not listening yet. */
export function makeHttp(parts: HttpParts): FastifyInstance {
	const app = fastify({
		...TIMEOUTS, logger: false, forceCloseConnections: true,
		// A path that cannot be decoded comes here, past the hook; it is looked up as it is spelt, like any other.
		frameworkErrors: (_error, request, reply) =>
			void servePage(parts, request, reply.headers(headersFor(parts, request))),
	});
	app.addHook('onRequest', async (request, reply) => void reply.headers(headersFor(parts, request)));
	app.get('/healthz', (_request, reply) =>
		reply.header('cache-control', 'no-store').send({ status: 'ok', protocol: TRACKER_VERSION, ...parts.health() }));
	app.get('/metrics', async (_request, reply) =>
		reply.header('cache-control', 'no-store').type(parts.metrics.registry.contentType).send(await parts.metrics.text()));
	app.get(SOCKET_PATH, (_request, reply) =>
		reply.code(426).header('upgrade', 'websocket').type('text/plain').send('This is for WebSockets.\n'));
	app.get('/*', (request, reply) => servePage(parts, request, reply));
	app.setNotFoundHandler((request, reply) => notFound(request, reply));
	app.setErrorHandler((_error, _request, reply) =>
		reply.code(400).type('text/plain; charset=utf-8').send('This request makes no sense.\n'));
	return app;
}

function servePage({ pages }: HttpParts, request: FastifyRequest, reply: FastifyReply): FastifyReply {
	const path = request.url.split('?', 1)[0] ?? '/';
	const isIndex = PAGE_PATHS.test(path);
	const page = pages?.get(isIndex ? '/index.html' : path);
	if (page) return sendPage(page, request, reply);
	if (!isIndex) return notFound(request, reply);
	return reply.code(503).type('text/plain; charset=utf-8').send('The page is not built. "npm start" builds it.\n');
}

function sendPage(page: Page, request: FastifyRequest, reply: FastifyReply): FastifyReply {
	const { bytes, etag, coding } = pack(page, request.headers['accept-encoding']?.toString());
	reply.headers({ etag, vary: 'accept-encoding', 'cache-control': page.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache' });
	if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();
	if (coding) reply.header('content-encoding', coding);
	return reply.type(page.type).send(bytes);
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
	return ifNoneMatch?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag) ?? false;
}

/** A page for people, a line for programs. */
function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
	const isForPeople = request.headers.accept?.includes('text/html') ?? false;
	reply.code(404).header('cache-control', 'no-store');
	return isForPeople
		? reply.type('text/html; charset=utf-8').send(NOT_FOUND)
		: reply.type('text/plain; charset=utf-8').send('There is nothing here.\n');
}

function headersFor({ proxyHops }: HttpParts, request: FastifyRequest): Readonly<Record<string, string>> {
	return securityHeaders(isEncrypted(request.raw, proxyHops) || isLocalhost(hostOf(request.raw, proxyHops)));
}
