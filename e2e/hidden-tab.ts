/**
 * A sharer whose tab is truly hidden: another one is in front of it, and the browser slows its timers down as it does
 * for people. Playwright's background tabs stay visible, so puppeteer drives this one.
 */
import puppeteer, { type Browser, type Page } from 'puppeteer-core';

const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--mute-audio'];
/** What puppeteer would keep a hidden tab awake with. */
const NOT_THESE = [
	'--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding', '--disable-background-timer-throttling',
];

/** What a page shows of itself. */
interface Seen { readonly visibility: DocumentVisibilityState; readonly ticks: number; readonly uploaded: number }

/** A browser with one sharer in it. */
export class TabbedSharer {
	readonly link: string;
	readonly #browser: Browser;
	readonly #page: Page;

	private constructor(browser: Browser, page: Page, link: string) {
		this.#browser = browser;
		this.#page = page;
		this.link = link;
	}

	/** Opens the first page and gives it a file. Settles with the link made. */
	static async share(url: string, path: string): Promise<TabbedSharer> {
		const browser = await puppeteer.launch({
			executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ARGS, ignoreDefaultArgs: NOT_THESE,
		});
		const page = await browser.newPage();
		await page.goto(url);
		await page.evaluate(() => {
			const counting = globalThis as unknown as { ticks: number };
			counting.ticks = 0;
			setInterval(() => { counting.ticks += 1; }, 10);
		});
		const input = await page.waitForSelector('input[type=file]');
		await (input as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(path);
		const box = await page.waitForSelector('[data-testid=share-link]');
		const link = await box!.evaluate((element) => (element as HTMLInputElement).value);
		return new TabbedSharer(browser, page, link);
	}

	/** Settles when the film is prepared: what the page then does is for viewers. */
	async prepared(): Promise<void> {
		await this.#page.waitForFunction(() => document.querySelector('progress') === null, { timeout: 0, polling: 250 });
	}

	/** Puts another tab in front. */
	async hide(): Promise<void> { await (await this.#browser.newPage()).bringToFront(); }

	/** Whether it is hidden, how often a timer of 10 ms fired so far, and how many bytes it sent. */
	async look(): Promise<Seen> {
		return this.#page.evaluate(() => {
			const { ticks, streamlet } = globalThis as unknown as {
				ticks: number; streamlet: { snapshot(): { bytes: { uploaded: number } } };
			};
			return { visibility: document.visibilityState, ticks, uploaded: streamlet.snapshot().bytes.uploaded };
		});
	}

	async close(): Promise<void> { await this.#browser.close(); }
}
