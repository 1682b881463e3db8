/** The main job: a film dropped into one page plays in others, from browser to browser. */
import { expect } from '@playwright/test';
import { film } from './films/make-films.ts';
import { test } from './fixtures.ts';
import { FRAME_RATE, shownFrame } from './frames.ts';

test('a second browser watches what the first one dropped, a third gets it from both', async ({ person }) => {
	const sharer = await person();
	const link = await sharer.share(await film('minute-720p'));
	expect(link).toMatch(/^http:\/\/localhost:\d+\/w\/[\w-]{22}#[\w-]{43}$/);

	const second = await person();
	await second.watch(link);
	await expect.poll(() => second.seconds(), { timeout: 120_000 }).toBeGreaterThan(1);
	await expect(second.page.getByTestId('peer-count')).toHaveText(/^1\b/);
	await expect.poll(() => second.held(), { timeout: 120_000 }).toBe(1);

	const third = await person();
	await third.watch(link);
	await expect.poll(() => third.seconds(), { timeout: 120_000 }).toBeGreaterThan(1);
	await expect.poll(() => third.held(), { timeout: 120_000 }).toBe(1);
	await expect(third.page.getByTestId('peer-count')).toHaveText(/^2\b/);
	const given = [await sharer.snapshot(), await second.snapshot()].map((page) => page.bytes.uploaded);
	expect(given[0]).toBeGreaterThan(0);
	expect(given[1]).toBeGreaterThan(0);
	await expect(sharer.page.getByText(/safe to close: 2 full copies/i)).toBeVisible();
});

test('both pages show who feeds whom, in a picture and in a table', async ({ person }) => {
	const [sharer, viewer] = [await person(), await person()];
	await viewer.watch(await sharer.share(await film('ten-seconds')));
	for (const { page } of [sharer, viewer]) {
		await page.getByText('Who feeds whom').click();
		const row = page.getByRole('table', { name: /^You and 1 person/ }).locator('tbody tr');
		await expect(row).toHaveText(/has 100 %/);
		await expect(page.locator('details[open] svg .person.full')).toHaveCount(1);
	}
	await viewer.page.close();
	await expect(sharer.page.getByText('Who feeds whom')).toHaveCount(0);
});

for (const name of ['ten-seconds', 'moov-at-end', 'b-frames', 'edit-delay', 'quicktime', 'fragmented'] as const) {
	test(`${name}: the frames on screen are the film's frames, wherever one seeks`, async ({ person }) => {
		const sharer = await person();
		const link = await sharer.share(await film(name));
		const viewer = await person();
		await viewer.watch(link);
		await expect.poll(() => viewer.plays(), { timeout: 120_000 }).toBe(true);
		await viewer.page.locator('video').evaluate((video: HTMLVideoElement) => video.pause());
		for (const second of [7.52, 2.02]) {
			await viewer.seek(second);
			await expect.poll(() => viewer.plays()).toBe(true);
			await expect.poll(() => shownFrame(viewer)).toBeDefined();
			const frame = await shownFrame(viewer) ?? 0;
			// Without an edit list, what B-frames hold back at the start comes as two frames' delay, as browsers play the
			// file itself.
			const expected = Math.floor(second * FRAME_RATE) - (name === 'fragmented' ? 2 : 0);
			expect(Math.abs(frame - expected)).toBeLessThanOrEqual(1);
		}
	});
}

test('a viewer who opens the link the moment it appears watches five gigabytes, and seeks ten times', async ({ person }) => {
	const [sharer, viewer] = [await person(), await person()];
	const link = await sharer.share(await film('five-gigabytes-long'));
	await viewer.watch(link);
	await expect.poll(() => viewer.plays(), { timeout: 120_000 }).toBe(true);
	const duration = await viewer.page.locator('video').evaluate((video: HTMLVideoElement) => video.duration);
	for (let k = 0; k < 10; k++) {
		const to = duration * ((k * 0.37 + 0.75) % 0.95);
		await viewer.seek(to);
		await expect.poll(() => viewer.plays(), { timeout: 120_000 }).toBe(true);
		expect(await viewer.seconds()).toBeGreaterThanOrEqual(to - 0.1);
	}
	const { chunks } = await viewer.snapshot();
	expect(chunks.rejected).toBe(0);
	expect(chunks.held).toBeLessThan(chunks.total / 4);
});

test('two hours at low bitrate start, seek to three quarters, and play on', async ({ person }) => {
	const sharer = await person();
	const link = await sharer.share(await film('two-hours'));
	const viewer = await person();
	await viewer.watch(link);
	await expect.poll(() => viewer.plays(), { timeout: 120_000 }).toBe(true);
	await viewer.seek(5400);
	await expect.poll(() => viewer.seconds(), { timeout: 120_000 }).toBeGreaterThan(5401);
});

test('several sound tracks can be chosen between', async ({ person }) => {
	const sharer = await person();
	const link = await sharer.share(await film('two-languages'));
	const viewer = await person();
	await viewer.watch(link);
	await expect.poll(() => viewer.plays(), { timeout: 120_000 }).toBe(true);
	await viewer.page.locator('video').hover();
	await viewer.page.getByRole('button', { name: /sound|audio/i }).first().click();
	await expect(viewer.page.getByRole('group', { name: 'Sound' }).getByRole('radio')).toHaveCount(2);
});

test('the film goes on when its tracker dies, and when it comes back newcomers find it', async ({ person, server }) => {
	const [sharer, viewer, late] = [await person(), await person(), await person()];
	const link = await sharer.share(await film('ten-minutes'));
	await viewer.watch(link);
	await expect.poll(() => viewer.plays(), { timeout: 120_000 }).toBe(true);
	await server.kill();
	await expect(viewer.page.getByText('Offline')).toBeVisible({ timeout: 120_000 });
	await viewer.seek(400);
	await expect.poll(() => viewer.seconds(), { timeout: 120_000 }).toBeGreaterThan(401);
	await server.restart();
	await expect(viewer.page.getByText('Online')).toBeVisible({ timeout: 120_000 });
	await late.watch(link);
	await expect.poll(() => late.plays(), { timeout: 120_000 }).toBe(true);
});

test('the sharer may leave once somebody has it all: the others still get it', async ({ person }) => {
	const [sharer, second, third] = [await person(), await person(), await person()];
	const link = await sharer.share(await film('ten-seconds'));
	await second.watch(link);
	await expect(sharer.page.getByText(/safe to close/i)).toBeVisible({ timeout: 120_000 });
	await sharer.page.close();
	await third.watch(link);
	await expect.poll(() => third.seconds(), { timeout: 120_000 }).toBeGreaterThan(1);
	await expect.poll(() => third.held(), { timeout: 120_000 }).toBe(1);
});

test('a reload goes on from what had arrived, also when nobody else is there', async ({ person }) => {
	const [sharer, viewer] = [await person(), await person()];
	const link = await sharer.share(await film('ten-seconds'));
	await viewer.watch(link);
	await expect.poll(() => viewer.held(), { timeout: 120_000 }).toBe(1);
	await sharer.page.close();
	await viewer.page.reload();
	await expect.poll(() => viewer.seconds(), { timeout: 120_000 }).toBeGreaterThan(1);
	expect((await viewer.snapshot()).bytes.downloaded).toBe(0);
});

test('two tabs of one browser are two peers', async ({ person }) => {
	const [sharer, viewer] = [await person(), await person()];
	const link = await sharer.share(await film('ten-seconds'));
	await viewer.watch(link);
	await expect.poll(() => viewer.plays(), { timeout: 120_000 }).toBe(true);
	const tab = await viewer.context.newPage();
	await tab.goto(link);
	const seconds = () => tab.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime);
	await expect.poll(seconds, { timeout: 120_000 }).toBeGreaterThan(1);
});

/** As a part of the two-hour film. */
const TWO_MINUTES = 1 / 60;

test('a connection that counts data gets no more than what is watched, until one asks for all', async ({ person }) => {
	const sharer = await person();
	const link = await sharer.share(await film('two-hours'));
	const viewer = await person();
	await viewer.page.addInitScript(() => {
		Object.defineProperty(navigator, 'connection', { value: Object.assign(new EventTarget(), { saveData: true }) });
	});
	await viewer.watch(link);
	await expect.poll(() => viewer.seconds(), { timeout: 120_000 }).toBeGreaterThan(3);
	await expect(viewer.page.getByText(/your connection counts data/i)).toBeVisible();
	const before = await viewer.held();
	await expect.poll(() => viewer.seconds(), { timeout: 120_000 }).toBeGreaterThan(13);
	expect(await viewer.held() - before).toBeLessThan(TWO_MINUTES); // of which it plays ten seconds, and some ahead
	await viewer.page.getByRole('button', { name: 'Fetch all of it' }).click();
	await expect.poll(() => viewer.held(), { timeout: 120_000 }).toBeGreaterThan(before + 3 * TWO_MINUTES);
});
