import { stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { TabbedSharer } from '../hidden-tab.ts';
import { ServerProcess } from '../server-process.ts';
import { megabytes } from './bench-films.ts';
import { withPeople } from './chromium.ts';
import { compare, figures } from './compare.ts';
import { readyToWatch, type Product } from './product.ts';
import { begin, record } from './results.ts';
import { untilTestEnds } from './until-test-ends.ts';

const FILM_MB = 50;

test('a hidden tab serves as fast as a visible one', async () => {
	const section = begin('hidden', 'A film out of a hidden tab, timers slowed by the browser, against a visible one');
	const product = await untilTestEnds(ServerProcess.start());
	const file = await megabytes(FILM_MB);
	const runs = await compare({
		hidden: () => transferFrom(product, file, 'hidden'), visible: () => transferFrom(product, file, 'visible'),
	});
	expect(record(section, [
		{
			figure: `${FILM_MB} MB, first to last byte`, unit: 'MB/s', ours: figures(runs.hidden, 'mbPerSec'),
			against: { name: 'visible', values: figures(runs.visible, 'mbPerSec') }, bar: { of: 'ratio', atLeast: 0.9 },
		},
		{
			figure: 'how often a timer of 10 ms fires each second', unit: '', ours: figures(runs.hidden, 'ticksPerSec'),
			against: { name: 'visible', values: figures(runs.visible, 'ticksPerSec') }, bar: { of: 'value', atMost: 10 },
		},
	])).toEqual([]);
});

async function transferFrom(product: Product, file: string, visibility: DocumentVisibilityState) {
	const sharer = await TabbedSharer.share(product.url, file);
	try {
		await sharer.prepared();
		if (visibility === 'hidden') await sharer.hide();
		return await withPeople([{ watchHeld: true, pauseAtFirstFrame: true }], async (viewer) => {
			const page = await readyToWatch(product, viewer);
			const [before, began] = [await sharer.look(), performance.now()];
			await page.goto(sharer.link);
			await page.waitForFunction(() => window.benchClock.done !== undefined, null, { timeout: 0, polling: 100 });
			const [after, seconds] = [await sharer.look(), (performance.now() - began) / 1000];
			if (after.visibility !== visibility) throw new Error(`the tab is ${after.visibility}`);
			const clock = await page.evaluate(() => window.benchClock);
			const { size } = await stat(file);
			const ticksPerSec = (after.ticks - before.ticks) / seconds;
			return { mbPerSec: size / 1e3 / (clock.done! - clock.began!), ticksPerSec };
		});
	} finally {
		await sharer.close();
	}
}
