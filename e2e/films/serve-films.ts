/** Serves test films to pages under test, by range, made when first asked for: `/films/<name>`. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import { film } from './make-films.ts';
import { type FilmName, RECIPES } from './recipes.ts';

/** A Vite plugin for test runs. */
export function serveFilms(): Plugin {
	return {
		name: 'serve-films',
		configureServer(server) {
			server.middlewares.use('/films/', (request, response, next) => {
				const name = decodeURIComponent((request.url ?? '').replace(/^\/|\?.*$/g, ''));
				if (!(name in RECIPES)) return next();
				film(name as FilmName).then((path) => send(path, request, response), next);
			});
		},
	};
}

async function send(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
	const { size } = await stat(path);
	const [, first = '0', last = `${size - 1}`] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
	const [start, end] = [Number(first), Math.min(Number(last), size - 1)];
	response.writeHead(request.headers.range ? 206 : 200, {
		'content-type': 'video/mp4',
		'content-length': end - start + 1,
		'content-range': `bytes ${start}-${end}/${size}`,
		'cache-control': 'no-store',
	});
	if (request.method === 'HEAD') response.end();
	else createReadStream(path, { start, end }).pipe(response);
}
