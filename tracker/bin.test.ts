import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Client } from './testkit/client.ts';

const ROOT = join(import.meta.dirname, '..');
// Inside the tree, so that what is built finds its packages.
const built = join(ROOT, 'dist', `test-${process.pid}`);
const folder = mkdtempSync(join(tmpdir(), 'streamlet-bin-'));
const children: ChildProcess[] = [];

beforeAll(async () => {
	const configFile = join(ROOT, 'vite.config.ts');
	await build({ configFile, root: ROOT, logLevel: 'error', build: { ssr: true, outDir: built } });
	mkdirSync(join(folder, 'web'));
	writeFileSync(join(folder, 'web', 'index.html'), 'the page');
}, 60_000);
afterEach(() => { for (const child of children.splice(0)) child.kill('SIGKILL'); });
afterAll(() => { for (const path of [built, folder]) rmSync(path, { recursive: true, force: true }); });

/** The program, as `npm start` runs it. */
function start(env: Record<string, string>) {
	const script = `import(${JSON.stringify(join(built, 'tracker.js'))}).then(({ run }) => run(${JSON.stringify(join(folder, 'web'))}))`;
	const child = spawn(process.execPath, ['-e', script], {
		env: { PATH: process.env['PATH'], DATA_DIR: join(folder, 'data'), HOST: '127.0.0.1', ...env }, stdio: ['ignore', 'pipe', 'pipe'],
	});
	children.push(child);
	const said = { text: '' };
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => { said.text += text.toString(); });
	const ended = once(child, 'close').then(([code]) => code as number | null);
	return { child, said, ended };
}

async function portOf(said: { text: string }): Promise<number> {
	await expect.poll(() => said.text, { timeout: 10_000 }).toMatch(/http:\/\/127\.0\.0\.1:\d+\//);
	return Number(/127\.0\.0\.1:(\d+)/.exec(said.text)?.[1]);
}

test.each(['SIGTERM', 'SIGINT'] as const)('it greets, serves, and on %s says goodbye and ends well', async (signal) => {
	const { child, said, ended } = start({ PORT: '0' });
	const port = await portOf(said);
	expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('the page');
	expect(readdirSync(join(folder, 'data'))).toContain('tracker.db');
	const client = await Client.to(port);
	child.kill(signal);
	expect(await client.next()).toMatchObject({ code: 'shutting-down' });
	expect(await ended).toBe(0);
}, 20_000);

test('a port that was asked for and is taken is an error in words', async () => {
	const first = start({ PORT: '0' });
	const port = await portOf(first.said);
	const second = start({ PORT: String(port) });
	expect(await second.ended).toBe(1);
	expect(second.said.text).toContain(`Streamlet cannot start: Port ${port} is taken by another program.`);
}, 20_000);

test('nonsense in the environment is an error in words', async () => {
	const { said, ended } = start({ PORT: 'http', ICE_SERVERS: '{' });
	expect(await ended).toBe(1);
	expect(said.text).toContain('Streamlet cannot start: PORT must be a whole number');
	expect(said.text).toContain('ICE_SERVERS must be JSON');
}, 20_000);

test('a data folder that cannot be is an error in words', async () => {
	const { said, ended } = start({ PORT: '0', DATA_DIR: join(folder, 'web', 'index.html') });
	expect(await ended).toBe(1);
	expect(said.text).toMatch(/The database .*tracker\.db cannot be opened .* Choose another DATA_DIR/);
}, 20_000);
