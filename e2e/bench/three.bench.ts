import { stat } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { ADDRESS, up } from '../bed/bed.ts';
import { ServerProcess } from '../server-process.ts';
import { megabytes } from './bench-films.ts';
import { withPeople, type Person, type PersonOptions } from './chromium.ts';
import { compare, figures, type Sample } from './compare.ts';
import { readyToWatch, shareSealed, type Product } from './product.ts';
import { begin, record, type Row } from './results.ts';
import { argsInBed, startInBed } from './started-in-bed.ts';
import { untilTestEnds } from './until-test-ends.ts';
import { linkTo, readyToOpen, seed, startWebTorrent, type WebTorrent } from './webtorrent.ts';

const VIEWERS = 3;

/** Films that take some ten seconds: four browsers share the machine in the first case, in the other a wire. */
const UNSHAPED_MB = 50;
const SHAPED_MB = 24;
const SHARER_MBIT = 20;

/** `allSec`: from opening the links, all at once, until the last has everything; `copies`: what the sharer sent. */
interface Spread extends Sample { readonly allSec: number; readonly copies: number }

test('three viewers have a film sooner than by WebTorrent, and the sharer sends little more than one copy', async () => {
	const section = begin('three', 'One sharer, three viewers who open the link at once: until all have all');
	const [product, rival] = [await untilTestEnds(ServerProcess.start()), await untilTestEnds(startWebTorrent())];
	const unshaped = { product, rival, megabytes: UNSHAPED_MB, sharer: {}, viewer: {} };
	const rows = await against('unshaped, one machine', 0.7, unshaped);

	const bed = await up({}, 'three');
	onTestFinished(() => bed.down());
	const far = await untilTestEnds(startInBed(bed));
	const farRival = await untilTestEnds(startWebTorrent(ADDRESS.a, (command) => bed.exec('a', command)));
	await bed.shape({ rateMbit: SHARER_MBIT });
	const args = [...argsInBed(`${far.url},${farRival.url}`)];
	rows.push(...await against(`sharer's uplink ${SHARER_MBIT} Mbit/s`, 0.5, {
		product: far, rival: farRival, megabytes: SHAPED_MB,
		sharer: { executable: bed.chromium('a'), args }, viewer: { executable: bed.chromium('b'), args },
	}));
	expect(record(section, rows)).toEqual([]);
});

interface Setting {
	readonly product: Product;
	readonly rival: WebTorrent;
	readonly megabytes: number;
	readonly sharer: PersonOptions;
	readonly viewer: PersonOptions;
}

async function against(what: string, atMost: number, setting: Setting): Promise<Row[]> {
	const file = await megabytes(setting.megabytes);
	const { size } = await stat(file);
	const viewers = (more: PersonOptions) => Array.from({ length: VIEWERS }, () => ({ ...setting.viewer, ...more }));
	const runs = await compare({
		ours: () => withPeople(
			[setting.sharer, ...viewers({ watchHeld: true, pauseAtFirstFrame: true })],
			(from, ...to) => ours(setting.product, from, to, { file, size }),
		),
		webTorrent: () => withPeople(
			[setting.sharer, ...viewers({})], (from, ...to) => webTorrents(setting.rival, from, to, { file, size }),
		),
	});
	const name = 'WebTorrent';
	return [
		{
			figure: `${setting.megabytes} MB, ${what}`, unit: 's', ours: figures(runs.ours, 'allSec'),
			against: { name, values: figures(runs.webTorrent, 'allSec') }, bar: { of: 'ratio', atMost },
		},
		{
			figure: `copies the sharer sent, ${what}`, unit: '', ours: figures(runs.ours, 'copies'),
			against: { name, values: figures(runs.webTorrent, 'copies') }, bar: { of: 'value', atMost: 1.3 },
		},
	];
}

interface Film { readonly file: string; readonly size: number }

async function ours(product: Product, from: Person, to: readonly Person[], { file, size }: Film): Promise<Spread> {
	const { page, link } = await shareSealed(product, from, file);
	const pages = await Promise.all(to.map((person) => readyToWatch(product, person)));
	const allSec = await openAll(pages, link);
	return { allSec, copies: await page.evaluate(() => window.streamlet!.snapshot().bytes.uploaded) / size };
}

async function webTorrents(
	rival: WebTorrent, from: Person, to: readonly Person[], { file, size }: Film,
): Promise<Spread> {
	const magnet = await seed(rival, from, file);
	const pages = await Promise.all(to.map((person) => readyToOpen(rival, person)));
	const allSec = await openAll(pages, linkTo(rival, magnet, 'download'));
	return { allSec, copies: await from.context.pages().at(-1)!.evaluate(() => window.benchUploaded()) / size };
}

/** Seconds from the first opening to the last byte of the last. */
async function openAll(pages: readonly Page[], link: string): Promise<number> {
	await Promise.all(pages.map((page) => page.goto(link)));
	await Promise.all(pages.map((page) =>
		page.waitForFunction(() => window.benchClock.done !== undefined, null, { timeout: 0, polling: 100 })));
	const clocks = await Promise.all(pages.map((page) => page.evaluate(() => window.benchClock)));
	return (Math.max(...clocks.map(({ done }) => done!)) - Math.min(...clocks.map(({ opened }) => opened!))) / 1000;
}
