/** Streamlet itself, driven as a person would: only by what its pages and its command promise to tools. */
import type { Page } from 'playwright-core';
import type { Person } from './chromium.ts';
import { meter, type Transfer } from './transfer.ts';

/** A link to nothing: opening it brings all of the watching page into the browser's cache. */
const NOWHERE = `/w/${'A'.repeat(22)}#${'A'.repeat(43)}`;

/** A tracker that serves the page. */
export interface Product { readonly url: string }

/** A film being shared: the sharer's page, and the link. */
export interface Shared { readonly page: Page; readonly link: string }

/** Opens the first page and waits until nothing moves any more. */
export async function openHome(product: Product, person: Person): Promise<Page> {
	const page = await person.page();
	await page.goto(product.url, { waitUntil: 'networkidle' });
	return page;
}

/** Drops a file onto an open first page, as from a file manager, and waits for the link. */
export async function drop(page: Page, person: Person, file: string): Promise<Shared> {
	const session = await person.context.newCDPSession(page);
	const data = { items: [], files: [file], dragOperationsMask: 1 };
	for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
		await session.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
	}
	await page.waitForFunction(() => window.benchClock.linked !== undefined, null, { polling: 'raf' });
	const link = await page.evaluate(() => {
		const element = document.querySelector('[data-testid=share-link]')!;
		return element instanceof HTMLInputElement ? element.value : element.getAttribute('href') ?? element.textContent;
	});
	return { page, link };
}

/** Shares a film and waits until its preparation, which the page shows, is over: viewers are all it then has to do. */
export async function shareSealed(product: Product, person: Person, file: string): Promise<Shared> {
	const shared = await drop(await openHome(product, person), person, file);
	await shared.page.waitForFunction(() => document.querySelector('progress') === null, null, { timeout: 0, polling: 250 });
	return shared;
}

/** A browser that has the watching page in its cache, in a tab ready to open a link. */
export async function readyToWatch(product: Product, person: Person): Promise<Page> {
	const page = await person.page();
	await page.goto(`${product.url}${NOWHERE}`, { waitUntil: 'networkidle' });
	await page.goto('about:blank');
	return page;
}

/** Waits for the first frame. */
export async function firstFrame(page: Page): Promise<void> {
	await page.waitForFunction(() => window.benchClock.firstFrame !== undefined, null, { timeout: 60_000, polling: 50 });
}

/** A whole film from one person to the other; `to` was opened with `watchHeld` and `pauseAtFirstFrame`. */
export async function productTransfer(
	product: Product, [from, to]: readonly [Person, Person], file: string, bytes: number,
): Promise<Transfer> {
	const { link } = await shareSealed(product, from, file);
	const page = await readyToWatch(product, to);
	const metered = await meter(from, to);
	await page.goto(link);
	await page.waitForFunction(() => window.benchClock.done !== undefined, null, { timeout: 0, polling: 100 });
	return metered.read(page, bytes);
}
