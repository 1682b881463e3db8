import { beforeAll, describe, expect, test, vi } from 'vitest';
import { concat, equalBytes, type Bytes } from '../base/bytes.ts';
import { sealAttachment } from '../protocol/attachment.ts';
import { makeDescriptor, openDescriptor } from '../protocol/descriptor.ts';
import { CHUNK_BYTES, GROUP_BYTES } from '../protocol/limits.ts';
import { groupRoot, treeRoot } from '../protocol/merkle.ts';
import { makeTestGroup, makeTestShare, ShareBed, type TestPeer, type TestShare } from '../testkit/share-bed.ts';
import { someBytes, testCrypto } from '../testkit/test-crypto.ts';

const crypto = testCrypto(8);

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 }); // pure cryptography on a loaded machine

let share: TestShare;
beforeAll(async () => { share = await makeTestShare(2 * GROUP_BYTES + 5000, 200_000); });

/** `toEqual` looks at each byte of a mebibyte by itself. */
function expectBytes(bytes: Bytes | undefined | false, expected: Bytes | undefined): void {
	expect(bytes && expected && equalBytes(bytes, expected)).toBe(true);
}

const CHUNK = 12;
const PROOF = 15;

/** A bed with the sharer and one viewer, connected. */
async function pair(through?: (frame: Bytes) => Bytes): Promise<{ bed: ShareBed; sharer: TestPeer; viewer: TestPeer }> {
	const bed = new ShareBed(share);
	const [sharer, viewer] = [await bed.sharer(), bed.peer()];
	bed.connect(sharer, viewer, through);
	return { bed, sharer, viewer };
}

async function described(bed: ShareBed, viewer: TestPeer): Promise<void> {
	expect(await bed.settle(() => viewer.node.snapshot().chunks.total > 0)).toBe(true);
}

describe('a share goes from one peer to another', () => {
	test('descriptor, proofs and chunks come, are decrypted, and kept', async () => {
		const { bed, sharer, viewer } = await pair();
		viewer.node.setBackground(true);
		expect(
			await bed.settle(() => viewer.kept.size === 3 && viewer.node.snapshot().chunks.held === share.layout.chunks),
		).toBe(true);
		expect(viewer.node.descriptor?.bytes).toEqual(share.descriptor.bytes);
		for (const [group, stored] of share.groups) {
			expectBytes(viewer.kept.get(group)?.bytes, stored.bytes);
			expectBytes(viewer.kept.get(group)?.leaves, stored.leaves);
		}
		const read = await viewer.node.reader(share.contentKey)!.read(0, share.layout.size, 0).bytes;
		expectBytes(read.ok && read.value, share.plain);
		expect(viewer.node.snapshot().bytes.duplicate).toBe(0);
		expect(sharer.node.snapshot().bytes.uploaded).toBe(share.layout.size);
	});

	test('a read fetches no more than its chunks', async () => {
		const { bed, viewer } = await pair();
		await described(bed, viewer);
		let plain: Bytes | undefined;
		void viewer.node.reader(share.contentKey)!.read(GROUP_BYTES - 777, 20_000, 0).bytes.then(
			(read) => { plain = read.ok ? read.value : undefined; },
		);
		expect(await bed.settle(() => plain !== undefined)).toBe(true);
		expectBytes(plain, share.plain.subarray(GROUP_BYTES - 777, GROUP_BYTES - 777 + 20_000));
		expect(viewer.node.snapshot().chunks.held).toBe(4);
	});

	test('a read that began before the store was open ends, though all was in the store', async () => {
		const bed = new ShareBed(share);
		const viewer = bed.peer(new Map(share.groups));
		const describing = viewer.node.describe(share.descriptor.bytes);
		await bed.settle(() => viewer.node.descriptor !== undefined, 100);
		const read = viewer.node.reader(share.contentKey)!.read(5, 50, 0);
		await describing;
		expect(await read.bytes).toEqual({ ok: true, value: share.plain.slice(5, 55) });
	});

	test('a cancelled read settles at once', async () => {
		const { bed, viewer } = await pair();
		await described(bed, viewer);
		const read = viewer.node.reader(share.contentKey)!.read(0, 50_000, 0);
		read.cancel();
		expect(await read.bytes).toEqual({ ok: false, error: 'cancelled' });
	});

	test('a viewer serves what it has of a group that is not whole', async () => {
		const bed = new ShareBed(share);
		const [sharer, near, far] = [await bed.sharer(), bed.peer(), bed.peer()];
		bed.connect(sharer, near);
		bed.connect(near, far);
		await described(bed, far);
		let done = 0;
		void near.node.reader(share.contentKey)!.read(0, 3 * CHUNK_BYTES, 0).bytes.then(() => { done += 1; });
		expect(await bed.settle(() => done === 1)).toBe(true);
		void far.node.reader(share.contentKey)!.read(100, CHUNK_BYTES, 0).bytes.then((read) => {
			expectBytes(read.ok && read.value, share.plain.subarray(100, 100 + CHUNK_BYTES));
			done += 1;
		});
		expect(await bed.settle(() => done === 2)).toBe(true);
	});
});

describe('what was stored', () => {
	test('is not fetched again after a reload, partial groups included', async () => {
		const { bed, viewer } = await pair();
		await described(bed, viewer);
		let done = false;
		void viewer.node.reader(share.contentKey)!.read(0, 10 * CHUNK_BYTES, 0).bytes.then(() => { done = true; });
		await bed.settle(() => done);
		await viewer.node.close('leaving');
		expect(viewer.kept.size).toBe(1);

		const again = new ShareBed(share);
		const [sharer, back] = [await again.sharer(), again.peer(viewer.kept)];
		again.connect(sharer, back);
		back.node.setBackground(true);
		expect(await again.settle(() => back.node.snapshot().chunks.held === share.layout.chunks)).toBe(true);
		expect(back.node.snapshot().chunks.verified).toBe(share.layout.chunks - 10);
		const read = await back.node.reader(share.contentKey)!.read(0, share.layout.size, 0).bytes;
		expectBytes(read.ok && read.value, share.plain);
	});

	test('a group that the store has lost is fetched again, and the read that found out gets it', async () => {
		const { bed, viewer } = await pair();
		viewer.node.setBackground(true);
		await bed.settle(() => viewer.kept.size === 3);
		await viewer.node.loseGroup(1);
		let plain: Bytes | undefined;
		void viewer.node.reader(share.contentKey)!.read(GROUP_BYTES, 9000, 0).bytes.then(
			(read) => { plain = read.ok ? read.value : undefined; },
		);
		expect(await bed.settle(() => plain !== undefined && viewer.kept.size === 3)).toBe(true);
		expectBytes(plain, share.plain.subarray(GROUP_BYTES, GROUP_BYTES + 9000));
	});

	test('when the store is full the person is told, and what is watched still plays', async () => {
		const { bed, viewer } = await pair();
		await described(bed, viewer);
		viewer.store().fault = 'full';
		viewer.node.setBackground(true);
		await bed.settle(() => viewer.told.includes('store full'));
		let plain: Bytes | undefined;
		void viewer.node.reader(share.contentKey)!.read(2 * GROUP_BYTES, 5000, 0).bytes.then(
			(read) => { plain = read.ok ? read.value : undefined; },
		);
		await bed.settle(() => plain !== undefined);
		expectBytes(plain, share.plain.subarray(2 * GROUP_BYTES));
	});

	test('when the store has room again, the rest of the film is fetched after all', async () => {
		const { bed, viewer } = await pair();
		await described(bed, viewer);
		viewer.store().fault = 'full';
		viewer.node.setBackground(true);
		await bed.settle(() => viewer.told.includes('store full'));
		await bed.settle(undefined, 15_000);
		expect(viewer.kept.size).toBe(0);
		viewer.store().fault = undefined;
		viewer.node.storeHasRoom();
		expect(await bed.settle(() => viewer.kept.size === 3)).toBe(true);
	});

	test('the store is opened once, however many descriptors come', async () => {
		const bed = new ShareBed(share);
		const viewer = bed.peer();
		await Promise.all([viewer.node.describe(share.descriptor.bytes), viewer.node.describe(share.descriptor.bytes)]);
		expect(viewer.told.filter((told) => told === 'open-store').length).toBe(1);
	});
});

describe('a transport that lies', () => {
	const lie = (type: number) => (frame: Bytes) => {
		if (frame[0] === type && frame.length > 100) frame[frame.length - 5] = (frame[frame.length - 5] ?? 0) ^ 1;
		return frame;
	};

	const lies = [['chunks', CHUNK], ['proofs', PROOF]] as const;
	test.each(lies)('in %s is closed, nothing of it is kept, another peer delivers', async (_, type) => {
		const bed = new ShareBed(share);
		const [liar, sharer, viewer] = [await bed.sharer(), await bed.sharer(), bed.peer()];
		bed.connect(liar, viewer, lie(type));
		viewer.node.setBackground(true);
		expect(await bed.settle(() => viewer.node.snapshot().chunks.rejected > 0)).toBe(true);
		await bed.settle(undefined, 300);
		expect(viewer.node.snapshot().links).toEqual([]);
		expect(viewer.kept.size).toBe(0);
		bed.connect(sharer, viewer);
		expect(await bed.settle(() => viewer.kept.size === 3)).toBe(true);
		const read = await viewer.node.reader(share.contentKey)!.read(0, share.layout.size, 0).bytes;
		expectBytes(read.ok && read.value, share.plain);
	});

	test('in descriptors is closed', async () => {
		const bed = new ShareBed(share);
		const [liar, viewer] = [await bed.sharer(), bed.peer()];
		bed.connect(liar, viewer, (frame) => {
			if (frame[0] === 3) frame[frame.length - 1] = (frame[frame.length - 1] ?? 0) ^ 1;
			return frame;
		});
		await bed.settle(() => viewer.node.snapshot().links.length === 0, 2000);
		expect(viewer.node.descriptor).toBeUndefined();
		expect(viewer.node.snapshot().links).toEqual([]);
	});
});

describe('attachments', () => {
	test('one of many parts comes by its lists, part by part', async () => {
		expect(share.attachment.lists.length).toBeGreaterThan(0);
		const { bed, viewer } = await pair();
		await described(bed, viewer);
		let content: Bytes | undefined;
		void viewer.node.attachments.read(0, { from: 30_000, to: 60_000 }, share.link.attachments).then(
			(read) => { content = read.ok ? read.value : undefined; },
		);
		expect(await bed.settle(() => content !== undefined)).toBe(true);
		expectBytes(content, share.attachmentContent.subarray(30_000, 60_000));
		expect(viewer.parts.kept.size).toBe(1 + 3);
	});

	test('all of them, and then the viewer says that it has everything', async () => {
		const { bed, sharer, viewer } = await pair();
		viewer.node.setBackground(true);
		await described(bed, viewer);
		let all = false;
		void viewer.node.attachments.fetchAll().then((held) => { all = held; });
		expect(await bed.settle(() => all)).toBe(true);
		viewer.node.attachmentsHeld(1);
		expect(await bed.settle(() => sharer.node.snapshot().links[0]?.completeRevision === 1)).toBe(true);
		expect(sharer.node.snapshot().links[0]?.held).toBe(1);
	});

	test('a part that is not what the descriptor says is asked of another, who is not blamed', async () => {
		const bed = new ShareBed(share);
		const [liar, sharer, viewer] = [await bed.sharer(), await bed.sharer(), bed.peer()];
		bed.connect(liar, viewer, (frame) => (frame[0] === 5 ? frame.fill(9, 5) : frame));
		bed.connect(sharer, viewer);
		await described(bed, viewer);
		let content: Bytes | undefined;
		void viewer.node.attachments.read(0, { from: 0, to: 100 }, share.link.attachments).then(
			(read) => { content = read.ok ? read.value : undefined; },
		);
		expect(await bed.settle(() => content !== undefined)).toBe(true);
		expectBytes(content, share.attachmentContent.subarray(0, 100));
		expect(viewer.node.snapshot().links.some(({ peer }) => peer === sharer.id)).toBe(true);
	});
});

describe('what the sharer signed twice', () => {
	/** The share, sealed in its second revision, with the list of group roots as its second attachment. */
	async function sealed() {
		const roots = concat(...[...share.groups.values()].map(({ leaves }) => groupRoot(leaves, crypto.sha256Now)));
		const place = { id: share.keys.id, number: 1, form: 'clear', since: 2 } as const;
		const attached = await sealAttachment(crypto, share.link.attachments, place, roots);
		const body = await openDescriptor(crypto, share.descriptor, share.link.descriptor);
		if (!body.ok) throw new Error(body.error);
		const made = await makeDescriptor(crypto, {
			state: 'sealed', revision: 2, size: share.layout.size, root: treeRoot(roots, crypto.sha256Now),
			attachments: [...share.descriptor.attachments, attached.entry],
			body: { ...body.value, attachments: [...body.value.attachments, { kind: 'roots' }] },
		}, { share: share.keys, link: share.link });
		if (!made.ok) throw new Error(made.error);
		return { descriptor: made.value, attached };
	}

	test('a group that was signed with other bytes is let go once the sealed roots are here, and fetched anew', async () => {
		const { descriptor, attached } = await sealed();
		const other = await makeTestGroup(share, 1, someBytes(GROUP_BYTES, 99));
		const bed = new ShareBed(share);
		const [sharer, viewer] = [await bed.sharer(), bed.peer(new Map([[1, other]]))];
		await sharer.parts.put({ attachment: 1, since: 2, of: 'part', part: 0 }, attached.parts[0]!);
		await sharer.node.describe(descriptor.bytes);
		await viewer.node.describe(descriptor.bytes);
		viewer.node.setBackground(true);
		void viewer.node.reader(share.contentKey)!.read(GROUP_BYTES, 5, 0); // so that it is looked at
		bed.connect(sharer, viewer);
		let all = false;
		void viewer.node.attachments.fetchAll().then((held) => {
			all = held;
			viewer.node.attachmentsHeld(2);
		});
		expect(await bed.settle(() => all && viewer.kept.size === 3 && viewer.node.isComplete)).toBe(true);
		await bed.settle(() => equalBytes(viewer.kept.get(1)!.bytes, share.groups.get(1)!.bytes));
		expectBytes(viewer.kept.get(1)?.bytes, share.groups.get(1)?.bytes);
		expect(viewer.node.snapshot().links).toHaveLength(1);
	});

	test('people are told, and the first descriptor stays in force', async () => {
		const viewer = new ShareBed(share).peer();
		await viewer.node.describe((await sealed()).descriptor.bytes);
		expect(await viewer.node.describe((await sealed()).descriptor.bytes)).toBe('equivocation');
		expect(viewer.told).toContain('equivocation');
	});
});

describe('closing', () => {
	test('says goodbye, and a transport that comes later is closed', async () => {
		const { bed, sharer, viewer } = await pair();
		await described(bed, viewer);
		await viewer.node.close('leaving');
		await bed.settle(undefined, 100);
		expect(sharer.node.snapshot().links).toEqual([]);
		const { wire } = bed.connect(viewer, sharer);
		await bed.settle(undefined, 100);
		expect(wire.near.send(new Uint8Array(1))).toBe(false);
	});

	test('a read that waits ends', async () => {
		const bed = new ShareBed(share);
		const viewer = bed.peer();
		await viewer.node.describe(share.descriptor.bytes);
		const read = viewer.node.reader(share.contentKey)!.read(0, 10, 0);
		await viewer.node.close('leaving');
		expect(await read.bytes).toEqual({ ok: false, error: 'closed' });
	});
});
