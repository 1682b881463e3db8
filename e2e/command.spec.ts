/** The `streamlet` command beside browsers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect } from '@playwright/test';
import { film } from './films/make-films.ts';
import { test } from './fixtures.ts';

const COMMAND = join(import.meta.dirname, '../cli/streamlet.mjs');

/** The command as somebody types it in a folder. */
class Typed {
	output = '';
	readonly #child;
	readonly #ended: Promise<number | null>;

	constructor(folder: string, ...args: readonly string[]) {
		this.#child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
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
	const get = new Typed(folder, 'get', link);
	const name = basename(path);
	expect([await get.ended(), get.output]).toEqual([0, expect.stringContaining(name)]);
	expect(await readdir(folder)).toEqual([name]);
	expect((await readFile(join(folder, name))).equals(await readFile(path))).toBe(true);

	const again = new Typed(folder, 'get', link);
	expect([await again.ended(), again.output]).toEqual([1, expect.stringContaining('is there already')]);
});

test('killed in the middle, the same command goes on from what had arrived', async ({ person }, info) => {
	const path = await film('minute-720p');
	const sharer = await person();
	const link = await sharer.share(path);
	const folder = info.outputPath('here');
	await mkdir(folder, { recursive: true });
	const get = new Typed(folder, 'get', link, '-o', 'mine.mp4', '--json');
	await expect.poll(() => /"event":"progress","bytes":[1-9]/.test(get.output), { timeout: 60_000 }).toBe(true);
	await get.kill('SIGKILL');
	expect(existsSync(join(folder, 'mine.mp4'))).toBe(false);

	const again = new Typed(folder, 'get', link, '-o', 'mine.mp4', '--json');
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
	const play = new Typed(folder, 'play', link);
	await expect.poll(() => /http:\/\/127\.0\.0\.1:\d+\/watch\/\S+/.exec(play.output)?.[0], { timeout: 60_000 }).toBeDefined();
	const [url = ''] = /http:\/\/127\.0\.0\.1:\d+\/watch\/\S+/.exec(play.output) ?? [];
	expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(await readFile(path))).toBe(true);
	expect(await play.kill('SIGINT')).toBe(0);

	const wrong = new Typed(folder, 'get', link.replace(/#.*/, `#${'A'.repeat(43)}`));
	expect([await wrong.ended(), wrong.output]).toEqual([1, expect.stringContaining('does not open')]);
	expect(await readdir(folder)).toEqual([]);

	await sharer.page.getByRole('button', { name: /stop sharing/i }).click();
	await sharer.page.getByRole('button', { name: /^stop/i }).last().click();
	await expect(sharer.page.getByText(/stopped/i).first()).toBeVisible();
	const stopped = new Typed(folder, 'get', link);
	expect([await stopped.ended(), stopped.output]).toEqual([1, expect.stringContaining('stopped sharing it')]);
});
