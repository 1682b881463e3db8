/** The `streamlet` command beside browsers. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@playwright/test';
import { film } from './films/make-films.ts';
import { test } from './fixtures.ts';
import { FrameGate } from './frame-gate.ts';

const COMMAND = join(import.meta.dirname, '../cli/streamlet.mjs');

/** As far as these stories look at it. */
interface Told {
	readonly event: string;
	readonly path?: string;
	readonly links?: readonly string[];
	readonly copies?: number;
}

/** What the package says it needs. */
interface Manifest { readonly dependencies: Readonly<Record<string, string>> }

const ROOT = join(import.meta.dirname, '..');

/** The command as somebody types it in a folder. */
class Typed {
	output = '';
	/** Told by `--json`, in order. */
	get events(): readonly Told[] {
		return this.output.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Told);
	}

	readonly #child;
	readonly #ended: Promise<number | null>;

	constructor(command: string, folder: string, ...args: readonly string[]) {
		const env = { ...process.env, DATA_DIR: `${folder}-data` };
		this.#child = spawn(process.execPath, [command, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
		this.#ended = once(this.#child, 'exit').then(([code]) => code as number | null);
		for (const stream of [this.#child.stdout, this.#child.stderr]) {
			stream.on('data', (text: Buffer) => { this.output += text.toString(); });
		}
	}

	/** Its exit code; null when it was killed. */
	ended(): Promise<number | null> { return this.#ended; }

	kill(signal: NodeJS.Signals): Promise<number | null> {
		this.#child.kill(signal);
		return this.#ended;
	}
}

test('a film shared in a browser is saved by the command, byte for byte, and replaces nothing unasked', async ({ person }, info) => {
	const path = await film('ten-seconds');
	const link = await (await person()).share(path);
	const folder = info.outputPath('here');
	await mkdir(folder, { recursive: true });
	const get = new Typed(COMMAND, folder, 'get', link);
	const name = basename(path);
	expect([await get.ended(), get.output]).toEqual([0, expect.stringContaining(name)]);
	expect(await readdir(folder)).toEqual([name]);
	expect((await readFile(join(folder, name))).equals(await readFile(path))).toBe(true);

	const again = new Typed(COMMAND, folder, 'get', link);
	expect([await again.ended(), again.output]).toEqual([1, expect.stringContaining('is there already')]);
});

test('killed in the middle, the same command goes on from what had arrived', async ({ person }, info) => {
	const path = await film('minute-720p');
	const sharer = await person();
	const gate = await FrameGate.before(sharer, 2);
	const link = await sharer.share(path);
	await gate.hold();
	const folder = info.outputPath('here');
	await mkdir(folder, { recursive: true });
	const get = new Typed(COMMAND, folder, 'get', link, '-o', 'mine.mp4', '--json');
	await expect.poll(() => /"event":"progress","bytes":[1-9]/.test(get.output), { timeout: 60_000 }).toBe(true);
	await get.kill('SIGKILL');
	expect(existsSync(join(folder, 'mine.mp4'))).toBe(false);
	await gate.pass();

	const again = new Typed(COMMAND, folder, 'get', link, '-o', 'mine.mp4', '--json');
	expect(await again.ended()).toBe(0);
	expect((await readFile(join(folder, 'mine.mp4'))).equals(await readFile(path))).toBe(true);
	expect(await readdir(folder)).toEqual(['mine.mp4']);
});

test('a player gets an address of this machine; a wrong key and a stopped film are said', async ({ person }, info) => {
	const path = await film('ten-seconds');
	const sharer = await person();
	const link = await sharer.share(path);
	const folder = info.outputPath('here');
	await mkdir(folder, { recursive: true });
	const play = new Typed(COMMAND, folder, 'play', link);
	await expect.poll(() => /http:\/\/127\.0\.0\.1:\d+\/watch\/\S+/.exec(play.output)?.[0], { timeout: 60_000 }).toBeDefined();
	const [url = ''] = /http:\/\/127\.0\.0\.1:\d+\/watch\/\S+/.exec(play.output) ?? [];
	expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(await readFile(path))).toBe(true);
	expect(await play.kill('SIGINT')).toBe(0);

	const wrong = new Typed(COMMAND, folder, 'get', link.replace(/#.*/, `#${'A'.repeat(43)}`));
	expect([await wrong.ended(), wrong.output]).toEqual([1, expect.stringContaining('does not open')]);
	expect(await readdir(folder)).toEqual([]);

	await sharer.page.getByRole('button', { name: /stop sharing/i }).click();
	await sharer.page.getByRole('button', { name: /^stop/i }).last().click();
	await expect(sharer.page.getByText(/stopped/i).first()).toBeVisible();
	const stopped = new Typed(COMMAND, folder, 'get', link);
	expect([await stopped.ended(), stopped.output]).toEqual([1, expect.stringContaining('stopped sharing it')]);
});

test('a film shared by the command is watched in a browser, has its link another day, and is stopped for good', async (
	{ person, server }, info,
) => {
	const folder = info.outputPath('here');
	await mkdir(folder, { recursive: true });
	await copyFile(await film('ten-seconds'), join(folder, 'lake.mp4'));
	const share = new Typed(COMMAND, folder, 'share', 'lake.mp4', 'nothing.mp4', '--tracker', server.url, '--json');
	const linkOf = (typed: Typed) => typed.events.find(({ event }) => event === 'shared')?.links?.[0];
	await expect.poll(() => linkOf(share), { timeout: 60_000 }).toBeDefined();
	const link = linkOf(share)!;
	expect(share.output).toMatch(/no such file/);
	const viewer = await person();
	await viewer.watch(link);
	await expect.poll(() => viewer.seconds(), { timeout: 120_000 }).toBeGreaterThan(0.5);
	await expect(viewer.page).toHaveTitle(/lake/);
	await expect.poll(() => share.events.some(({ copies }) => copies === 1), { timeout: 120_000 }).toBe(true);
	expect(await share.kill('SIGINT')).toBe(0);

	await viewer.page.close();
	const again = new Typed(COMMAND, folder, 'share', 'lake.mp4', '--tracker', server.url, '--json');
	await expect.poll(() => linkOf(again), { timeout: 60_000 }).toBe(link);
	const later = await person();
	await later.watch(link);
	await expect.poll(() => later.seconds(), { timeout: 120_000 }).toBeGreaterThan(0.5);
	const busy = new Typed(COMMAND, folder, 'stop', 'lake.mp4', '--tracker', server.url);
	expect([await busy.ended(), busy.output]).toEqual([1, expect.stringContaining('being shared by another')]);
	expect(await again.kill('SIGKILL')).toBeNull();

	const stop = new Typed(COMMAND, folder, 'stop', link, '--tracker', server.url);
	expect([await stop.ended(), stop.output]).toEqual([0, expect.stringContaining('stopped for good')]);
	const late = await person();
	await late.watch(link);
	await expect(late.page.getByText(/stopped/i).first()).toBeVisible();
});

test('a folder is shared as its films come and go', async ({ server }, info) => {
	const folder = info.outputPath('here');
	await mkdir(join(folder, 'films'), { recursive: true });
	await copyFile(await film('ten-seconds'), join(folder, 'films', 'first.mp4'));
	const share = new Typed(COMMAND, folder, 'share', 'films', '--tracker', server.url, '--json');
	const told = (event: string) => share.events.filter((each) => each.event === event).map(({ path }) => basename(path ?? ''));
	await expect.poll(() => told('shared'), { timeout: 60_000 }).toEqual(['first.mp4']);
	await copyFile(await film('not-a-film'), join(folder, 'films', 'notes.mp4'));
	await expect.poll(() => told('ended'), { timeout: 60_000 }).toEqual(['notes.mp4']);
	expect(share.output).toMatch(/no MP4/);
	await rm(join(folder, 'films', 'first.mp4'));
	await expect.poll(() => told('ended'), { timeout: 60_000 }).toEqual(['notes.mp4', 'first.mp4']);
	expect(await share.kill('SIGINT')).toBe(0);
});

test('the packed command runs where there is nothing but Node and what the package names', async ({ server }, info) => {
	const folder = info.outputPath('here');
	await mkdir(folder, { recursive: true });
	const run = promisify(execFile);
	const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: ROOT });
	const [{ filename }] = JSON.parse(stdout) as [{ readonly filename: string }];
	await run('tar', ['-xzf', filename], { cwd: folder });
	const home = join(folder, 'package');
	const { dependencies } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as Manifest;
	for (const name of Object.keys(dependencies)) {
		const place = join(home, 'node_modules', name);
		await mkdir(dirname(place), { recursive: true });
		await symlink(join(ROOT, 'node_modules', name), place, 'junction');
	}
	const command = join(home, 'cli/streamlet.mjs');
	expect((await run(process.execPath, [command, '--help'])).stdout).toContain('streamlet share');
	expect((await run(process.execPath, [command, 'doctor'])).stdout).toMatch(/node/i);
	const share = new Typed(command, folder, 'share', await film('ten-seconds'), '--tracker', server.url, '--json');
	await expect.poll(() => share.output, { timeout: 60_000 }).toContain('"event":"shared"');
	expect(await share.kill('SIGINT')).toBe(0);
	expect(await readdir(join(home))).not.toContain('shared');
});
