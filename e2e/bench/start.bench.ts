import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { film } from '../films/make-films.ts';
import type { FilmName } from '../films/recipes.ts';
import { ServerProcess } from '../server-process.ts';
import { withPeople, type Person } from './chromium.ts';
import { compare, figures } from './compare.ts';
import { firstFrame, readyToWatch, shareSealed, type Product } from './product.ts';
import { begin, record, type Row } from './results.ts';
import { untilTestEnds } from './until-test-ends.ts';
import { linkTo, readyToOpen, seed, startWebTorrent, type WebTorrent } from './webtorrent.ts';

/** Where the viewer seeks to, of the film's length. */
const SEEK_TO = 0.75;

test('a film starts within a second and seeks within half a second, twice as fast as by WebTorrent', async () => {
	const section = begin('start', 'Open link to first frame, and a seek to 75 % that is not held yet');
	const [product, rival] = [await untilTestEnds(ServerProcess.start()), await untilTestEnds(startWebTorrent())];
	const films = { tenMinutes: 'ten-minutes', twoHours: 'two-hours' } as const;
	const runs = await compare({
		tenMinutes: () => ours(product, films.tenMinutes),
		tenMinutesWebTorrent: () => theirs(rival, films.tenMinutes),
		twoHours: () => ours(product, films.twoHours),
		twoHoursWebTorrent: () => theirs(rival, films.twoHours),
	});

	const rows = (what: string, name: keyof typeof films): Row[] => {
		const [mine, webTorrent] = [runs[name], runs[`${name}WebTorrent`]];
		const against = (figure: 'frameMs' | 'chunkMs' | 'cpuMs' | 'seekMs') => ({ name: 'WebTorrent', values: figures(webTorrent, figure) });
		const frame = { unit: 'ms', ours: figures(mine, 'frameMs'), against: against('frameMs') };
		const detail = (figure: 'chunkMs' | 'cpuMs') => ({ unit: 'ms', ours: figures(mine, figure), against: against(figure) });
		return [
			{ figure: `first frame, ${what}`, ...frame, bar: { of: 'value', atMost: 1000 } },
			{ figure: `first frame, ${what}`, ...frame, bar: { of: 'ratio', atMost: 0.5 } },
			{ figure: `first verified chunk, or piece, ${what}`, ...detail('chunkMs') },
			{ figure: `processor time of the viewer's browser until the first frame, ${what}`, ...detail('cpuMs') },
			{
				figure: `seek, ${what}`, unit: 'ms', ours: figures(mine, 'seekMs'), against: against('seekMs'),
				bar: { of: 'value', atMost: 500 },
			},
			{ figure: `part held when seeking, ${what}`, unit: '', ours: figures(mine, 'held'), bar: { of: 'value', atMost: 0.25 } },
		];
	};
	expect(record(section, [...rows('10 minutes of 720p', 'tenMinutes'), ...rows('2 hours', 'twoHours')])).toEqual([]);
});

function ours(product: Product, name: FilmName) {
	return withPeople([{}, { watchHeld: true }], async (sharer, viewer) => {
		const { link } = await shareSealed(product, sharer, await film(name));
		return startAndSeek(viewer, await readyToWatch(product, viewer), link);
	});
}

function theirs(rival: WebTorrent, name: FilmName) {
	return withPeople([{}, {}], async (sharer, viewer) => {
		const magnet = await seed(rival, sharer, await film(name));
		return startAndSeek(viewer, await readyToOpen(rival, viewer), linkTo(rival, magnet, 'watch'));
	});
}

async function startAndSeek(viewer: Person, page: Page, link: string) {
	const before = await viewer.spent();
	await page.goto(link, { waitUntil: 'commit' });
	await firstFrame(page);
	const after = await viewer.spent();
	const held = await page.evaluate(() => window.benchClock.held ?? 0);
	const seekMs = await page.evaluate((to) => window.benchSeek(to), SEEK_TO);
	const clock = await page.evaluate(() => window.benchClock);
	return {
		frameMs: clock.firstFrame! - clock.opened!, chunkMs: clock.began! - clock.opened!,
		cpuMs: (after.all - before.all) * 1000, seekMs, held,
	};
}
