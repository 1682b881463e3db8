/** The rival: WebTorrent's own browser build and its own tracker on loopback, unmodified, without STUN. */
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import type { Person } from './chromium.ts';
import { servePages } from './page-server.ts';
import { BENCH_FOLDER } from './rivals.mjs';
import { meter, type Transfer } from './transfer.ts';

const MODULES = join(BENCH_FOLDER, 'node_modules');
const PAGES = join(import.meta.dirname, 'pages');

/** What we use of the package bittorrent-tracker. */
interface Tracker {
	readonly http: import('node:http').Server;
	listen(port: number, host: string): void;
	once(event: 'listening', listener: () => void): unknown;
	close(done: () => void): void;
}

/** Pages and tracker, running. */
export interface WebTorrent { readonly url: string; readonly tracker: string; readonly close: () => Promise<void> }

/** Starts pages and tracker on free ports. */
export async function startWebTorrent(): Promise<WebTorrent> {
	const module = await import(pathToFileURL(join(MODULES, 'bittorrent-tracker/server.js')).href) as {
		default: new (options: object) => Tracker;
	};
	const tracker = new module.default({ udp: false, http: true, ws: true, stats: false });
	tracker.listen(0, '127.0.0.1');
	await once(tracker.http, 'listening');
	const address = tracker.http.address();
	if (address === null || typeof address === 'string') throw new Error('the rival\'s tracker has no port');
	const pages = await servePages({
		'/': join(PAGES, 'webtorrent.html'), '/webtorrent.mjs': join(PAGES, 'webtorrent.mjs'),
		'/webtorrent.min.js': join(MODULES, 'webtorrent/dist/webtorrent.min.js'), '/sw.min.js': join(MODULES, 'webtorrent/dist/sw.min.js'),
	});
	return {
		url: pages.url, tracker: `ws://127.0.0.1:${address.port}`,
		close: async () => {
			await pages.close();
			tracker.http.closeAllConnections();
			await new Promise<void>((resolve) => tracker.close(resolve));
		},
	};
}

/** Seeds a file; ready when the magnet link is there, which is after hashing. */
export async function seed(rival: WebTorrent, person: Person, file: string): Promise<string> {
	const page = await person.page();
	await page.goto(`${rival.url}/#${new URLSearchParams({ act: 'seed', tracker: rival.tracker })}`);
	await page.setInputFiles('input', file);
	const magnet = await page.waitForFunction(() => document.body.dataset.magnet, null, { timeout: 0, polling: 100 });
	return await magnet.jsonValue() as string;
}

/** A browser that has the rival's page in its cache and its service worker running, in a tab ready to open a link. */
export async function readyToOpen(rival: WebTorrent, person: Person): Promise<Page> {
	const page = await person.page();
	await page.goto(`${rival.url}/#${new URLSearchParams({ act: 'nothing' })}`);
	await page.waitForFunction(() => window.benchClock.ready !== undefined);
	await page.goto('about:blank');
	return page;
}

/** The address at which the rival's page fetches, or plays, what a magnet link names. */
export function linkTo(rival: WebTorrent, magnet: string, act: 'download' | 'watch'): string {
	return `${rival.url}/#${new URLSearchParams({ act, tracker: rival.tracker, magnet })}`;
}

/** A whole film from one person to the other. */
export async function webTorrentTransfer(
	rival: WebTorrent, [from, to]: readonly [Person, Person], file: string,
): Promise<Transfer> {
	const magnet = await seed(rival, from, file);
	const page = await readyToOpen(rival, to);
	const metered = await meter(from, to);
	await page.goto(linkTo(rival, magnet, 'download'));
	await page.waitForFunction(() => window.benchClock.done !== undefined, null, { timeout: 0, polling: 100 });
	return metered.read(page, await page.evaluate(() => Number(document.body.dataset.bytes)));
}

/** How long a picked file takes to become a magnet link. */
export async function seedTime(rival: WebTorrent, person: Person, file: string) {
	await seed(rival, person, file);
	const page = person.context.pages().at(-1)!; // the browser's own empty one is before it
	const clock = await page.evaluate(() => window.benchClock);
	return { linkMs: clock.magnet! - clock.given! };
}
