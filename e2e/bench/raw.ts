/** The limit: two pages, one simple-peer connection, bare 8192-byte messages as fast as the channel takes them. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Person } from './chromium.ts';
import { servePages } from './page-server.mjs';
import { meter, type Transfer } from './transfer.ts';

const PACKAGE = join(import.meta.dirname, '../../node_modules/simple-peer/simplepeer.min.js');

/** Serves the pages that {@link rawTransfer} opens. */
export function serveRaw(): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
	return servePages({
		'/': join(import.meta.dirname, 'pages/raw.html'), '/raw.mjs': join(import.meta.dirname, 'pages/raw.mjs'),
		'/simplepeer.min.js': PACKAGE,
	});
}

/** Sends so many bytes from one person to the other. */
export async function rawTransfer(url: string, from: Person, to: Person, bytes: number): Promise<Transfer> {
	const [sender, receiver] = [await from.page(), await to.page()];
	await receiver.goto(url);
	await receiver.goto('about:blank');
	await relay(sender, receiver);
	await relay(receiver, sender);
	await sender.goto(`${url}/#send=${bytes}`);
	const metered = await meter(from, to);
	await receiver.goto(`${url}/#receive=${bytes}`);
	await receiver.waitForFunction(() => window.benchClock.done !== undefined, null, { timeout: 0, polling: 100 });
	return metered.read(receiver, bytes);
}

/** Carries one page's signals to the other. */
async function relay(from: Page, to: Page): Promise<void> {
	await from.exposeFunction('benchSignal', (signal: string) => to.evaluate((text) => {
		window.dispatchEvent(new CustomEvent('bench-signal', { detail: text }));
	}, signal));
}
