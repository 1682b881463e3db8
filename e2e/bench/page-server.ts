/** Serves a handful of files on loopback, cacheable, as the pages of rivals and of the raw limit need it. */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript' };

/** Files by their path in the URL. */
export interface PageServer { readonly url: string; readonly close: () => Promise<void> }

/** @param files - URL path to file */
export async function servePages(files: Readonly<Record<string, string>>): Promise<PageServer> {
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
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}`, close: () => stop(server) };
}

async function stop(server: Server): Promise<void> {
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
}
