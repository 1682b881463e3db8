import { stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ServerProcess } from '../server-process.ts';
import { hundredMegabytes } from './bench-films.ts';
import { withPeople } from './chromium.ts';
import { compare, figures } from './compare.ts';
import { productTransfer } from './product.ts';
import { rawTransfer, serveRaw } from './raw.ts';
import { begin, record } from './results.ts';
import { untilTestEnds } from './until-test-ends.ts';
import { startWebTorrent, webTorrentTransfer } from './webtorrent.ts';

test('a whole 100 MB film arrives nearly as fast as bare messages, and faster than by WebTorrent', async () => {
	const section = begin('whole', 'A whole 100 MB film, one link, verified and stored');
	const product = await untilTestEnds(ServerProcess.start());
	const [raw, rival] = [await untilTestEnds(serveRaw()), await untilTestEnds(startWebTorrent())];
	const file = await hundredMegabytes();
	const { size } = await stat(file);
	const receiver = { watchHeld: true, pauseAtFirstFrame: true };
	const runs = await compare({
		raw: () => withPeople([{}, {}], (from, to) => rawTransfer(raw.url, from, to, size)),
		ours: () => withPeople([{}, receiver], (from, to) => productTransfer(product, [from, to], file, size)),
		webTorrent: () => withPeople([{}, {}], (from, to) => webTorrentTransfer(rival, [from, to], file)),
	});

	const row = (figure: string, of: keyof typeof runs.ours[number] & string, unit: string, peer: 'raw' | 'webTorrent') => ({
		figure, unit, ours: figures(runs.ours, of),
		against: { name: peer === 'raw' ? 'bare messages' : 'WebTorrent', values: figures(runs[peer], of) },
	});
	const cpu = (sample: { senderCpuSec: number; receiverCpuSec: number }) => sample.senderCpuSec + sample.receiverCpuSec;
	expect(record(section, [
		{ ...row('first to last byte', 'mbPerSec', 'MB/s', 'raw'), bar: { of: 'ratio', atLeast: 0.8 } },
		{ ...row('first to last byte', 'mbPerSec', 'MB/s', 'webTorrent'), bar: { of: 'ratio', atLeast: 1 } },
		row('page opened to last byte', 'wholeSec', 's', 'raw'),
		{ ...row('page opened to last byte', 'wholeSec', 's', 'webTorrent'), bar: { of: 'ratio', atMost: 1 } },
		{
			figure: 'processor time of both pages', unit: 's', ours: runs.ours.map(cpu),
			against: { name: 'WebTorrent', values: runs.webTorrent.map(cpu) },
		},
		row('processor time of the sender\'s page', 'senderCpuSec', 's', 'raw'),
		row('processor time of the receiver\'s page', 'receiverCpuSec', 's', 'raw'),
		row('processor time of both browsers, whole', 'allCpuSec', 's', 'webTorrent'),
	])).toEqual([]);
});
