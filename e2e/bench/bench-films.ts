/** Films only benchmarks need, made once into the rivals' folder. */
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ffmpeg } from '../films/ffmpeg.ts';
import { film } from '../films/make-films.ts';
import { spreadOut } from '../films/spread-out.ts';
import { BENCH_FOLDER } from './rivals.mjs';

/** The 100 MB film: as many seconds of the ten-minute one as come to 100 million bytes, within a hundredth. */
const HUNDRED_MB_SEC = 376;

/** A real film of 100 MB: 720p at 2 Mbit/s, index in front. */
export function hundredMegabytes(): Promise<string> {
	return once('hundred-megabytes.mp4', async (to) => {
		await ffmpeg(['-i', await film('ten-minutes'), '-t', `${HUNDRED_MB_SEC}`, '-c', 'copy', '-movflags', '+faststart', to]);
	});
}

/** Ten seconds spread over 2 GB, nearly all of it a hole in the file. */
export function twoGigabytes(): Promise<string> {
	return once('two-gigabytes.mp4', async (to) => spreadOut(await film('ten-seconds'), to, 2e9));
}

/** Ten seconds spread over so many megabytes, as `twoGigabytes` is. */
export function spreadMegabytes(amount: number): Promise<string> {
	return once(`${amount}-megabytes-spread.mp4`, async (to) => spreadOut(await film('ten-seconds'), to, amount * 1e6));
}

/** The ten-minute film's first seconds at so many megabytes: for slow wires. */
export function megabytes(amount: number): Promise<string> {
	return once(`${amount}-megabytes.mp4`, async (to) => {
		const seconds = (HUNDRED_MB_SEC * amount) / 100;
		await ffmpeg(['-i', await film('ten-minutes'), '-t', `${seconds}`, '-c', 'copy', '-movflags', '+faststart', to]);
	});
}

async function once(name: string, make: (to: string) => Promise<void>): Promise<string> {
	const folder = join(BENCH_FOLDER, 'films');
	const path = join(folder, name);
	if (existsSync(path)) return path;
	await mkdir(folder, { recursive: true });
	const draft = join(folder, `draft-${process.pid}-${name}`);
	await make(draft);
	await rename(draft, path);
	return path;
}
