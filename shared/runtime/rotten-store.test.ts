/** A disk that gives back other bytes than it was given: what a peer does about it, from store to picture. */
import { beforeAll, expect, test, vi } from 'vitest';
import { equalBytes, type Bytes } from '../base/bytes.ts';
import type { StoredGroup } from '../ports/group-store.ts';
import { CHUNK_BYTES, GROUP_BYTES } from '../protocol/limits.ts';
import { makeTestShare, ShareBed, type TestPeer, type TestShare } from '../testkit/share-bed.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 }); // pure cryptography on a loaded machine

let share: TestShare;
beforeAll(async () => { share = await makeTestShare(2 * GROUP_BYTES + 5000); });

/** All of the film as a former visit kept it, with the bytes at these places of the film changed since. */
function rotten(...at: readonly number[]): Map<number, StoredGroup> {
	const kept = new Map([...share.groups].map(([group, stored]) => [group, { ...stored, bytes: stored.bytes.slice() }]));
	for (const byte of at) {
		const { bytes } = kept.get(Math.floor(byte / GROUP_BYTES))!;
		bytes[byte % GROUP_BYTES] = (bytes[byte % GROUP_BYTES] ?? 0) ^ 1;
	}
	return kept;
}

/** The plain bytes of a read, once it has ended. */
async function readBy(bed: ShareBed, peer: TestPeer, from: number, length: number): Promise<Bytes | undefined> {
	let plain: Bytes | undefined;
	void peer.node.reader(share.contentKey)!.read(from, length, 0).bytes.then(
		(read) => { plain = read.ok ? read.value : undefined; },
	);
	await bed.settle(() => plain !== undefined, 5000);
	return plain;
}

function expectFilm(plain: Bytes | undefined, from: number): void {
	expect(plain && equalBytes(plain, share.plain.subarray(from, from + plain.length))).toBe(true);
}

test('a spoiled chunk is never played: it is fetched anew, and kept', async () => {
	const bed = new ShareBed(share);
	const [sharer, viewer] = [await bed.sharer(), bed.peer(rotten(3 * CHUNK_BYTES + 5, GROUP_BYTES + 10))];
	await viewer.node.describe(share.descriptor.bytes);
	bed.connect(sharer, viewer);
	expectFilm(await readBy(bed, viewer, 3 * CHUNK_BYTES - 100, 9000), 3 * CHUNK_BYTES - 100);
	expect(viewer.node.snapshot().bytes.downloaded).toBe(CHUNK_BYTES);
	expectFilm(await readBy(bed, viewer, 0, share.layout.size), 0);
	expect(viewer.node.snapshot().bytes.downloaded).toBe(2 * CHUNK_BYTES);
	const isMended = (group: number) => equalBytes(viewer.kept.get(group)!.bytes, share.groups.get(group)!.bytes);
	expect(await bed.settle(() => isMended(0) && isMended(1))).toBe(true);
});

test('what is left of a spoiled group plays though nobody is there', async () => {
	const bed = new ShareBed(share);
	const viewer = bed.peer(rotten(3 * CHUNK_BYTES));
	await viewer.node.describe(share.descriptor.bytes);
	expect(await readBy(bed, viewer, 3 * CHUNK_BYTES, 10)).toBeUndefined();
	expectFilm(await readBy(bed, viewer, 4 * CHUNK_BYTES, 20 * CHUNK_BYTES), 4 * CHUNK_BYTES);
	expect(viewer.node.snapshot().chunks.held).toBe(share.layout.chunks - 1);
});

test('a spoiled chunk is never served: another peer gets it elsewhere, and blames nobody', async () => {
	const bed = new ShareBed(share);
	const [sharer, seeder, viewer] = [await bed.sharer(), bed.peer(rotten(7, GROUP_BYTES - 1)), bed.peer()];
	await seeder.node.describe(share.descriptor.bytes);
	bed.connect(seeder, viewer);
	viewer.node.setBackground(true);
	expect(await bed.settle(() => viewer.node.snapshot().chunks.held === share.layout.chunks - 2)).toBe(true);
	bed.connect(sharer, viewer);
	expect(await bed.settle(() => viewer.node.snapshot().chunks.held === share.layout.chunks)).toBe(true);
	expect(viewer.node.snapshot().chunks.rejected).toBe(0);
	expect(viewer.node.snapshot().links.map(({ peer }) => peer)).toContain(seeder.id);
	expectFilm(await readBy(bed, viewer, 0, share.layout.size), 0);
});

test('a seeder that finds out while serving fetches what it lost, though it never plays it', async () => {
	const bed = new ShareBed(share);
	const [sharer, seeder, viewer] = [await bed.sharer(), bed.peer(rotten(7)), bed.peer()];
	await seeder.node.describe(share.descriptor.bytes);
	seeder.node.setBackground(true);
	bed.connect(sharer, seeder);
	bed.connect(seeder, viewer);
	viewer.node.setBackground(true);
	expect(await bed.settle(() => viewer.node.snapshot().chunks.held === share.layout.chunks)).toBe(true);
	expect(seeder.node.snapshot().bytes.downloaded).toBe(CHUNK_BYTES);
	expect(seeder.node.isComplete || seeder.node.snapshot().chunks.held === share.layout.chunks).toBe(true);
	expect(viewer.node.snapshot().chunks.rejected).toBe(0);
});
