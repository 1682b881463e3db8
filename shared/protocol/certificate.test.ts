import { describe, expect, test } from 'vitest';
import { concat, type Bytes } from '../base/bytes.ts';
import { someBytes, testCrypto } from '../testkit/test-crypto.ts';
import { checkProof, pathCertificate, signGroup, type ProvenShare } from './certificate.ts';
import { Layout } from './ids.ts';
import { makeShareKeys } from './keys.ts';
import { CHUNK_BYTES, GROUP_BYTES, GROUP_CHUNKS, HASH_BYTES } from './limits.ts';
import { groupRoot, GroupTree } from './merkle.ts';

const crypto = testCrypto();
const hash = crypto.sha256Now;
const keys = await makeShareKeys(crypto);

/** Three groups, the last of five chunks. */
const layout = new Layout(2 * GROUP_BYTES + 4 * CHUNK_BYTES + 1);
const leavesOf = (group: number) => someBytes(layout.chunksIn(group) * HASH_BYTES, group + 1);
const groups: readonly [Bytes, Bytes, Bytes] = [leavesOf(0), leavesOf(1), leavesOf(2)];
const tree = new GroupTree(concat(...groups.map((leaves) => groupRoot(leaves, hash))), hash);

const open: ProvenShare = { id: keys.id, publicKey: keys.publicKey, layout, root: undefined };
const sealed: ProvenShare = { ...open, root: tree.root };
const growing: ProvenShare = { ...open, layout: undefined };

describe('while a share is open', () => {
	test('its key\'s signature proves a group, the short last one too', async () => {
		for (const [group, leaves] of groups.entries()) {
			const certificate = await signGroup(crypto, keys, group, leaves);
			const checked = await checkProof(crypto, open, { group, certificate, leaves });
			expect(checked).toEqual({ ok: true, value: groupRoot(leaves, hash) });
		}
	});

	test('a signature proves neither another group, nor other leaves, nor another share', async () => {
		const certificate = await signGroup(crypto, keys, 0, groups[0]);
		const other = await makeShareKeys(crypto);
		const bad = { ok: false, error: 'bad-signature' };
		const proof = { group: 0, certificate, leaves: groups[0] };
		expect(await checkProof(crypto, open, { ...proof, group: 1 })).toEqual(bad);
		expect(await checkProof(crypto, open, { ...proof, leaves: groups[1] })).toEqual(bad);
		expect(await checkProof(crypto, { ...open, id: other.id }, proof)).toEqual(bad);
		expect(await checkProof(crypto, { ...open, publicKey: other.publicKey }, proof)).toEqual(bad);
	});

	test('a path proves nothing, there being no root', async () => {
		const proof = { group: 0, certificate: pathCertificate(tree.path(0)), leaves: groups[0] };
		expect(await checkProof(crypto, open, proof)).toEqual({ ok: false, error: 'bad-path' });
	});

	test('one whose size is unknown certifies full groups only', async () => {
		const full = { group: 7, certificate: await signGroup(crypto, keys, 7, groups[0]), leaves: groups[0] };
		const short = { group: 7, certificate: await signGroup(crypto, keys, 7, groups[2]), leaves: groups[2] };
		expect((await checkProof(crypto, growing, full)).ok).toBe(true);
		expect(await checkProof(crypto, growing, short)).toEqual({ ok: false, error: 'wrong-count' });
	});
});

describe('the number of leaves is not the sender\'s to choose', () => {
	test.each([
		['one too few', 0, (GROUP_CHUNKS - 1)],
		['one too many for the last group', 2, 6],
		['the root alone', 1, 1],
		['a group past the end', 3, GROUP_CHUNKS],
	])('%s', async (_, group, count) => {
		const leaves = someBytes(count * HASH_BYTES);
		const certificate = await signGroup(crypto, keys, group, leaves);
		for (const share of [open, sealed]) {
			expect(await checkProof(crypto, share, { group, certificate, leaves })).toEqual({ ok: false, error: 'wrong-count' });
		}
	});

	test('half of a group\'s nodes in the place of its leaves lead to the right root and are refused', async () => {
		const pair = (k: number) => groups[0].subarray(k * 64, (k + 1) * 64);
		const pairs = concat(...Array.from({ length: 64 }, (_, k) => groupRoot(pair(k), hash)));
		expect(groupRoot(pairs, hash)).toEqual(groupRoot(groups[0], hash));
		const proof = { group: 0, certificate: pathCertificate(tree.path(0)), leaves: pairs };
		expect(await checkProof(crypto, sealed, proof)).toEqual({ ok: false, error: 'wrong-count' });
	});
});

describe('once it is sealed', () => {
	test('the path to its root proves a group', async () => {
		for (const [group, leaves] of groups.entries()) {
			const proof = { group, certificate: pathCertificate(tree.path(group)), leaves };
			expect(await checkProof(crypto, sealed, proof)).toEqual({ ok: true, value: tree.groupRoot(group) });
		}
	});

	test('a path of another group or of another length proves nothing', async () => {
		const bad = { ok: false, error: 'bad-path' };
		const paths = [tree.path(1), tree.path(2), new Uint8Array(0), concat(tree.path(0), tree.root)];
		for (const path of paths) {
			const proof = { group: 0, certificate: pathCertificate(path), leaves: groups[0] };
			expect(await checkProof(crypto, sealed, proof)).toEqual(bad);
		}
	});

	test('signatures from the time before still hold', async () => {
		const certificate = await signGroup(crypto, keys, 1, groups[1]);
		expect((await checkProof(crypto, sealed, { group: 1, certificate, leaves: groups[1] })).ok).toBe(true);
	});
});
