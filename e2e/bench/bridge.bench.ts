import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { parseShareLink, type ShareLink } from '../../shared/protocol/share-link.ts';
import { BridgeProcess } from '../bridge-process.ts';
import { TcpReader } from '../native/tcp-reader.ts';
import { ServerProcess } from '../server-process.ts';
import { spreadMegabytes } from './bench-films.ts';
import { withPeople } from './chromium.ts';
import { compare, figures, median } from './compare.ts';
import { readyToWatch, shareSealed } from './product.ts';
import { nodeToRaw, rawToNode } from './raw-node.ts';
import { serveRaw } from './raw.ts';
import { begin, record } from './results.ts';
import { untilTestEnds } from './until-test-ends.ts';

/** A gigabyte; `--mb=100` for a look. */
const MEGABYTES = Number(process.env['BENCH_MB'] ?? 1000);

/** Where in a film that has just begun to arrive somebody looks, as parts of it. */
const LOOKS = [0.9, 0.7, 0.5] as const;

/** Groups asked for ahead over TCP: eight megabytes, as many as a bridge queues for one peer. */
const GROUPS_AHEAD = 6;

test('a bridge takes and gives a film nearly as fast as bare messages, and its faces half as fast as a pipe', async () => {
	const section = begin('bridge', `A film of ${MEGABYTES} MB to a bridge, from it, and to programs`);
	const [product, raw] = [await untilTestEnds(ServerProcess.start()), await untilTestEnds(serveRaw())];
	const file = await spreadMegabytes(MEGABYTES);
	const { size } = await stat(file);
	const runs = await compare({
		raw: () => rawSpeeds(raw.url, size),
		pipe: async () => ({ pipe: await pipeSpeed(file, size) }),
		ours: () => ourSpeeds(product, file, size),
	});
	const bare = (of: 'toNode' | 'toPage') => ({ name: 'bare messages', values: figures(runs.raw, of) });
	const pipe = { name: 'createReadStream().pipe()', values: figures(runs.pipe, 'pipe') };
	const [channels, faces] = [{ of: 'ratio', atLeast: 0.85 }, { of: 'ratio', atLeast: 0.5 }] as const;
	expect(record(section, [
		{ figure: 'page to bridge', unit: 'MB/s', ours: figures(runs.ours, 'toBridge'), against: bare('toNode'), bar: channels },
		{ figure: 'bridge to page', unit: 'MB/s', ours: figures(runs.ours, 'toPage'), against: bare('toPage'), bar: channels },
		{ figure: 'HTTP face, one client', unit: 'MB/s', ours: figures(runs.ours, 'http'), against: pipe, bar: faces },
		{ figure: 'TCP face, one client', unit: 'MB/s', ours: figures(runs.ours, 'tcp'), against: pipe, bar: faces },
		{
			figure: 'first byte of a range that has not arrived', unit: 'ms', ours: figures(runs.ours, 'rangeMs'),
			bar: { of: 'value', atMost: 300 },
		},
	])).toEqual([]);
});

function rawSpeeds(url: string, size: number) {
	return withPeople([{}], async (person) => {
		const toNode = await rawToNode(await person.page(), url, size);
		return { toNode, toPage: await nodeToRaw(await person.page(), url, size) };
	});
}

async function ourSpeeds(product: ServerProcess, file: string, size: number) {
	return withPeople([{}, { watchHeld: true, pauseAtFirstFrame: true }], async (sharer, viewer) => {
		const shared = await shareSealed(product, sharer, file);
		const parsed = parseShareLink(shared.link);
		if (!parsed.ok) throw new Error(parsed.error);
		const newcomer = await BridgeProcess.start(product, shared.link);
		const rangeMs = await lookAhead(newcomer, parsed.value, size).finally(() => newcomer.close());
		const before = await uploaded(shared.page);
		const bridge = await BridgeProcess.start(product, shared.link);
		try {
			const toBridge = await speedOf(shared.page, before, size);
			await sharer.close();
			const http = await httpSpeed(`${bridge.url}/download/${parsed.value.id}`, size);
			const tcp = await tcpSpeed(bridge, parsed.value, size);
			const page = await readyToWatch(product, viewer);
			await page.goto(shared.link);
			await page.waitForFunction(() => window.benchClock.done !== undefined, null, { timeout: 0, polling: 100 });
			const clock = await page.evaluate(() => window.benchClock);
			return { toBridge, toPage: size / 1e3 / (clock.done! - clock.began!), http, tcp, rangeMs };
		} finally {
			await bridge.close();
		}
	});
}

/** Bytes of the film that a sharer's page has sent. */
function uploaded(page: Page): Promise<number> {
	return page.evaluate(() => window.streamlet?.snapshot().bytes.uploaded ?? 0);
}

/** Of what a page sends to one who fetches all: megabytes a second from first to last byte. */
async function speedOf(page: Page, before: number, size: number): Promise<number> {
	let [began, sent] = [0, 0];
	while (sent < size) {
		sent = await uploaded(page) - before;
		if (sent > 0) began ||= performance.now();
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	return size / 1e3 / (performance.now() - began);
}

/** How soon bytes come from the middle of a film of which next to nothing is here: the middle of some looks. */
async function lookAhead(bridge: BridgeProcess, { id }: ShareLink, size: number): Promise<number> {
	const url = `${bridge.url}/watch/${id}`;
	await fetch(url, { method: 'HEAD' }); // until the film is known, as for somebody who opened it
	const times: number[] = [];
	for (const part of LOOKS) {
		const began = performance.now();
		const [response] = await once(get(url, { headers: { range: `bytes=${Math.floor(size * part)}-` } }), 'response') as [Readable];
		await once(response, 'data');
		times.push(performance.now() - began);
		response.destroy();
	}
	return median(times);
}

async function httpSpeed(url: string, size: number): Promise<number> {
	const [response] = await once(get(url), 'response') as [Readable];
	return readingSpeed(response, size);
}

async function pipeSpeed(file: string, size: number): Promise<number> {
	const child = spawn(process.execPath, [join(import.meta.dirname, 'file-server.mjs'), file], { stdio: ['ignore', 'pipe', 'inherit'] });
	try {
		const [port] = await once(child.stdout, 'data') as [Buffer];
		return await readingSpeed(connect(Number(port.toString()), '127.0.0.1'), size);
	} finally {
		child.kill();
	}
}

async function readingSpeed(stream: Readable, size: number): Promise<number> {
	const began = performance.now();
	let got = 0;
	for await (const piece of stream as AsyncIterable<Buffer>) got += piece.length;
	expect(got).toBe(size);
	return size / 1e3 / (performance.now() - began);
}

async function tcpSpeed(bridge: BridgeProcess, link: ShareLink, size: number): Promise<number> {
	const reader = await TcpReader.open({ port: bridge.tcpPort, link, size });
	const began = performance.now();
	for (let group = 0; group < Math.min(GROUPS_AHEAD, reader.groups); group++) reader.ask(group);
	for (let group = 0; group < reader.groups; group++) {
		await reader.until(group);
		if (group + GROUPS_AHEAD < reader.groups) reader.ask(group + GROUPS_AHEAD);
	}
	reader.close();
	return size / 1e3 / (performance.now() - began);
}
