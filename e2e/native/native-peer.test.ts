/** A program without WebRTC takes part by TCP, written from PROTOCOL.md in another language: `peer.py`. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { equalBytes, type Bytes } from '../../shared/base/bytes.ts';
import { GROUP_BYTES } from '../../shared/protocol/limits.ts';
import { formatShareLink } from '../../shared/protocol/share-link.ts';
import type { PeerNode } from '../../shared/runtime/peer-node.ts';
import { makeTestShare, sealTestShare, type TestShare } from '../../shared/testkit/share-bed.ts';
import { loadDataPeers } from '../../bridge/rtc/node-data-peer.ts';
import { startBridge } from '../../bridge/main.ts';
import { Sharer } from '../../bridge/testkit/sharer.ts';
import { startTracker } from '../../tracker/main.ts';
import { untilTestEnds } from '../bench/until-test-ends.ts';
import { PythonPeer } from './python-peer.ts';
import { TcpBridge } from './tcp-bridge.ts';

let open: TestShare;
let sealed: TestShare;
beforeAll(async () => {
	open = await makeTestShare(3 * GROUP_BYTES + 5000, 200_000); // parts enough for a list of them
	sealed = await sealTestShare(open);
});

const linkTo = (share: TestShare, key = share.linkKey) => (
	formatShareLink('http://localhost', { id: share.keys.id, key, trackers: [], startSec: undefined })
);

async function python(...args: readonly string[]): Promise<PythonPeer> {
	return untilTestEnds(Promise.resolve(new PythonPeer('peer.py', ...args)));
}

/** A place for a film that is gone after the test. */
async function placeForFilm(): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'streamlet-native-'));
	onTestFinished(() => rm(folder, { recursive: true }));
	return join(folder, 'film');
}

async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function filmOf(node: PeerNode, share: TestShare): Promise<Uint8Array | undefined> {
	const read = await node.reader(share.contentKey)?.read(0, share.layout.size, 0).bytes;
	return read?.ok === true ? read.value : undefined;
}

test.each([
	['still being hashed', () => open], ['sealed', () => sealed],
])('a film that is %s goes to a program, and from it alone to somebody else', async (_, shareOf) => {
	const share = shareOf();
	const { revision } = share.descriptor;
	const first = await untilTestEnds(new TcpBridge('first', 1).start());
	const second = await untilTestEnds(new TcpBridge('second', 2).start());
	const sharer = await first.seed(share);
	const saved = await placeForFilm();
	const program = await python(linkTo(share), `127.0.0.1:${first.port}`, `127.0.0.1:${second.port}`, '--save', saved);
	await program.until(`complete ${revision}`);
	expect(equalBytes(await readFile(saved), share.plain)).toBe(true);
	expect(program.lines).toContain(`described ${revision} ${share.layout.size} A film`);

	await sharer.close('stopped');
	const viewer = second.join(share);
	await until(() => viewer.snapshot().chunks.total > 0);
	expect(equalBytes(await filmOf(viewer, share) ?? new Uint8Array(0), share.plain)).toBe(true);
	expect(await viewer.attachments.fetchAll()).toBe(true);
	const sources = viewer.snapshot().links.map(({ name, completeRevision }) => ({ name, completeRevision }));
	expect(sources).toEqual([{ name: 'Python', completeRevision: revision }]);
	expect(viewer.snapshot().chunks.rejected).toBe(0);
});

test('a program without the link is not let in', async () => {
	const bridge = await untilTestEnds(new TcpBridge('bridge', 1).start());
	const node = await bridge.seed(open);
	const program = await python(linkTo(open, new Uint8Array(32)), `127.0.0.1:${bridge.port}`);
	await program.until(`ended 127.0.0.1:${bridge.port} no hello of this share`);
	expect(node.snapshot().links).toEqual([]);
});

/** The share with one byte of its second group other than it was. */
function spoiled(share: TestShare, what: 'bytes' | 'leaves' | 'certificate'): TestShare {
	const groups = new Map(share.groups);
	const group = groups.get(1)!;
	const bend = (bytes: Bytes) => bytes.map((byte, k) => (k === 10 ? byte ^ 1 : byte));
	groups.set(1, what === 'certificate'
		? { ...group, certificate: { ...group.certificate, bytes: bend(group.certificate.bytes) } }
		: { ...group, [what]: bend(group[what]) });
	return { ...share, groups };
}

test.each([
	['another byte in a chunk', () => spoiled(open, 'bytes'), 'a chunk that was not certified'],
	['another leaf', () => spoiled(open, 'leaves'), 'a proof that does not hold'],
	['another signature', () => spoiled(open, 'certificate'), 'a proof that does not hold'],
	['another path', () => spoiled(sealed, 'certificate'), 'a proof that does not hold'],
])('%s is noticed by the program, which parts with its sender', async (_, shareOf, trouble) => {
	const bridge = await untilTestEnds(new TcpBridge('liar', 1).start());
	await bridge.seed(shareOf());
	const program = await python(linkTo(open), `127.0.0.1:${bridge.port}`);
	await program.until(`ended 127.0.0.1:${bridge.port} ${trouble}`);
	expect(program.lines.some((line) => line.startsWith('complete'))).toBe(false);
});

test('a program gets a film through a whole bridge, which gets it from a sharer over WebRTC', async () => {
	const peers = await loadDataPeers();
	if (!peers.ok) throw new Error(peers.error);
	const [host, free] = ['127.0.0.1', { port: 0, spares: 0 }];
	const tracker = await untilTestEnds(startTracker({ host, ...free, dataDir: undefined }));
	const url = `ws://${host}:${tracker.port}/ws`;
	const sharer = await Sharer.start(url, 2_500_000, peers.value);
	onTestFinished(() => sharer.leave());
	const saved = await placeForFilm();
	const bridge = await untilTestEnds(startBridge({
		host, http: free, tcp: free, directory: `${saved}-bridge`, trackers: [url], shares: [sharer.link],
	}));
	await until(() => bridge.bridge.admit(sharer.link.id)?.share.node.descriptor !== undefined);
	const program = await python(formatShareLink('http://localhost', sharer.link), `${host}:${bridge.tcpPort}`, '--save', saved);
	await program.until(`complete ${sharer.share.descriptor.revision}`);
	expect(equalBytes(await readFile(saved), sharer.share.plain)).toBe(true);
});
