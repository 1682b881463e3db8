import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, type Bytes } from '../base/bytes.ts';
import { fromHex, toHex } from '../testkit/hex.ts';
import { someBytes, testCrypto } from '../testkit/test-crypto.ts';
import { GROUP_CHUNKS, HASH_BYTES } from './limits.ts';
import { groupRoot, GroupTree, hashLeaf, nodeHash, rootFromPath, treeRoot } from './merkle.ts';

const crypto = testCrypto();
const hash = crypto.sha256Now;

/** RFC 9162 §2.1.1, word for word. */
function rfcRoot(leaves: readonly Bytes[]): Bytes {
	if (leaves.length === 1) return leaves[0]!;
	const k = split(leaves.length);
	return hash(concat(Uint8Array.of(1), rfcRoot(leaves.slice(0, k)), rfcRoot(leaves.slice(k))));
}

/** RFC 9162 §2.1.3.1, word for word. */
function rfcPath(m: number, leaves: readonly Bytes[]): Bytes[] {
	if (leaves.length === 1) return [];
	const k = split(leaves.length);
	const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
	return m < k ? [...rfcPath(m, left), rfcRoot(right)] : [...rfcPath(m - k, right), rfcRoot(left)];
}

function split(n: number): number {
	return 2 ** (Math.ceil(Math.log2(n)) - 1);
}

function hashes(count: number, seed = 1): Bytes[] {
	return Array.from({ length: count }, (_, k) => hash(Uint8Array.of(seed, k >> 8, k & 255)));
}

/** The roots of the groups that these leaves make. */
function groupRoots(leaves: readonly Bytes[]): Bytes {
	const groups = Math.ceil(leaves.length / GROUP_CHUNKS);
	return concat(...Array.from({ length: groups }, (_, g) =>
		groupRoot(concat(...leaves.slice(g * GROUP_CHUNKS, (g + 1) * GROUP_CHUNKS)), hash)));
}

describe('the tree', () => {
	// The inputs and roots that Certificate Transparency's own tests use for RFC 6962, whose tree RFC 9162 kept.
	const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
	const roots = [
		'6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
		'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
		'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
		'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
		'4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
		'76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
		'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
		'5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
	];

	test.each(roots.map((root, k) => [k + 1, root] as const))('over %i known leaves has the known root', async (count, root) => {
		const leaves = await Promise.all(inputs.slice(0, count).map((input) => hashLeaf(crypto, fromHex(input))));
		expect(toHex(groupRoot(concat(...leaves), hash))).toBe(root);
	});

	test('has the root that the RFC\'s recursion gives, for 1 to 600 leaves, group by group', () => {
		const leaves = hashes(600);
		for (let count = 1; count <= 600; count++) {
			const some = leaves.slice(0, count);
			expect(treeRoot(groupRoots(some), hash), `${count} leaves`).toEqual(rfcRoot(some));
		}
	});

	test('counts leaves: another leaf, another order or another length is another root', () => {
		const [a, b, c] = hashes(3) as [Bytes, Bytes, Bytes];
		const trees = [concat(a), concat(a, b), concat(b, a), concat(a, b, b), concat(a, b, c)];
		expect(new Set(trees.map((leaves) => toHex(groupRoot(leaves, hash)))).size).toBe(5);
	});
});

describe('a path', () => {
	test('is the one of the RFC, and leads to the root, for every group of 1 to 40', () => {
		for (let groups = 1; groups <= 40; groups++) {
			const roots = hashes(groups);
			const tree = new GroupTree(concat(...roots), hash);
			expect(tree.root).toEqual(treeRoot(concat(...roots), hash));
			for (let group = 0; group < groups; group++) {
				const path = tree.path(group);
				expect(path).toEqual(concat(...rfcPath(group, roots)));
				expect(rootFromPath(tree.groupRoot(group), { group, groups }, path, hash)).toEqual(tree.root);
			}
		}
	});

	test('of a share of one group is empty', () => {
		const [root] = hashes(1) as [Bytes];
		expect(new GroupTree(root, hash).path(0)).toHaveLength(0);
		expect(rootFromPath(root, { group: 0, groups: 1 }, new Uint8Array(0), hash)).toEqual(root);
	});

	test('leads nowhere for a group that is not there', () => {
		const [root] = hashes(1) as [Bytes];
		expect(rootFromPath(root, { group: 1, groups: 1 }, new Uint8Array(0), hash)).toBeUndefined();
		expect(rootFromPath(root, { group: -1, groups: 1 }, new Uint8Array(0), hash)).toBeUndefined();
	});

	test('of any other length than its place demands leads nowhere', () => {
		const place = [fc.integer({ min: 1, max: 5000 }), fc.nat(), fc.nat(15 * HASH_BYTES)] as const;
		fc.assert(fc.property(...place, (groups, pick, length) => {
			const group = pick % groups;
			const right = pathLength(group, groups) * HASH_BYTES;
			const at = { group, groups };
			const leads = (bytes: number) => rootFromPath(someBytes(32), at, new Uint8Array(bytes), hash) !== undefined;
			expect(leads(right)).toBe(true);
			expect(leads(right + HASH_BYTES)).toBe(false);
			expect(leads(length)).toBe(length === right);
		}), { numRuns: 200 });
	});

	test('with a changed hash, or for another place, leads elsewhere', () => {
		const roots = concat(...hashes(11));
		const tree = new GroupTree(roots, hash);
		const path = tree.path(4);
		for (let at = 0; at < path.length; at += 7) {
			const bent = path.map((byte, k) => (k === at ? byte ^ 1 : byte));
			expect(rootFromPath(tree.groupRoot(4), { group: 4, groups: 11 }, bent, hash)).not.toEqual(tree.root);
		}
		expect(rootFromPath(tree.groupRoot(4), { group: 5, groups: 11 }, path, hash)).not.toEqual(tree.root);
	});
});

/** Hashes in the path that the RFC's recursion gives. */
function pathLength(group: number, groups: number): number {
	if (groups === 1) return 0;
	const k = split(groups);
	return 1 + (group < k ? pathLength(group, k) : pathLength(group - k, groups - k));
}

describe('a leaf', () => {
	test('is the hash of a zero byte and the chunk, wherever the chunk lies', async () => {
		const frame = someBytes(5 + 8192);
		const expected = hash(concat(Uint8Array.of(0), frame.subarray(5)));
		expect(await hashLeaf(crypto, frame.subarray(5))).toEqual(expected);
		expect(await hashLeaf(crypto, frame.slice(5))).toEqual(expected);
	});

	test('leaves the frame as it was', async () => {
		const frame = someBytes(5 + 100);
		const before = frame.slice();
		const hashing = hashLeaf(crypto, frame.subarray(5));
		expect(frame).toEqual(before);
		await hashing;
		expect(frame).toEqual(before);
	});

	test('is not a node, nor the other way round', async () => {
		const [a, b] = hashes(2) as [Bytes, Bytes];
		expect(await hashLeaf(crypto, concat(a, b))).not.toEqual(nodeHash(a, b, hash));
	});
});
