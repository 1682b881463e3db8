/** Whoever goes, the film goes on: the sharer, any peer, the tracker. Each vanishes while somebody is in mid-film. */
import { expect, test } from 'vitest';
import { untilTestEnds } from '../bench/until-test-ends.ts';
import { film } from '../films/make-films.ts';
import type { Person } from '../person.ts';
import { ServerProcess } from '../server-process.ts';
import { Mortal } from './people.ts';

/** What must be ahead of the playhead when somebody goes, and how long the film may then stand still. */
const AHEAD_SEC = 5;
const MAX_STALL_MS = 500;
/** So much is played beyond what was there when somebody went. */
const BEYOND_SEC = 5;
/** A film of 160 MB, on a machine that does other things too. */
const PATIENT = { timeout: 240_000, interval: 100 };

test('the sharer leaves once there is a full copy, and who is in mid-film sees it to the end', async () => {
	const { url } = await untilTestEnds(ServerProcess.start());
	const [sharer, second, third] = [await Mortal.start(url), await Mortal.start(url), await Mortal.start(url)];
	const link = await sharer.share(await film('ten-minutes'));
	await copyAll(second, link);
	await expect.poll(() => sharer.page.getByText(/safe to close/i).first().isVisible(), PATIENT).toBe(true);
	await goesOnWithout('the sharer, who leaves', third, link, () => sharer.page.close());
}, 900_000);

test('each peer is killed in turn while another is in mid-film', async () => {
	const { url } = await untilTestEnds(ServerProcess.start());
	const [sharer, ann, bob] = [await Mortal.start(url), await Mortal.start(url), await Mortal.start(url)];
	const link = await sharer.share(await film('ten-minutes'));
	await copyAll(ann, link);
	await copyAll(bob, link);
	for (const [name, peer] of Object.entries({ 'the sharer': sharer, 'the first copy': ann, 'the second copy': bob })) {
		const viewer = await Mortal.start(url);
		await goesOnWithout(`${name}, killed`, viewer, link, () => peer.kill());
		await pause(viewer);
	}
}, 1_800_000);

test('the tracker is killed for the rest of the film', async () => {
	const server = await untilTestEnds(ServerProcess.start());
	const [sharer, viewer] = [await Mortal.start(server.url), await Mortal.start(server.url)];
	const link = await sharer.share(await film('ten-minutes'));
	await goesOnWithout('the tracker, killed', viewer, link, () => server.kill());
	const video = viewer.page.locator('video');
	await viewer.seek(await video.evaluate((element: HTMLVideoElement) => element.duration) - 5);
	await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.ended), PATIENT).toBe(true);
}, 900_000);

/** Opens the link, lets somebody go while the film is partly there, and sees that it plays on and becomes whole. */
async function goesOnWithout(whom: string, viewer: Person, link: string, go: () => Promise<void>): Promise<void> {
	await viewer.watch(link);
	const ahead = async () => (await viewer.snapshot()).playback.bufferedAheadSec;
	await expect.poll(ahead, PATIENT).toBeGreaterThan(AHEAD_SEC);
	const [before, seconds] = [await viewer.snapshot(), await viewer.seconds()];
	await go();
	const { bufferedAheadSec } = before.playback;
	await expect.poll(() => viewer.seconds(), PATIENT).toBeGreaterThan(seconds + bufferedAheadSec + BEYOND_SEC);
	await expect.poll(() => viewer.held(), PATIENT).toBe(1);
	const after = await viewer.snapshot();
	const stalls = after.playback.stalls - before.playback.stalls;
	const stalledMs = after.playback.stalledMs - before.playback.stalledMs;
	console.log(`  without ${whom}: ${percent(before)} held and ${bufferedAheadSec.toFixed(1)} s ahead when that happened, `
		+ `then ${stalls} stalls of ${stalledMs.toFixed(0)} ms in all`);
	expect(before.chunks.held, 'the film was whole already: nothing is proved').toBeLessThan(before.chunks.total);
	expect(stalledMs).toBeLessThanOrEqual(MAX_STALL_MS);
	expect(after.chunks.rejected).toBe(0);
}

/** Fetches all of the film, without looking at it: decoding would only keep the machine from what is proved. */
async function copyAll(person: Person, link: string): Promise<void> {
	await person.watch(link);
	await expect.poll(() => person.plays(), PATIENT).toBe(true);
	await pause(person);
	await expect.poll(() => person.held(), PATIENT).toBe(1);
}

async function pause(person: Person): Promise<void> {
	await person.page.locator('video').evaluate((video: HTMLVideoElement) => video.pause());
}

function percent({ chunks }: { readonly chunks: { readonly held: number; readonly total: number } }): string {
	return `${(100 * chunks.held / chunks.total).toFixed(0)} %`;
}
