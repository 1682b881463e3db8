/** A bridge beside browsers: it takes part in a swarm, and hands films to programs that know nothing of swarms. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect } from '@playwright/test';
import { BridgeProcess } from './bridge-process.ts';
import { film } from './films/make-films.ts';
import { test } from './fixtures.ts';

const run = promisify(execFile);

/** What curl gets. */
async function curl(...args: readonly string[]): Promise<Buffer> {
	const { stdout } = await run('curl', ['-sS', '--fail', ...args], { encoding: 'buffer', maxBuffer: 2 ** 30 });
	return stdout;
}

function idOf(link: string): string { return /\/w\/([\w-]{22})/.exec(link)?.[1] ?? ''; }

test('a bridge fetches what a page shares; curl and ffprobe read it; it feeds a viewer when the sharer is gone', async ({ person, server }) => {
	const path = await film('minute-720p');
	const sharer = await person();
	const link = await sharer.share(path);
	const bridge = await BridgeProcess.start(server, link);
	try {
		const file = await readFile(path);
		const url = `${bridge.url}/download/${idOf(link)}`;
		expect((await curl(url)).equals(file)).toBe(true);
		expect((await curl('-r', '1000000-1999999', url)).equals(file.subarray(1_000_000, 2_000_000))).toBe(true);
		expect((await curl('-I', url)).toString()).toMatch(/^HTTP\/1\.1 200 OK[^]*accept-ranges: bytes[^]*content-type: video\/mp4/i);
		const entries = 'format=duration:stream=codec_name';
		const watch = `${bridge.url}/watch/${idOf(link)}`;
		const probed = await run('ffprobe', ['-v', 'error', '-show_entries', entries, '-of', 'csv', watch]);
		expect(probed.stdout).toMatch(/stream,h264[^]*format,6\d\./);
		await expect(sharer.page.getByText(/safe to close/i)).toBeVisible({ timeout: 30_000 });
		await sharer.page.close();

		const viewer = await person();
		await viewer.watch(link);
		await expect.poll(() => viewer.seconds(), { timeout: 20_000 }).toBeGreaterThan(1);
		await expect.poll(() => viewer.held(), { timeout: 30_000 }).toBe(1);
		const { peers } = await viewer.snapshot();
		expect(peers.map(({ name }) => name)).toEqual(['Bridge']);
		expect(await bridge.kill('SIGTERM')).toBe(0);
	} finally {
		await bridge.close();
	}
});

test('a bridge that was killed in mid-fetch goes on from what it had', async ({ person, server }) => {
	const path = await film('minute-720p');
	const sharer = await person();
	const link = await sharer.share(path);
	const bridge = await BridgeProcess.start(server, link);
	try {
		await curl('-r', '0-3000000', `${bridge.url}/download/${idOf(link)}`);
		await bridge.kill();
		await bridge.restart();
		expect((await curl(`${bridge.url}/download/${idOf(link)}`)).equals(await readFile(path))).toBe(true);
	} finally {
		await bridge.close();
	}
});

test('the server that a person starts has a bridge beside it, and prints where', async ({ server }) => {
	await expect.poll(() => server.output, { timeout: 20_000 }).toContain('Films for players');
	const [, url = ''] = /Films for players\s+(http:\S+\/)watch/.exec(server.output) ?? [];
	expect(await (await fetch(`${url}healthz`)).json()).toMatchObject({ status: 'ok', shares: 0 });
	expect((await fetch(`${url}watch/AAAAAAAAAAAAAAAAAAAAAA`)).status).toBe(404);
});
