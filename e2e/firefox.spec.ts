/** The main job in Firefox: a film dropped in Chromium plays there, and the other way round the link is made there. */
import { expect } from '@playwright/test';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { film } from './films/make-films.ts';
import { test as base } from './fixtures.ts';

// Playwright drives only its own build of Firefox; puppeteer drives the system's, over WebDriver BiDi.
const test = base.extend<{ readonly firefox: Browser }>({
	firefox: async ({ server }, use) => {
		const browser = await puppeteer.launch({
			browser: 'firefox', executablePath: process.env['FIREFOX'] ?? '/usr/bin/firefox-esr', headless: true,
			extraPrefsFirefox: { 'media.autoplay.default': 0, 'media.peerconnection.ice.loopback': true },
			args: ['--width=1280', '--height=800'],
		});
		expect(server.url).toContain('localhost');
		await use(browser);
		await browser.close();
	},
});

async function seconds(page: Page): Promise<number> {
	return page.evaluate(() => document.querySelector('video')?.currentTime ?? 0);
}

test('Firefox watches what Chromium shares', async ({ person, firefox }) => {
	const sharer = await person();
	const link = await sharer.share(await film('ten-seconds'));
	const page = await firefox.newPage();
	await page.goto(link);
	await expect.poll(() => seconds(page), { timeout: 120_000 }).toBeGreaterThan(1);
});

test('Chromium watches what Firefox shares', async ({ person, firefox, server }) => {
	const page = await firefox.newPage();
	await page.goto(server.url);
	const input = await page.waitForSelector('input[type=file]');
	await (input as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(await film('ten-seconds'));
	const box = await page.waitForSelector('[data-testid=share-link]');
	const link = await box!.evaluate((element) => (element as HTMLInputElement).value);
	const viewer = await person();
	await viewer.watch(link);
	await expect.poll(() => viewer.seconds(), { timeout: 120_000 }).toBeGreaterThan(1);
});
