import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTracker, type RunningTracker } from '../main.ts';

const INDEX = `<!doctype html><title>Streamlet</title>${'<p>film</p>'.repeat(200)}`;
const SCRIPT = `export const film = 1;${'//'.repeat(2_000)}`;
let directory = '';
let tracker: RunningTracker;

beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'streamlet-pages-'));
	const web = join(directory, 'web');
	await mkdir(join(web, 'assets'), { recursive: true });
	await writeFile(join(web, 'index.html'), INDEX);
	await writeFile(join(web, 'assets', 'main-Ab_d-123.js'), SCRIPT);
	await writeFile(join(web, 'assets', 'sample.mp4'), Buffer.alloc(5_000));
	await writeFile(join(web, 'icon.svg'), '<svg/>');
	await writeFile(join(directory, 'secret.txt'), 'a secret');
	tracker = await startTracker({ port: 0, host: '127.0.0.1', dataDir: undefined, webDir: web });
	const isPacked = async () => (await get('/', { 'accept-encoding': 'br' })).headers['content-encoding'] === 'br';
	await vi.waitUntil(isPacked); // the index is the last that is packed
});
afterAll(async () => {
	await tracker.close();
	await rm(directory, { recursive: true });
});

interface Answer { readonly status: number | undefined; readonly headers: IncomingMessage['headers']; readonly body: Buffer }

/** Asks for a path exactly as it is spelt. */
function get(path: string, headers: OutgoingHttpHeaders = {}, method = 'GET'): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const asked = request({ host: '127.0.0.1', port: tracker.port, path, headers, method, agent: false }, (answer) => {
			const parts: Buffer[] = [];
			answer.on('data', (part: Buffer) => parts.push(part));
			answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
		});
		asked.on('error', reject).end();
	});
}

test.each(['/', '/?x=1', '/w/AAAAAAAAAAAAAAAAAAAAAA', '/w/cut-sho', '/w/%zz', '/w/', '/w', '/bench', '/index.html'])(
	'%s is the page, asked about every time', async (path) => {
		const { status, headers, body } = await get(path);
		expect([status, headers['cache-control'], headers['content-type'], body.toString()])
			.toEqual([200, 'no-cache', 'text/html; charset=utf-8', INDEX]);
	});

test('a file named by its hash is kept for good', async () => {
	const { headers } = await get('/assets/main-Ab_d-123.js');
	expect(headers).toMatchObject({
		'cache-control': 'public, max-age=31536000, immutable', 'content-type': 'text/javascript; charset=utf-8',
	});
	expect((await get('/assets/sample.mp4')).headers).toMatchObject({ 'cache-control': 'no-cache', 'content-type': 'video/mp4' });
});

test.each([
	['br, gzip', 'br'], ['gzip, deflate', 'gzip'], ['gzip;q=1.0, br;q=0', 'gzip'], ['BR', 'br'], ['identity', undefined],
	['br;q=0.0', undefined], ['brotli', undefined],
])('a browser that takes %s gets %s', async (accept, coding) => {
	const { headers, body } = await get('/assets/main-Ab_d-123.js', { 'accept-encoding': accept });
	const unpack = { br: brotliDecompressSync, gzip: gunzipSync }[coding ?? ''] ?? ((bytes: Buffer) => bytes);
	expect(headers['content-encoding']).toBe(coding);
	expect(headers.vary).toBe('accept-encoding');
	expect(unpack(body).toString()).toBe(SCRIPT);
});

test('what does not get smaller is sent as it is', async () => {
	for (const path of ['/assets/sample.mp4', '/icon.svg']) {
		expect((await get(path, { 'accept-encoding': 'br, gzip' })).headers['content-encoding']).toBeUndefined();
	}
});

test('what the browser has is not sent again, and each packing has a name of its own', async () => {
	const plain = await get('/');
	const packed = await get('/', { 'accept-encoding': 'br' });
	expect(packed.headers.etag).not.toBe(plain.headers.etag);
	for (const tag of [packed.headers.etag, `"other", W/${packed.headers.etag ?? ''}`]) {
		const again = await get('/', { 'accept-encoding': 'br', 'if-none-match': tag });
		expect([again.status, again.body.length, again.headers['content-security-policy']]).toEqual([304, 0, expect.any(String)]);
	}
	expect((await get('/', { 'if-none-match': packed.headers.etag })).status).toBe(200);
});

test('HEAD tells the same without the body', async () => {
	for (const path of ['/', '/assets/main-Ab_d-123.js', '/healthz', '/nowhere']) {
		const [head, whole] = [await get(path, {}, 'HEAD'), await get(path)];
		expect([head.status, head.body.length]).toEqual([whole.status, 0]);
		expect(head.headers['content-type']).toBe(whole.headers['content-type']);
		if (path !== '/healthz') expect(head.headers['content-length']).toBe(whole.headers['content-length']);
	}
});

test.each([
	'/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/assets/../../secret.txt', '/..\\secret.txt', '//secret.txt',
	'/assets', '/assets/', '/nowhere', '/w/a/b', '/__proto__', '/constructor', '/%00', '/index.html%00.js',
])('%s leads nowhere', async (path) => {
	const { status, body } = await get(path);
	expect([400, 404]).toContain(status);
	expect(body.toString()).not.toContain('a secret');
});

test('nothing here: a page for people, a line for programs', async () => {
	const page = await get('/nowhere', { accept: 'text/html,*/*' });
	expect([page.status, page.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
	expect(page.body.toString()).toContain('<h1>There is nothing here</h1>');
	expect((await get('/nowhere')).headers['content-type']).toBe('text/plain; charset=utf-8');
});

test('other methods find nothing, and their bodies are bounded', async () => {
	for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect((await get('/', {}, method)).status).toBe(404);
	const post = await fetch(`http://127.0.0.1:${tracker.port}/`, { method: 'POST', body: 'x'.repeat(100_000) });
	expect(post.status).toBeGreaterThanOrEqual(400);
});

test('a page may load only what is ours, and connect to any tracker', async () => {
	const policy = (await get('/')).headers['content-security-policy'];
	expect(policy).toBe("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
		"connect-src 'self' ws: wss:; img-src 'self' blob: data:; media-src 'self' blob:; worker-src 'self' blob:; " +
		"font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
});

test.each(['/', '/assets/main-Ab_d-123.js', '/nowhere', '/healthz', '/%zz', '/metrics'])('%s comes with all headers of caution', async (path) => {
	expect((await get(path)).headers).toMatchObject({
		'content-security-policy': expect.stringContaining("default-src 'none'") as string, 'referrer-policy': 'no-referrer',
		'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin',
		'permissions-policy': expect.stringContaining('camera=()') as string,
	});
});

test('COOP only where browsers heed it, HSTS nowhere', async () => {
	const hosts = { 'localhost:1': true, '192.168.1.2:8000': false, 'films.example': false, '][%00': false };
	for (const [host, isSecure] of Object.entries(hosts)) {
		const { status, headers } = await get('/', { host });
		expect([host, status, 'cross-origin-opener-policy' in headers]).toEqual([host, 200, isSecure]);
		expect(headers).not.toHaveProperty('strict-transport-security');
	}
});

test('healthz says that it is well', async () => {
	const { status, headers, body } = await get('/healthz');
	expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
	expect(JSON.parse(body.toString())).toEqual({ status: 'ok', protocol: 1, connections: 0, peers: 0, swarms: 0 });
});

test('metrics are what Prometheus reads', async () => {
	const { headers, body } = await get('/metrics');
	expect(headers['content-type']).toContain('text/plain; version=0.0.4');
	for (const name of ['connections', 'peers', 'swarms', 'descriptors', 'event_loop_lag_seconds']) {
		expect(body.toString()).toMatch(new RegExp(`^streamlet_${name} [\\d.e+-]+$`, 'm'));
	}
});

test('the socket is for sockets', async () => {
	expect((await get('/ws')).status).toBe(426);
});

test('without a page a tracker says so, and tracks', async () => {
	const bare = await startTracker({ port: 0, host: '127.0.0.1', dataDir: undefined });
	const answers = await Promise.all(['/', '/w/x', '/healthz', '/x'].map((path) => fetch(`http://127.0.0.1:${bare.port}${path}`)));
	expect(answers.map(({ status }) => status)).toEqual([503, 503, 200, 404]);
	await bare.close();
});
