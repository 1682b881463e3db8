import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { ServerProcess } from '../server-process.ts';
import { twoGigabytes } from './bench-films.ts';
import { withPeople, type Person } from './chromium.ts';
import { compare, figures, median } from './compare.ts';
import { pssBytes } from './processes.ts';
import { readyToWatch, shareSealed, type Product } from './product.ts';
import { begin, record } from './results.ts';
import { untilTestEnds } from './until-test-ends.ts';

const MB = 1e6;
const SAMPLE_EVERY_MS = 1000;

test('memory does not grow with what passes through', async () => {
	const section = begin('memory', 'Private memory (PSS) of each page while 2 GB pass, first fifth against last');
	const product = await untilTestEnds(ServerProcess.start());
	const { ours } = await compare({ ours: () => passTwoGigabytes(product) });
	const grows = { of: 'value', atMost: 40 } as const;
	expect(record(section, [
		{ figure: 'sharer\'s page grows by', unit: 'MB', ours: figures(ours, 'sharerGrowsMb'), bar: grows },
		{ figure: 'viewer\'s page grows by', unit: 'MB', ours: figures(ours, 'viewerGrowsMb'), bar: grows },
		{ figure: 'sharer\'s page, first fifth', unit: 'MB', ours: figures(ours, 'sharerMb') },
		{ figure: 'viewer\'s page, first fifth', unit: 'MB', ours: figures(ours, 'viewerMb') },
		{ figure: 'sharer\'s page grows from the second fifth on', unit: 'MB', ours: figures(ours, 'sharerGrowsLaterMb') },
		{ figure: 'viewer\'s page grows from the second fifth on', unit: 'MB', ours: figures(ours, 'viewerGrowsLaterMb') },
		{ figure: 'sharer\'s whole browser grows by', unit: 'MB', ours: figures(ours, 'sharerBrowserGrowsMb') },
		{ figure: 'viewer\'s whole browser grows by', unit: 'MB', ours: figures(ours, 'viewerBrowserGrowsMb') },
		{ figure: 'took', unit: 's', ours: figures(ours, 'tookSec') },
	])).toEqual([]);
});

function passTwoGigabytes(product: Product) {
	return withPeople([{ watchHeld: true }, { watchHeld: true }], async (sharer, viewer) => {
		const { link } = await shareSealed(product, sharer, await twoGigabytes());
		const page = await readyToWatch(product, viewer);
		await page.goto(link, { waitUntil: 'commit' });
		const [sharerFigures, viewerFigures] = [new Memory(sharer), new Memory(viewer)];
		while (!await isComplete(page)) {
			const held = await page.evaluate(() => window.benchClock.held ?? 0);
			await Promise.all([sharerFigures.sample(held), viewerFigures.sample(held)]);
			await delay(SAMPLE_EVERY_MS);
		}
		const clock = await page.evaluate(() => window.benchClock);
		const [sharing, viewing] = [sharerFigures.result(), viewerFigures.result()];
		return {
			sharerMb: sharing.first, sharerGrowsMb: sharing.grows, sharerGrowsLaterMb: sharing.growsLater,
			viewerMb: viewing.first, viewerGrowsMb: viewing.grows, viewerGrowsLaterMb: viewing.growsLater,
			sharerBrowserGrowsMb: sharing.browserGrows, viewerBrowserGrowsMb: viewing.browserGrows,
			tookSec: (clock.done! - clock.began!) / 1000,
		};
	});
}

function isComplete(page: Page): Promise<boolean> { return page.evaluate(() => window.benchClock.done !== undefined); }

/** Memory over the course of a transfer: of the page's process and of the whole browser. */
class Memory {
	readonly #person: Person;
	readonly #samples: { readonly held: number; readonly page: number; readonly browser: number }[] = [];

	constructor(person: Person) { this.#person = person; }

	/** @param held - part of the film that has passed */
	async sample(held: number): Promise<void> {
		const processes = await this.#person.processes();
		const browser = processes.reduce((sum, pid) => sum + pssBytes(pid), 0);
		this.#samples.push({ held, page: pssBytes(await this.#person.renderer()), browser });
	}

	/**
	 * `growsLater` tells a leak from settling: what the page and its garbage collector take once, they have taken by the
	 * second fifth.
	 */
	result() {
		const fifth = (k: number) => this.#samples.filter(({ held }) => held > k / 5 && held <= (k + 1) / 5);
		const mb = (k: number, of: 'page' | 'browser') => median(fifth(k).map((sample) => sample[of] / MB));
		return {
			first: mb(0, 'page'), grows: mb(4, 'page') - mb(0, 'page'), growsLater: mb(4, 'page') - mb(1, 'page'),
			browserGrows: mb(4, 'browser') - mb(0, 'browser'),
		};
	}
}
