import { test } from 'vitest';
import { compare } from './compare.ts';
import { withPeople } from './chromium.ts';
import { rawTransfer, serveRaw } from './raw.ts';
import { startWebTorrent, webTorrentTransfer } from './webtorrent.ts';
import { hundredMegabytes } from './bench-films.ts';
import { untilTestEnds } from './until-test-ends.ts';
test('raw', async () => {
	const raw = await untilTestEnds(serveRaw());
	const rival = await untilTestEnds(startWebTorrent());
	const file = await hundredMegabytes();
	await compare({
		raw: () => withPeople([{}, {}], (a, b) => rawTransfer(raw.url, a, b, 1e8)),
		webTorrent: () => withPeople([{}, {}], (a, b) => webTorrentTransfer(rival, [a, b], file)),
	}, 3);
});
