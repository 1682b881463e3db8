/**
 * The Merkle tree of RFC 9162 §2.1 with SHA-256. Because a group is a power of two chunks, each group's root, the short
 * last group's too, is a node of the whole tree: the root over group roots is the root over all leaves.
 * Hashes stand in one byte string, 32 bytes each, in order.
 */
import type { Bytes } from '../base/bytes.ts';
import { assert } from '../base/result.ts';
import { GROUP_CHUNKS, HASH_BYTES } from './limits.ts';
import type { Crypto } from './primitives.ts';

/** SHA-256 at once: `Crypto.sha256Now`. */
export type Hash = (bytes: Bytes) => Bytes;

/** A group's number, and how many groups its share has. */
export interface GroupPlace { readonly group: number; readonly groups: number }

const LEAF = 0x00;
const NODE = 0x01;

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Bytes, right: Bytes, hash: Hash): Bytes {
	const input = new Uint8Array(1 + 2 * HASH_BYTES);
	input[0] = NODE;
	input.set(left, 1);
	input.set(right, 1 + HASH_BYTES);
	return hash(input);
}

/** SHA-256(0x00 ‖ chunk), later. */
export function hashLeaf(crypto: Pick<Crypto, 'sha256'>, chunk: Bytes): Promise<Bytes> {
	return withPrefix(chunk, (input) => crypto.sha256(input)); // has read its input when it returns: `Crypto`'s contract
}

/** SHA-256(0x00 ‖ chunk), at once. */
export function hashLeafNow(hash: Hash, chunk: Bytes): Bytes { return withPrefix(chunk, hash); }

/**
 * Calls `use` with 0x00 ‖ chunk. Where the view has a byte before it in its buffer (a frame's header), that byte is
 * lent as the prefix for the length of the call, so that nothing is copied; it holds its old value again when this
 * returns.
 */
function withPrefix<T>(chunk: Bytes, use: (input: Bytes) => T): T {
	if (chunk.byteOffset === 0) {
		const input = new Uint8Array(1 + chunk.length);
		input.set(chunk, 1);
		return use(input);
	}
	const input = new Uint8Array(chunk.buffer, chunk.byteOffset - 1, chunk.length + 1);
	const lent = input[0] ?? 0;
	input[0] = LEAF;
	const used = use(input);
	input[0] = lent;
	return used;
}

/** The root over the 1 to 128 leaf hashes of one group. */
export function groupRoot(leaves: Bytes, hash: Hash): Bytes {
	assert(leaves.length <= GROUP_CHUNKS * HASH_BYTES, 'a group has at most 128 leaves');
	return rootOf(leaves, hash);
}

/** The root of a share: over the roots of all its groups, at least one. */
export function treeRoot(groupRoots: Bytes, hash: Hash): Bytes {
	return rootOf(groupRoots, hash);
}

/**
 * The root that `path` leads to from the root of the group at `at` (RFC 9162 §2.1.3.2).
 *
 * @returns undefined when the path is not exactly as long as that place in that tree demands
 */
export function rootFromPath(root: Bytes, at: GroupPlace, path: Bytes, hash: Hash): Bytes | undefined {
	if (at.group < 0 || at.group >= at.groups) return undefined;
	let node = root;
	let taken = 0;
	for (let index = at.group, width = at.groups; width > 1; index >>= 1, width = (width + 1) >> 1) {
		if ((index ^ 1) >= width) continue; // the last of an odd level moves up as it is
		if (taken + HASH_BYTES > path.length) return undefined;
		const sibling = path.subarray(taken, taken + HASH_BYTES);
		node = index % 2 === 0 ? nodeHash(node, sibling, hash) : nodeHash(sibling, node, hash);
		taken += HASH_BYTES;
	}
	return taken === path.length ? node : undefined;
}

/** All nodes above the groups of a share, so that a path costs no hashing: 64 bytes per MiB of film. */
export class GroupTree {
	/** From the group roots up to the root, each level half as wide as the one below. */
	readonly #levels: readonly Bytes[];

	constructor(groupRoots: Bytes, hash: Hash) {
		assert(groupRoots.length > 0 && groupRoots.length % HASH_BYTES === 0, 'a tree has whole hashes, at least one');
		const levels = [groupRoots];
		for (let level = groupRoots; level.length > HASH_BYTES; levels.push(level)) level = levelAbove(level, hash);
		this.#levels = levels;
	}

	/** How many groups it stands on. */
	get groups(): number { return this.groupRoots.length / HASH_BYTES; }
	/** The root of the share. */
	get root(): Bytes { return this.#levels.at(-1) ?? new Uint8Array(0); }

	/** Of all groups, 32 bytes each. */
	get groupRoots(): Bytes { return this.#levels[0] ?? new Uint8Array(0); }

	/** The root of one group. */
	groupRoot(group: number): Bytes { return hashAt(this.groupRoots, group); }

	/** The hashes that lead from group `group` to the root. */
	path(group: number): Bytes {
		assert(group >= 0 && group < this.groups, 'the group exists');
		const path = new Uint8Array((this.#levels.length - 1) * HASH_BYTES);
		let taken = 0;
		this.#levels.slice(0, -1).forEach((level, height) => {
			const sibling = hashAt(level, (group >> height) ^ 1);
			path.set(sibling, taken);
			taken += sibling.length; // none beside the last of an odd level
		});
		return path.slice(0, taken);
	}
}

/** Level by level: some nodes at once cost less than each by itself. */
function rootOf(nodes: Bytes, hash: Hash): Bytes {
	assert(nodes.length > 0 && nodes.length % HASH_BYTES === 0, 'a tree has whole hashes, at least one');
	let level = nodes;
	while (level.length > HASH_BYTES) level = levelAbove(level, hash);
	return level.slice();
}

/** Half as wide; the last of an odd level moves up as it is. */
function levelAbove(level: Bytes, hash: Hash): Bytes {
	const count = level.length / HASH_BYTES;
	const above = new Uint8Array(Math.ceil(count / 2) * HASH_BYTES);
	const input = new Uint8Array(1 + 2 * HASH_BYTES);
	input[0] = NODE;
	for (let k = 0; k < count; k += 2) {
		const pair = level.subarray(k * HASH_BYTES, (k + 2) * HASH_BYTES);
		if (k + 1 < count) input.set(pair, 1);
		above.set(k + 1 < count ? hash(input) : pair, (k / 2) * HASH_BYTES);
	}
	return above;
}

function hashAt(hashes: Bytes, k: number): Bytes {
	return hashes.subarray(k * HASH_BYTES, (k + 1) * HASH_BYTES);
}
