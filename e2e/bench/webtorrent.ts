/** The rival: WebTorrent's own browser build and its own tracker, unmodified, without STUN. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Page } from 'playwright-core';
import type { Person } from './chromium.ts';
import { meter, type Transfer } from './transfer.ts';

/** Pages and tracker, running. */
export interface WebTorrent { readonly url: string; readonly tracker: string; readonly close: () => Promise<void> }

/** Starts a command elsewhere: in a network namespace say. Its output is on the child's `stdout`. */
type Launch = (command: readonly [string, ...string[]]) => ChildProcess;

/** Starts pages and tracker on free ports of an address. */
export async function startWebTorrent(host = '127.0.0.1', launch: Launch = here): Promise<WebTorrent> {
	const child = launch([process.execPath, join(import.meta.dirname, 'webtorrent-host.mjs'), host]);
	if (child.stdout === null) throw new Error('the rival has no output');
	for await (const line of createInterface(child.stdout)) {
		child.stdout.resume(); // or it would stop when the pipe is full
		const close = async (): Promise<void> => { if (child.exitCode === null && child.kill()) await once(child, 'exit'); };
		return { ...JSON.parse(line) as Pick<WebTorrent, 'url' | 'tracker'>, close };
	}
	throw new Error('the rival ended without serving');
}

function here([program, ...args]: readonly [string, ...string[]]): ChildProcess {
	return spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
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
