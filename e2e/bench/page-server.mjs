/** Serves a handful of files on this machine, cacheable, as the pages of rivals and of the raw limit need it. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';

/** @type {Readonly<Record<string, string>>} */
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript' };

/**
 * Files by their path in the URL.
 * @typedef {{ readonly url: string, readonly close: () => Promise<void> }} PageServer
 */

/**
 * @param {Readonly<Record<string, string>>} files - URL path to file
 * @param {string} [host] - address to listen on
 * @returns {Promise<PageServer>}
 */
export async function servePages(files, host = '127.0.0.1') {
	const server = createServer((request, response) => {
		const path = new URL(request.url ?? '/', 'http://localhost').pathname;
		const file = files[path];
		if (file === undefined) {
			response.writeHead(404).end();
			return;
		}
		void readFile(file).then((bytes) => {
			response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'cache-control': 'max-age=3600' });
			response.end(bytes);
		});
	});
	await new Promise((resolve) => { server.listen(0, host, () => resolve(undefined)); });
	const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
	return { url: `http://${host}:${port}`, close: () => stop(server) };
}

/** @param {import('node:http').Server} server */
async function stop(server) {
	server.closeAllConnections();
	await new Promise((resolve) => { server.close(resolve); });
}
