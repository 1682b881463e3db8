/** What is kept on a device: a disk that runs full in mid-film, and a browser that is killed. */
import { expect } from '@playwright/test';
import { CHUNK_BYTES } from '../shared/protocol/limits.ts';
import { crashAgainAndAgain } from './crashes.ts';
import { film } from './films/make-films.ts';
import { test as base } from './fixtures.ts';
import { LAN_HOST } from './lan-host.ts';
import { Person } from './person.ts';
import { Profile } from './persistent.ts';

const MIB = 2 ** 20;

// A Playwright context is incognito, where files live in memory: these people have profiles on disk.
const test = base.extend<{ readonly profile: Profile }>({
	profile: async ({}, use) => { // Playwright reads the pattern, so it stays, empty as it is
		const profile = await Profile.make();
		await use(profile);
		await profile.close();
	},
});

for (const [what, host] of [['files', 'localhost'], ['a database, on plain HTTP,', LAN_HOST]] as const) {
	test(`${what} on a full disk: the film plays on, the person is told, what was kept stays`, async (
		{ person, profile, server },
	) => {
		const sharer = await person();
		const link = (await sharer.share(await film('ten-minutes'))).replace('localhost', host);
		const context = await profile.start();
		const viewer = new Person(await context.newPage(), context, server.url);
		const devtools = await context.newCDPSession(viewer.page);
		const { origin } = new URL(link);
		await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 30 * MIB });
		await viewer.watch(link);
		await expect(viewer.page.getByText(/nothing more of the film can be kept/i)).toBeVisible({ timeout: 120_000 });
		expect((await viewer.snapshot()).state).toBe('playing');

		await viewer.seek(400);
		await expect.poll(() => viewer.seconds(), { timeout: 120_000 }).toBeGreaterThan(405);
		const { chunks, bytes, size } = await viewer.snapshot();
		expect(chunks.rejected).toBe(0);
		expect(bytes.downloaded).toBeLessThan(size * 0.8); // not the whole film in the background, over and over

		await sharer.page.close();
		await viewer.page.reload();
		await viewer.seek(0);
		await expect.poll(() => viewer.seconds(), { timeout: 120_000 }).toBeGreaterThan(1);
		const after = await viewer.snapshot();
		// Chromium lets a file grow by doubling, so the last of the room is never a file's.
		expect(after.chunks.held * CHUNK_BYTES).toBeGreaterThan(12 * MIB);
		expect(after.bytes.downloaded).toBe(0);
	});
}

test('a browser that is killed twice goes on from disk, and without the sharer', async ({ person, profile }) => {
	const sharer = await person();
	const link = await sharer.share(await film('ten-minutes'));
	const { lives, page } = await crashAgainAndAgain(profile, link, { kills: 2, seed: 3 });
	const lost = lives.reduce((sum, { heldBefore, heldAfter }) => sum + Math.max(0, heldBefore - heldAfter), 0);
	expect(lost).toBeLessThanOrEqual(lives.length * 4 * MIB);
	expect(lives.map(({ rejected }) => rejected)).toEqual([0, 0]);
	// A started group is on disk two seconds after it came: by then the first seconds are.
	const seconds = () => page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime);
	await expect.poll(seconds, { timeout: 120_000 }).toBeGreaterThan(5);
	await profile.crash();
	await sharer.page.close();
	const context = await profile.start();
	const viewer = new Person(await context.newPage(), context, '');
	await viewer.watch(link);
	await expect.poll(() => viewer.seconds(), { timeout: 120_000 }).toBeGreaterThan(1);
	expect((await viewer.snapshot()).bytes.downloaded).toBe(0);
});

test('what was watched can be given up, but not what another tab is showing', async ({ person }) => {
	const [sharer, viewer] = [await person(), await person()];
	const link = await sharer.share(await film('ten-seconds'));
	await viewer.watch(link);
	await expect.poll(() => viewer.held(), { timeout: 120_000 }).toBe(1);
	const tab = await viewer.context.newPage();
	await tab.goto(link);
	await expect(tab.getByRole('button', { name: 'Free this space' })).toBeVisible({ timeout: 120_000 });

	await viewer.page.getByRole('button', { name: 'Free this space' }).click();
	await expect(viewer.page.getByText(/open in another tab/i)).toBeVisible();
	await tab.getByRole('button', { name: 'Free this space' }).click();
	await expect(tab.getByText(/nothing of the film is on this device/i)).toBeVisible();
	await tab.getByRole('button', { name: /your name|profile|settings/i }).first().click();
	await expect(tab.getByText('Films kept here: none')).toBeVisible();

	await viewer.watch(link); // fetched anew
	await expect.poll(() => viewer.held(), { timeout: 120_000 }).toBe(1);
	expect((await viewer.snapshot()).bytes.downloaded).toBeGreaterThan(0);
	await viewer.page.getByRole('button', { name: /your name|profile|settings/i }).first().click();
	await expect(viewer.page.getByText(/films kept here: \d/i)).toBeVisible();
});
