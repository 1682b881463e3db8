import { beforeAll, describe, expect, test } from 'vitest';
import { concat, type Bytes } from '../base/bytes.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { StoreFault } from '../ports/group-store.ts';
import { checkProof } from '../protocol/certificate.ts';
import { Layout } from '../protocol/ids.ts';
import { makeShareKeys, type ShareKeys } from '../protocol/keys.ts';
import { CHUNK_BYTES, GROUP_BYTES } from '../protocol/limits.ts';
import { groupRoot, GroupTree, hashLeaf } from '../protocol/merkle.ts';
import type { Crypto } from '../protocol/primitives.ts';
import { someBytes, testCrypto } from '../testkit/test-crypto.ts';
import type { LoadedGroup } from '../ports/film-source.ts';
import { CertifyingStore, type CertifiedGroup } from './certifying-store.ts';

/** One whole group and one of two chunks, the last of them cut short. */
const LAYOUT = new Layout(GROUP_BYTES + CHUNK_BYTES + 100);
const real = testCrypto(5);
let keys: ShareKeys;
beforeAll(async () => { keys = await makeShareKeys(real); });

/** The film's group as it is sent; another `take` is another film. */
async function groupOf(take: number, group: number): Promise<LoadedGroup> {
	const bytes = someBytes(LAYOUT.bytesIn(group), take * 10 + group);
	const starts = Array.from({ length: LAYOUT.chunksIn(group) }, (_, k) => k * CHUNK_BYTES);
	const chunks = starts.map((start) => bytes.slice(start, start + CHUNK_BYTES));
	return { bytes, leaves: concat(...await Promise.all(chunks.map((chunk) => hashLeaf(real, chunk)))) };
}

/** A sharer's device: what it keeps outlives a store, and it counts signatures. */
class Device {
	readonly kept = new Map<number, CertifiedGroup>();
	readonly signed: Bytes[] = [];
	tree: GroupTree | undefined;
	/** Roots that the sealing pass found. */
	readonly found = new Map<number, Bytes>();
	take = 1;
	changes = 0;
	loadFault: StoreFault | undefined;
	keepFault: StoreFault | undefined;

	/** A visit of the page. */
	visit(): CertifyingStore {
		const crypto: Crypto = {
			...real,
			sign: (secretKey, message) => {
				this.signed.push(message);
				return real.sign(secretKey, message);
			},
		};
		return new CertifyingStore({
			crypto, keys, layout: LAYOUT, tree: () => this.tree,
			load: async (group): Promise<Result<LoadedGroup, StoreFault>> =>
				this.loadFault ? fail(this.loadFault) : ok(await groupOf(this.take, group)),
			certified: (group) => Promise.resolve(this.kept.get(group)),
			found: (group) => this.found.get(group),
			keep: (group, certified) => {
				if (this.keepFault) return Promise.resolve(fail(this.keepFault));
				this.kept.set(group, certified);
				return Promise.resolve(ok(undefined));
			},
			changed: () => { this.changes += 1; },
		});
	}
}

/** The signature of a group that was read. */
async function signatureOf(store: CertifyingStore, group: number): Promise<Bytes> {
	const read = await store.read(group);
	if (!read.ok || !read.value) throw new Error('not read');
	return read.value.certificate.bytes;
}

describe('a film on this device', () => {
	test('is whole from the start', async () => {
		const inventory = await new Device().visit().inventory();
		expect(inventory).toEqual(ok({ whole: new Uint8Array([0b11]), partial: new Map() }));
	});

	test.each([
		[0, Array<number>(16).fill(0xff)],
		[1, [0b11, ...Array<number>(15).fill(0)]],
	])('gives group %i with leaves, all its chunks held, and a signature that viewers take', async (group, all) => {
		const read = await new Device().visit().read(group);
		if (!read.ok || !read.value) throw new Error('not read');
		const { bytes, held, leaves, certificate } = read.value;
		const expected = await groupOf(1, group);
		expect([bytes.length, leaves]).toEqual([expected.bytes.length, expected.leaves]);
		expect(held).toEqual(new Uint8Array(all));
		const share = { id: keys.id, publicKey: keys.publicKey, layout: LAYOUT, root: undefined };
		expect((await checkProof(real, share, { group, certificate, leaves })).ok).toBe(true);
	});

	test('is never written to', async () => {
		const store = new Device().visit();
		expect([await store.write(), await store.remove()]).toEqual([ok(undefined), ok(undefined)]);
		expect((await store.read(1)).ok).toBe(true);
	});

	test('that cannot be read says why', async () => {
		const device = new Device();
		device.loadFault = 'gone';
		expect(await device.visit().read(1)).toEqual(fail('gone'));
		expect(device.signed).toEqual([]);
	});
});

describe('one signature a group, ever', () => {
	test('a group read again, in this visit or a later one, comes with the first signature', async () => {
		const device = new Device();
		const store = device.visit();
		const first = await signatureOf(store, 1);
		expect(await signatureOf(store, 1)).toEqual(first);
		expect(await signatureOf(device.visit(), 1)).toEqual(first);
		expect(device.signed.length).toBe(1);
	});

	test('readers at one time get the same one', async () => {
		const device = new Device();
		const store = device.visit();
		const [first, ...others] = await Promise.all([1, 1, 1].map((group) => signatureOf(store, group)));
		expect(others).toEqual([first, first]);
		expect(device.signed.length).toBe(1);
	});

	test('it is kept before anybody gets it: what cannot be kept is not sent', async () => {
		const device = new Device();
		device.keepFault = 'full';
		expect(await device.visit().read(1)).toEqual(fail('full'));
		device.keepFault = undefined;
		expect(await signatureOf(device.visit(), 1)).toEqual(device.kept.get(1)?.signature);
	});

	test('each group has its own', async () => {
		const device = new Device();
		const store = device.visit();
		expect(await signatureOf(store, 0)).not.toEqual(await signatureOf(store, 1));
		expect([...device.kept.keys()]).toEqual([0, 1]);
	});
});

describe('a film that changed', () => {
	test('is not shared on where a viewer may have had the former one, and that is told', async () => {
		const device = new Device();
		const before = await signatureOf(device.visit(), 1);
		device.take = 2;
		expect(await device.visit().read(1)).toEqual(fail('changed'));
		expect(device.changes).toBe(1);
		expect(device.signed.length).toBe(1);
		expect(device.kept.get(1)?.signature).toEqual(before);
	});

	test('since it was hashed for sealing is never signed, and that is told', async () => {
		const device = new Device();
		const { leaves } = await groupOf(1, 1);
		device.found.set(1, groupRoot(leaves, real.sha256Now));
		device.take = 2;
		expect(await device.visit().read(1)).toEqual(fail('changed'));
		expect([device.changes, device.signed.length]).toEqual([1, 0]);
		device.take = 1;
		expect((await device.visit().read(1)).ok).toBe(true);
	});

	test('and came back is shared with the first signature', async () => {
		const device = new Device();
		const store = device.visit();
		const before = await signatureOf(store, 1);
		device.take = 2;
		await store.read(1);
		device.take = 1;
		expect(await signatureOf(store, 1)).toEqual(before);
	});
});

describe('a sealed film', () => {
	/** The tree of a film's two groups. */
	async function treeOf(take: number): Promise<GroupTree> {
		const groups = await Promise.all([groupOf(take, 0), groupOf(take, 1)]);
		return new GroupTree(concat(...groups.map(({ leaves }) => groupRoot(leaves, real.sha256Now))), real.sha256Now);
	}

	test.each([0, 1])('proves group %i by the path to its root, and neither signs nor keeps anything', async (group) => {
		const device = new Device();
		device.tree = await treeOf(1);
		device.keepFault = 'full';
		const read = await device.visit().read(group);
		if (!read.ok || !read.value) throw new Error('not read');
		const { leaves, certificate } = read.value;
		expect(certificate.form).toBe('path');
		const share = { id: keys.id, publicKey: keys.publicKey, layout: LAYOUT, root: device.tree.root };
		expect((await checkProof(real, share, { group, certificate, leaves })).ok).toBe(true);
		expect(device.signed).toEqual([]);
	});

	test('that no longer is what was sealed is not shared on, and that is told', async () => {
		const device = new Device();
		device.tree = await treeOf(1);
		device.take = 2;
		expect(await device.visit().read(0)).toEqual(fail('changed'));
		expect(device.changes).toBe(1);
	});
});
