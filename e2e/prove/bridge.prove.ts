/** A bridge under what its operators fear: killed again and again, hundreds of programs at once, silent connections. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { linksTo, Sharing, trackerUrlOf, type FilmShare } from '../../bridge/sharing.ts';
import { DiskGroupStore, roomFor } from '../../bridge/store/disk-group-store.ts';
import { nodeCrypto } from '../../node/node-crypto.ts';
import { BitSet } from '../../shared/base/bit-set.ts';
import { randomBelow, seededRng } from '../../shared/base/rng.ts';
import { Layout } from '../../shared/protocol/ids.ts';
import { spreadMegabytes } from '../bench/bench-films.ts';
import { pssBytes } from '../bench/processes.ts';
import { untilTestEnds } from '../bench/until-test-ends.ts';
import { BridgeProcess } from '../bridge-process.ts';
import { film } from '../films/make-films.ts';
import { TcpReader } from '../native/tcp-reader.ts';
import { ServerProcess } from '../server-process.ts';

/** `SEED=7 npm run prove -- bridge` kills at other moments; `KILLS=5` and `CLIENTS=50` are quick looks. */
const SEED = Number(process.env['SEED'] ?? 1);
const KILLS = Number(process.env['KILLS'] ?? 100);
const CLIENTS = Number(process.env['CLIENTS'] ?? 500);

const MB = 1e6;
/** Bytes of a bridge's process, whoever it serves. */
const MOST_MEMORY = 300 * MB;
/** How long clients watch, and how much later than a film's first second they begin. */
const WATCHED_MS = 60_000;
const BUFFERED_MS = 5000;

async function folder(): Promise<string> {
	const path = await mkdtemp(join(tmpdir(), 'streamlet-prove-'));
	onTestFinished(() => rm(path, { recursive: true, force: true }));
	return path;
}

/** A file that is shared by this process. */
async function shareFile(path: string) {
	const server = await untilTestEnds(ServerProcess.start());
	const sharing = await Sharing.start({
		trackerUrl: trackerUrlOf(server.url), folder: await folder(), name: 'sharer', say: () => undefined, ended: () => undefined,
	});
	onTestFinished(() => sharing.close());
	const shared = await sharing.share(path);
	if (!shared.ok) throw new Error(shared.error);
	onTestFinished(() => shared.value.close());
	const [link = ''] = linksTo(shared.value, server.url);
	const key = { id: shared.value.id, key: shared.value.linkKey, trackers: [], startSec: undefined };
	return { server, share: shared.value, link, key };
}

/** A bridge that has all of a shared file. */
async function bridgeWith(path: string) {
	const shared = await shareFile(path);
	const bridge = await untilTestEnds(BridgeProcess.start(shared.server, shared.link));
	await expect.poll(() => shared.share.progress.copies, { timeout: 600_000, interval: 200 }).toBe(1);
	return { ...shared, bridge };
}

test(`killed ${KILLS} times in mid-write, it goes on from what it had, and nothing on its disk is spoiled`, async () => {
	const path = await spreadMegabytes(2000);
	const { server, share, link } = await shareFile(path);
	await expect.poll(() => share.progress.sealed, { timeout: 600_000, interval: 500 }).toBe(1);
	const bridge = await untilTestEnds(BridgeProcess.start(server, link));
	const rng = seededRng(SEED);
	const { groups } = new Layout(share.bytes);
	const directory = join(bridge.dataDir, 'bridge', share.id);
	let [held, bad] = [0, 0];
	for (let kill = 0; kill < KILLS; kill++) {
		const slots = join(directory, 'slots');
		const written = async () => (await stat(slots).catch(() => undefined))?.mtimeMs ?? 0;
		const before = await written();
		await expect.poll(written, { timeout: 60_000, interval: 5 }).toBeGreaterThan(before);
		await new Promise((resolve) => setTimeout(resolve, randomBelow(rng, 200)));
		await bridge.kill();
		const looked = await lookInto(directory, groups);
		bad += looked.bad;
		expect(looked.whole, `kill ${kill + 1}, seed ${SEED}`).toBeGreaterThanOrEqual(held);
		held = looked.whole;
		await bridge.restart();
	}
	console.log(`  ${KILLS} kills, seed ${SEED}: ${held} of ${groups} groups held after the last, ${bad} spoiled`);
	expect(bad, `seed ${SEED}`).toBe(0);
	await expect.poll(() => share.progress.copies, { timeout: 1_200_000, interval: 500 }).toBe(1);
	expect(await isServed(`${bridge.url}/download/${share.id}`, path)).toBe(true);
});

/** How many groups a store has whole, and how many of those it has are not what they say: a read checks that. */
async function lookInto(directory: string, groups: number): Promise<{ readonly whole: number; readonly bad: number }> {
	const about = { groups, hash: nodeCrypto.sha256Now, maxBytes: roomFor(groups) };
	const store = await DiskGroupStore.open(directory, about);
	if (!store.ok) throw new Error(store.error);
	const inventory = await store.value.inventory();
	if (!inventory.ok) throw new Error(inventory.error);
	const whole = BitSet.from(inventory.value.whole, groups)!;
	let bad = 0;
	for (let group = 0; group < groups; group++) {
		if (!whole.has(group) && !inventory.value.partial.has(group)) continue;
		const read = await store.value.read(group);
		if (!read.ok || !read.value) bad += 1;
	}
	await store.value.close();
	return { whole: whole.size, bad };
}

async function isServed(url: string, path: string): Promise<boolean> {
	const { body } = await fetch(url);
	return await hashOf(body as unknown as AsyncIterable<Uint8Array>) === await hashOf(createReadStream(path));
}

async function hashOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
	const hash = createHash('sha256');
	for await (const piece of bytes) hash.update(piece);
	return hash.digest('hex');
}

/** Watches at a bit rate, from somewhere in the film. How late the latest group came; below 0: in time. */
async function watch(reader: TcpReader, bitsPerSecond: number, first: number): Promise<number> {
	const groupMs = (reader.bytesIn(0) * 8000) / bitsPerSecond;
	const count = Math.max(2, Math.ceil(WATCHED_MS / groupMs));
	const began = performance.now();
	let latest = -Infinity;
	const at = (k: number) => (first + k) % (reader.groups - 1);
	reader.ask(at(0), 0);
	for (let k = 0; k < count; k++) {
		await reader.until(at(k));
		const neededAt = began + BUFFERED_MS + k * groupMs; // when its first second is shown
		latest = Math.max(latest, performance.now() - neededAt);
		const wait = neededAt - BUFFERED_MS / 2 - performance.now();
		if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
		if (k + 1 < count) reader.ask(at(k + 1), Math.round(groupMs));
	}
	return latest;
}

/** So many who watch at once. Gives how late the latest group came, and the most memory that the bridge had. */
async function crowd(
	{ bridge, key, share }: { readonly bridge: BridgeProcess; readonly key: TcpReaderLink; readonly share: FilmShare },
	count: number, bitsPerSecond: number,
) {
	let memory = 0;
	const looking = setInterval(() => { memory = Math.max(memory, pssBytes(bridge.pid)); }, 500);
	const readers: TcpReader[] = [];
	for (let k = 0; k < count; k++) {
		const from = `127.0.${1 + (k >> 6)}.${1 + (k & 63)}`;
		readers.push(await TcpReader.open({ port: bridge.tcpPort, link: key, size: share.bytes, from }));
	}
	const late = await Promise.all(readers.map((reader, k) => watch(reader, bitsPerSecond, k * 7)));
	clearInterval(looking);
	for (const reader of readers) reader.close();
	return { latestMs: Math.max(...late), memory };
}
type TcpReaderLink = Parameters<typeof TcpReader.open>[0]['link'];

test(`${CLIENTS} native programs at 1 Mbit/s and a fifth of them at 5 are all fed, in ${MOST_MEMORY / MB} MB`, async () => {
	const all = await bridgeWith(await film('ten-minutes'));
	for (const [count, megabits] of [[CLIENTS, 1], [CLIENTS / 5, 5]] as const) {
		const { latestMs, memory } = await crowd(all, count, megabits * MB);
		console.log(`  ${count} at ${megabits} Mbit/s: the latest group ${(-latestMs).toFixed(0)} ms before it was needed, `
			+ `at most ${(memory / MB).toFixed(0)} MB`);
		expect(latestMs).toBeLessThan(0);
		expect(memory).toBeLessThan(MOST_MEMORY);
	}
});

test('a thousand who connect and say nothing keep nobody from being fed', async () => {
	const all = await bridgeWith(await film('ten-minutes'));
	const idle: Socket[] = [];
	onTestFinished(() => { for (const socket of idle) socket.destroy(); });
	const served = crowd(all, CLIENTS / 10, MB);
	for (let k = 0; k < 1000; k++) {
		const socket = connect({ port: all.bridge.tcpPort, host: '127.0.0.1', localAddress: `127.0.100.${1 + (k % 8)}` });
		socket.on('error', () => {}); // it was made to give way
		idle.push(socket);
		if (k % 50 === 0) await once(socket, 'connect');
	}
	const { latestMs, memory } = await served;
	console.log(`  beside 1000 silent ones: the latest group ${(-latestMs).toFixed(0)} ms before it was needed, `
		+ `at most ${(memory / MB).toFixed(0)} MB`);
	expect(latestMs).toBeLessThan(0);
	expect(memory).toBeLessThan(MOST_MEMORY);
});

/** Programs, the arguments that make each save a torrent into a folder, and the files it wants to find. */
const PROGRAMS = {
	'transmission-cli': (torrent: string, to: string) => ['-w', to, '-g', join(to, '.config'), torrent],
	'qbittorrent-nox': (torrent: string, to: string) => [`--profile=${join(to, '.config')}`, `--save-path=${to}`, torrent],
} as const;

/** No questions, no web page of its own, and no neighbours but the web seed. */
const QBITTORRENT = [
	'[LegalNotice]', 'Accepted=true', '[Preferences]', 'WebUI\\Enabled=false',
	'[BitTorrent]', 'Session\\DHTEnabled=false', 'Session\\LSDEnabled=false', '',
].join('\n');

test.each(Object.keys(PROGRAMS) as (keyof typeof PROGRAMS)[])('%s saves a film by its torrent, byte for byte', async (program) => {
	await promisify(execFile)('which', [program]).catch(() => {
		throw new Error('apt-get install transmission-cli qbittorrent-nox: these programs are needed');
	});
	const path = await film('minute-720p');
	const { bridge, share } = await bridgeWith(path);
	const to = await folder();
	const url = `${bridge.url}/torrent/${share.id}.torrent`;
	await expect.poll(async () => (await fetch(url)).status, { timeout: 60_000, interval: 200 }).toBe(200);
	const torrent = join(await folder(), 'film.torrent');
	await writeFile(torrent, Buffer.from(await (await fetch(url)).arrayBuffer()));
	await mkdir(join(to, '.config/qBittorrent/config'), { recursive: true });
	await writeFile(join(to, '.config/qBittorrent/config/qBittorrent.conf'), QBITTORRENT);
	const child = spawn(program, PROGRAMS[program](torrent, to), { stdio: 'ignore', env: { ...process.env, HOME: to } });
	onTestFinished(() => end(child));
	const original = await readFile(path);
	await expect.poll(async () => {
		const [name = ''] = (await readdir(to)).filter((each) => /\.mp4$/.test(each));
		return name !== '' && (await readFile(join(to, name))).equals(original);
	}, { timeout: 180_000, interval: 500 }).toBe(true);
});

async function end(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null) return;
	const ended = once(child, 'exit');
	child.kill('SIGKILL');
	await ended;
}
