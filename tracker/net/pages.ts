/**
 * The built page, held in memory: a request names an entry of a map, so no path can lead anywhere else, and a running
 * tracker serves one whole build even while the next one is made.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** How bytes may be packed; the better one first. */
const CODINGS = ['br', 'gzip'] as const;
type Coding = (typeof CODINGS)[number];

/** Smaller files fit one packet as they are. */
const COMPRESS_FROM_BYTES = 1024;

const TYPES: ReadonlyMap<string, string> = new Map([
	['.html', 'text/html; charset=utf-8'], ['.js', 'text/javascript; charset=utf-8'], ['.css', 'text/css; charset=utf-8'],
	['.mjs', 'text/javascript; charset=utf-8'], ['.json', 'application/json'], ['.webmanifest', 'application/manifest+json'], ['.svg', 'image/svg+xml'],
	['.txt', 'text/plain; charset=utf-8'], ['.map', 'application/json'], ['.wasm', 'application/wasm'],
	['.png', 'image/png'], ['.jpg', 'image/jpeg'], ['.webp', 'image/webp'], ['.avif', 'image/avif'], ['.ico', 'image/x-icon'],
	['.woff2', 'font/woff2'], ['.mp4', 'video/mp4'], ['.webm', 'video/webm'], ['.vtt', 'text/vtt; charset=utf-8'],
]);
const COMPRESSIBLE = /^text\/|json$|javascript|svg|wasm/;

/** One file. */
export interface Page {
	readonly type: string;
	readonly bytes: Buffer;
	/** Its content's name, without the quotes of an ETag. */
	readonly hash: string;
	/** Its name holds its hash, so it never changes. */
	readonly isImmutable: boolean;
	readonly packed: Map<Coding, Buffer>;
}

/** A file, packed as the browser takes it. */
export interface Served { readonly bytes: Buffer; readonly etag: string; readonly coding: Coding | undefined }

/** The files by path, `/` first. */
export type Pages = ReadonlyMap<string, Page>;

/** Reads every file under `directory`. @throws when it cannot be read */
export async function loadPages(directory: string): Promise<Pages> {
	const entries = await readdir(directory, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
	const pages = new Map<string, Page>();
	for (const file of files.toSorted()) {
		const path = `/${relative(directory, file).split(sep).join('/')}`;
		pages.set(path, pageOf(path, await readFile(file)));
	}
	return pages;
}

/** Packs what is worth it, one after the other, off the thread. Until it is done the files are served as they are. */
export async function compressPages(pages: Pages): Promise<void> {
	for (const { type, bytes, packed } of pages.values()) {
		if (bytes.length < COMPRESS_FROM_BYTES || !COMPRESSIBLE.test(type)) continue;
		packed.set('gzip', await promisify(gzip)(bytes, { level: 9 }));
		const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
		packed.set('br', await promisify(brotliCompress)(bytes, { params }));
	}
}

/** The best form of `page` for a browser that sent this Accept-Encoding. */
export function pack(page: Page, acceptEncoding: string | undefined): Served {
	const coding = CODINGS.find((candidate) => page.packed.has(candidate) && accepts(acceptEncoding ?? '', candidate));
	const bytes = coding === undefined ? page.bytes : (page.packed.get(coding) ?? page.bytes);
	return { bytes, coding, etag: `"${page.hash}${coding === undefined ? '' : `-${coding}`}"` };
}

function accepts(header: string, coding: Coding): boolean {
	return header.toLowerCase().split(',').some((part) => {
		const [name, ...parameters] = part.split(';').map((piece) => piece.trim());
		return name === coding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
	});
}

function pageOf(path: string, bytes: Buffer): Page {
	return {
		bytes, type: TYPES.get(extname(path)) ?? 'application/octet-stream',
		hash: createHash('sha256').update(bytes).digest('base64url').slice(0, 22),
		isImmutable: /^\/assets\/.+-[\w-]{8}\.\w+$/.test(path), packed: new Map(),
	};
}
