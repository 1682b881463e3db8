import { expect, test } from 'vitest';
import { film } from '../films/make-films.ts';
import { ServerProcess } from '../server-process.ts';
import { hundredMegabytes } from './bench-films.ts';
import { withPeople } from './chromium.ts';
import { compare, figures } from './compare.ts';
import { drop, firstFrame, openHome, readyToWatch, type Product } from './product.ts';
import { begin, record } from './results.ts';
import { untilTestEnds } from './until-test-ends.ts';
import { seedTime, startWebTorrent } from './webtorrent.ts';

test('the link is there at once whatever the size, and can be opened the moment it appears', async () => {
	const section = begin('link', 'Drop to link, and the link opened the moment it appears');
	const [product, rival] = [await untilTestEnds(ServerProcess.start()), await untilTestEnds(startWebTorrent())];
	const [small, large] = [await hundredMegabytes(), await film('five-gigabytes-long')];
	const runs = await compare({
		small: () => dropAndOpen(product, small),
		large: () => dropAndOpen(product, large),
		webTorrent: () => withPeople([{}], (person) => seedTime(rival, person, small)),
	});

	const [link, frame] = [{ of: 'value', atMost: 500 }, { of: 'value', atMost: 2000 }] as const;
	const webTorrent = { name: 'WebTorrent', values: figures(runs.webTorrent, 'linkMs') };
	expect(record(section, [
		{ figure: 'drop to link, 100 MB', unit: 'ms', ours: figures(runs.small, 'linkMs'), against: webTorrent, bar: link },
		{ figure: 'drop to link, 5 GB', unit: 'ms', ours: figures(runs.large, 'linkMs'), bar: link },
		{ figure: 'link opened at once to first frame, 100 MB', unit: 'ms', ours: figures(runs.small, 'frameMs'), bar: frame },
		{ figure: 'link opened at once to first frame, 5 GB', unit: 'ms', ours: figures(runs.large, 'frameMs'), bar: frame },
		{ figure: 'drop to a viewer\'s first frame, 5 GB', unit: 'ms', ours: figures(runs.large, 'dropToFrameMs') },
	])).toEqual([]);
});

function dropAndOpen(product: Product, file: string) {
	return withPeople([{}, {}], async (sharer, viewer) => {
		const [home, watch] = [await openHome(product, sharer), await readyToWatch(product, viewer)];
		const { link } = await drop(home, sharer, file);
		await watch.goto(link, { waitUntil: 'commit' });
		await firstFrame(watch);
		const shared = await home.evaluate(() => window.benchClock);
		const watched = await watch.evaluate(() => window.benchClock);
		return {
			linkMs: shared.linked! - shared.given!,
			frameMs: watched.firstFrame! - watched.opened!,
			dropToFrameMs: watched.firstFrame! - shared.given!,
		};
	});
}
