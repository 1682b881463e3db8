/** Every state of the screens, drawn by a fake application: nothing serious for axe, nothing wider than a phone. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test, type Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { startPreview } from './preview/serve.mjs';
import { SCENARIOS } from './preview/scenarios.ts';
import { formatRate } from '../web/ui/format.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = { width: 320, height: 640 };
const DESK = { width: 1280, height: 800 };
/** About 40 screens, each a second or two on a busy machine. */
const MANY_SCREENS_MS = 240_000;

declare const axe: { run: () => Promise<AxeResults> };

let preview: Awaited<ReturnType<typeof startPreview>>;
test.beforeAll(async () => { preview = await startPreview(); });
test.afterAll(async () => { await preview.close(); });
test.use({ contextOptions: { reducedMotion: 'reduce' } });

/** Opens a scenario and waits until it is drawn, fonts and lazy parts included. */
async function show(page: Page, scenario: string, theme: 'light' | 'dark'): Promise<void> {
	await page.goto(`${preview.url}?scenario=${scenario}&theme=${theme}`);
	const landmarks = { watch: 'media-controller:defined', catalogue: '.films', bench: '.verdict' };
	const [, landmark = '.wall'] = Object.entries(landmarks).find(([page]) => scenario.startsWith(page)) ?? [];
	await page.locator(landmark).waitFor({ state: 'attached' });
	await page.evaluate(() => document.fonts.ready);
}

/** What axe finds serious or critical, in words. */
async function seriousFaults(page: Page): Promise<readonly string[]> {
	await page.evaluate(AXE);
	const { violations } = await page.evaluate(() => axe.run());
	return violations
		.filter(({ impact }) => impact === 'serious' || impact === 'critical')
		.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`));
}

const excessWidth = (page: Page): Promise<number> =>
	page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

/** All scenarios in one page, one after the other: a page of its own for each would take minutes. */
for (const [size, theme] of [[PHONE, 'light'], [DESK, 'dark']] as const) {
	test(`every state is sound at ${size.width} px, ${theme}`, async ({ page }) => {
		test.setTimeout(MANY_SCREENS_MS);
		await page.setViewportSize(size);
		for (const scenario of Object.keys(SCENARIOS)) {
			await show(page, scenario, theme);
			expect.soft(await excessWidth(page), `${scenario}: wider than the window`).toBeLessThanOrEqual(0);
			expect.soft(await seriousFaults(page), scenario).toEqual([]);
		}
	});
}

test('what flows has the giver’s colour and an end; a narrow window has the table instead', async ({ page }) => {
	for (const [scenario, theme] of [['watch-playing', 'dark'], ['share-people', 'light']] as const) {
		await page.setViewportSize(DESK);
		await show(page, scenario, theme);
		await page.getByText('Who feeds whom').click();
		const [picture, table] = [page.locator('details[open] .both > svg'), page.locator('details[open] table')];
		await expect(picture).toBeVisible();
		await expect(picture.locator('.flow').first()).toHaveAttribute('d', /^M.*z$/);
		await expect(table.getByRole('row', { name: /^Papa has 7 %, is at 1 %.*Through a bridge.* 410 kB\/s –$/ })).toHaveCount(1);
		expect(await seriousFaults(page)).toEqual([]);
		await page.setViewportSize(PHONE);
		expect(await excessWidth(page)).toBeLessThanOrEqual(0);
		expect((await table.boundingBox())?.width).toBeGreaterThan(200);
		await expect(picture).toBeHidden();
	}
});

test('a browser is measured, and what does not work says so', async ({ page }) => {
	await page.setViewportSize(PHONE);
	await show(page, 'bench', 'light');
	await page.getByRole('button', { name: 'Measure' }).click();
	await expect(page.getByText('Does not work here')).toBeVisible();
	await expect(page.getByRole('status').getByText(/about 49 films/)).toBeVisible();
	expect(await seriousFaults(page)).toEqual([]);
	expect(await excessWidth(page)).toBeLessThanOrEqual(0);
});

test('the first page has one file input and one link field per share', async ({ page }) => {
	await show(page, 'share-several', 'light');
	await expect(page.locator('input[type=file]')).toHaveCount(1);
	await expect(page.getByTestId('share-link')).toHaveCount(4); // the fifth was stopped: its link is dead
	await expect(page.getByTestId('share-link').first()).toHaveValue(/^https:\/\/.*\/w\/.*#/);
});

test('a button says that a link is copied when it is, and not when the browser refused', async ({ page }) => {
	await show(page, 'share-uncopied', 'light');
	await page.getByRole('button', { name: 'Copy link' }).click();
	await expect(page.getByText('Would not copy')).toBeVisible();
	await expect(page.getByRole('button', { name: 'Copied' })).toHaveCount(0);
	await show(page, 'share-people', 'light');
	await page.getByRole('button', { name: 'Copy link' }).click();
	await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
	for (const [scenario, label] of [['watch-uncopied', 'Copy the link'], ['watch-waiting', 'Copied']] as const) {
		await show(page, scenario, 'dark');
		await page.getByRole('button', { name: 'Copy the link' }).click();
		if (scenario === 'watch-uncopied') await expect(page.getByText('Would not copy')).toBeVisible();
		await expect(page.locator('.overlay').getByRole('button')).toHaveText(label);
	}
});

test('a fresh share says that its link was copied, and shows its code where there is room', async ({ page }) => {
	const code = page.getByRole('img', { name: /^QR code/ });
	await show(page, 'share-copied', 'light');
	await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
	await expect(code).toBeVisible();
	await show(page, 'share-people', 'light');
	await expect(code).toHaveCount(0);
	await page.setViewportSize(PHONE);
	await show(page, 'share-copied', 'light');
	await expect(code).toHaveCount(0);
});

test('a sharer sees how fast each viewer gets the film, not what viewers send', async ({ page }) => {
	await show(page, 'share-people', 'light');
	await expect(page.getByRole('listitem').filter({ hasText: /^Amber Finch/ })).toContainText(formatRate(310_000));
});

test('the watch page has one video, and counts those who are connected', async ({ page }) => {
	await show(page, 'watch-playing', 'dark');
	await expect(page.locator('video')).toHaveCount(1);
	await expect(page.getByTestId('peer-count')).toHaveText(/^7 people/);
});

test('a file dragged over the window lights the lamp, and dropped it is shared', async ({ page }) => {
	await show(page, 'home-empty', 'dark');
	const drag = (type: string) => page.evaluate((name) => {
		const dataTransfer = new DataTransfer();
		dataTransfer.items.add(new File(['film'], 'lake.mp4'));
		document.body.dispatchEvent(new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true }));
	}, type);
	await drag('dragenter');
	await expect(page.getByText('Let go to share it')).toBeVisible();
	await drag('drop');
	await expect(page.getByText('Let go to share it')).toBeHidden();
	await expect(page.getByRole('status').getByText('Shared lake.mp4')).toBeVisible();
});

test('the same film dropped again goes to the share that waits for it', async ({ page }) => {
	await show(page, 'share-waiting', 'light');
	const film = { name: 'lake.mp4', mimeType: 'video/mp4', buffer: Buffer.from('film') };
	await page.locator('input[type=file]').setInputFiles(film);
	await expect(page.getByText(/^Resumed .* lake.mp4/)).toBeVisible();
});

test('settings are reachable by keyboard alone, keep a name and give the focus back', async ({ page }) => {
	await show(page, 'watch-playing', 'dark');
	const opener = page.getByRole('button', { name: /^Settings/ });
	await opener.focus();
	await page.keyboard.press('Enter');
	await page.getByLabel('Your name').fill('Ann');
	await page.getByLabel('Your name').press('Tab');
	await page.getByText('Light', { exact: true }).click();
	await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
	await page.keyboard.press('Escape');
	await expect(page.getByRole('dialog')).toHaveCount(0);
	await expect(opener).toBeFocused();
	await expect(opener).toContainText('Ann');
});

test('keys drive the player, but not while somebody types', async ({ page }) => {
	await show(page, 'watch-playing', 'dark');
	const video = page.locator('video');
	await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.readyState)).toBeGreaterThan(1);
	await page.keyboard.press('k');
	await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.paused)).toBe(true);
	await page.keyboard.press('5');
	await expect.poll(() => video.evaluate((element: HTMLVideoElement) => Math.round(element.currentTime))).toBe(30);
	await page.getByTestId('share-link').focus();
	await page.keyboard.press('0');
	await page.keyboard.press('Escape');
	expect(await video.evaluate((element: HTMLVideoElement) => Math.round(element.currentTime))).toBe(30);
	await page.locator('main').focus();
	await page.keyboard.press('?');
	await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
	expect(await seriousFaults(page)).toEqual([]);
});

test('stopping a share takes a second click', async ({ page }) => {
	await show(page, 'share-people', 'light');
	await page.getByRole('button', { name: 'Stop sharing' }).click();
	await expect(page.getByRole('button', { name: 'Keep sharing' })).toBeFocused();
	await page.getByRole('button', { name: 'Stop sharing' }).click();
	await expect(page.getByText('The link no longer works.')).toBeVisible();
});
