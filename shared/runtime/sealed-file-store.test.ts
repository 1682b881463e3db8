import { describe, expect, test } from 'vitest';
import { concat, type Bytes } from '../base/bytes.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { StoreFault } from '../ports/group-store.ts';
import { checkProof } from '../protocol/certificate.ts';
import { Layout } from '../protocol/ids.ts';
import { makeShareKeys } from '../protocol/keys.ts';
import { CHUNK_BYTES, GROUP_BYTES } from '../protocol/limits.ts';
import { groupRoot, GroupTree, hashLeaf } from '../protocol/merkle.ts';
import { someBytes, testCrypto } from '../testkit/test-crypto.ts';
import type { LoadedGroup } from '../ports/film-source.ts';
import { SealedFileStore } from './sealed-file-store.ts';

/** Two whole groups and one of two chunks, the last of them cut short. */
const LAYOUT = new Layout(2 * GROUP_BYTES + CHUNK_BYTES + 100);
const crypto = testCrypto(7);

async function groupOf(bytes: Bytes): Promise<LoadedGroup> {
	const starts = Array.from({ length: Math.ceil(bytes.length / CHUNK_BYTES) }, (_, k) => k * CHUNK_BYTES);
	const leaves = await Promise.all(starts.map((start) => hashLeaf(crypto, bytes.slice(start, start + CHUNK_BYTES))));
	return { bytes, leaves: concat(...leaves) };
}

const film = await Promise.all([0, 1, 2].map((group) => groupOf(someBytes(LAYOUT.bytesIn(group), group + 1))));
const tree = new GroupTree(concat(...film.map(({ leaves }) => groupRoot(leaves, crypto.sha256Now))), crypto.sha256Now);

function storeOver(load: (group: number) => Result<LoadedGroup, StoreFault>): SealedFileStore {
	return new SealedFileStore({
		layout: LAYOUT, tree, hash: crypto.sha256Now, load: (group) => Promise.resolve(load(group)),
	});
}

describe('a sealed film that is here as a file', () => {
	const store = storeOver((group) => ok(film[group]!));

	test('is all there', async () => {
		const inventory = await store.inventory();
		expect(inventory.ok && [...inventory.value.whole]).toEqual([0b111]);
	});

	test.each([0, 1, 2])('gives group %i with a path that proves it, without a share key', async (group) => {
		const { id, publicKey } = await makeShareKeys(crypto);
		const read = await store.read(group);
		if (!read.ok || !read.value) throw new Error('nothing read');
		const { bytes, leaves, certificate } = read.value;
		expect(bytes).toEqual(film[group]!.bytes);
		expect(certificate.form).toBe('path');
		const share = { id, publicKey, layout: LAYOUT, root: tree.root };
		expect(await checkProof(crypto, share, { group, certificate, leaves })).toMatchObject({ ok: true });
	});

	test('gives nothing of a file that is no longer the film', async () => {
		const altered = storeOver((group) => ok(film[(group + 1) % 2]!));
		expect(await altered.read(0)).toEqual({ ok: false, error: 'changed' });
	});

	test('says when the file is gone', async () => {
		expect(await storeOver(() => fail('gone')).read(0)).toEqual({ ok: false, error: 'gone' });
	});
});
