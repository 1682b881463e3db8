/** The limit between a page and a program: one channel of the bridge's library, bare 8192-byte messages. */
import type { Page } from 'playwright-core';
import { loadDataPeers } from '../../bridge/rtc/node-data-peer.ts';

const MESSAGE_BYTES = 8192;

/** Bytes queued at which sending waits, and goes on: as in pages/raw.mjs. */
const HIGH_BYTES = 256 * 1024;
const LOW_BYTES = 64 * 1024;

/** What is used of a simple-peer, beside what bridges use. */
interface RawPeer {
	readonly _channel: RTCDataChannel;
	on(event: 'signal', listener: (signal: object) => void): void;
	on(event: 'connect' | 'error', listener: () => void): void;
	signal(signal: unknown): void;
	destroy(): void;
}

/** Sends so many bytes from a page to this process. Megabytes a second from first to last byte. */
export async function rawToNode(page: Page, url: string, bytes: number): Promise<number> {
	const peer = await rawPeer(true);
	const speed = new Promise<number>((resolve) => {
		let [got, began] = [0, 0];
		peer.on('connect', () => {
			peer._channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
				began ||= performance.now();
				got += data.byteLength;
				if (got >= bytes) resolve(bytes / 1e3 / (performance.now() - began));
			};
		});
	});
	await introduce(peer, page, `${url}/#send=${bytes}`);
	const measured = await speed;
	peer.destroy();
	return measured;
}

/** The other way. */
export async function nodeToRaw(page: Page, url: string, bytes: number): Promise<number> {
	const peer = await rawPeer(false);
	peer.on('connect', () => send(peer._channel, bytes));
	await introduce(peer, page, `${url}/#receive=${bytes}`);
	await page.waitForFunction(() => window.benchClock.done !== undefined, null, { timeout: 0, polling: 100 });
	const clock = await page.evaluate(() => window.benchClock);
	peer.destroy();
	return bytes / 1e3 / (clock.done! - clock.began!);
}

function send(channel: RTCDataChannel, bytes: number): void {
	const message = new Uint8Array(MESSAGE_BYTES).fill(7);
	let sent = 0;
	const more = () => {
		while (sent < bytes && channel.bufferedAmount < HIGH_BYTES) {
			channel.send(message.subarray(0, Math.min(MESSAGE_BYTES, bytes - sent)));
			sent += MESSAGE_BYTES;
		}
	};
	channel.bufferedAmountLowThreshold = LOW_BYTES;
	channel.onbufferedamountlow = more;
	more();
}

async function rawPeer(initiator: boolean): Promise<RawPeer> {
	const loaded = await loadDataPeers();
	const made = loaded.ok ? loaded.value(initiator, []) : loaded;
	if (!made.ok) throw new Error(made.error);
	const peer = made.value as unknown as RawPeer; // it is a simple-peer, of which bridges see less
	peer.on('error', () => {}); // a page that closes aborts its side
	return peer;
}

/** Carries the signals of both. */
async function introduce(peer: RawPeer, page: Page, url: string): Promise<void> {
	const waiting: object[] = [];
	let toPage = (signal: object): void => void waiting.push(signal);
	peer.on('signal', (signal) => toPage(signal));
	await page.exposeFunction('benchSignal', (text: string) => peer.signal(JSON.parse(text)));
	await page.goto(url);
	toPage = (signal) => void page.evaluate((detail) => {
		window.dispatchEvent(new CustomEvent('bench-signal', { detail }));
	}, JSON.stringify(signal));
	for (const signal of waiting.splice(0)) toPage(signal);
}
