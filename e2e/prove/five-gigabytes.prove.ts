/** Five gigabytes, opened the moment the link is there: wherever one seeks, the right frame comes, and plays on. */
import { expect, test } from 'vitest';
import { randomBelow, seededRng } from '../../shared/base/rng.ts';
import { untilTestEnds } from '../bench/until-test-ends.ts';
import { film } from '../films/make-films.ts';
import { FRAME_RATE, shownFrame } from '../frames.ts';
import type { Person } from '../person.ts';
import { ServerProcess } from '../server-process.ts';
import { Mortal } from './people.ts';

/** `PROVE_SEED=7 npm run prove -- five` seeks elsewhere. */
const SEED = Number(process.env['PROVE_SEED'] ?? 1);
const SEEKS = 10;
/** The film is one minute over and over, and so are the numbers painted into its frames. */
const MINUTE_FRAMES = 60 * FRAME_RATE;
const PATIENT = { timeout: 30_000 };

test('ten seeks in five gigabytes that are being shared this moment show the right frame and play on', async () => {
	const { url } = await untilTestEnds(ServerProcess.start());
	const [sharer, viewer] = [await Mortal.start(url), await Mortal.start(url)];
	const link = await sharer.share(await film('five-gigabytes-long'));
	await viewer.watch(link);
	await expect.poll(() => viewer.plays(), PATIENT).toBe(true);
	const duration = await viewer.page.locator('video').evaluate((video: HTMLVideoElement) => video.duration);

	const rng = seededRng(SEED);
	const seekMs: number[] = [];
	for (let k = 0; k < SEEKS; k++) {
		const wanted = randomBelow(rng, Math.floor((duration - 10) * FRAME_RATE));
		const at = `seed ${SEED}, seek ${k}, frame ${wanted}`;
		await pause(viewer);
		await viewer.seek((wanted + 0.5) / FRAME_RATE);
		await expect.poll(() => viewer.plays(), { ...PATIENT, message: at }).toBe(true);
		await expect.poll(() => shownFrame(viewer), { ...PATIENT, message: at }).toBeDefined();
		expect(distance(await shownFrame(viewer) ?? -1, wanted % MINUTE_FRAMES), at).toBeLessThanOrEqual(1);
		seekMs.push((await viewer.snapshot()).playback.lastSeekMs ?? NaN);
		await viewer.page.locator('video').evaluate((video: HTMLVideoElement) => video.play());
		await expect.poll(() => viewer.seconds(), { ...PATIENT, message: at }).toBeGreaterThan(wanted / FRAME_RATE + 1);
	}

	const { chunks, playback } = await viewer.snapshot();
	console.log(`  seed ${SEED}: first frame after ${playback.startupMs?.toFixed(0)} ms; seeks took `
		+ `${seekMs.map((ms) => ms.toFixed(0)).join(', ')} ms; ${(100 * chunks.held / chunks.total).toFixed(1)} % held at the end`);
	expect(chunks.rejected).toBe(0);
});

async function pause(person: Person): Promise<void> {
	await person.page.locator('video').evaluate((video: HTMLVideoElement) => video.pause());
}

/** How many frames apart, around the end of the minute too. */
function distance(a: number, b: number): number {
	const apart = Math.abs(a - b);
	return Math.min(apart, MINUTE_FRAMES - apart);
}
