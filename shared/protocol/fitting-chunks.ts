/**
 * What of a kept group is still what was kept. Disks rot, crash in mid-write and are meddled with: a chunk that no
 * longer fits its leaf would get us banned when it is served, and spoil the picture when it is played.
 */
import { BitSet } from '../base/bit-set.ts';
import { concat, equalBytes, type Bytes } from '../base/bytes.ts';
import { CHUNK_BYTES, GROUP_CHUNKS, HASH_BYTES } from './limits.ts';
import { hashLeafNow, type Hash } from './merkle.ts';

/** Bytes of a {@link proofDigest}: half a SHA-256 tells chance and mischief apart from what was written. */
export const PROOF_DIGEST_BYTES = 16;

/**
 * What a group's leaf hashes and certificate were when they were checked. Leaves that rot would get honest senders
 * banned, so chunks are compared with them only while this fits.
 */
export function proofDigest(leaves: Bytes, certificate: Bytes, hash: Hash): Bytes {
	return hash(concat(leaves, certificate)).slice(0, PROOF_DIGEST_BYTES);
}

/**
 * The chunks of `held` that fit their leaves: 4 ms for a whole group in WebAssembly, 9 ms in JavaScript.
 *
 * @param group - chunk k at `k × 8192` of `bytes`, its leaf hash at `k × 32` of `leaves`
 */
export function fittingChunks(
	group: { readonly bytes: Bytes; readonly held: Bytes; readonly leaves: Bytes }, hash: Hash,
): BitSet {
	const { bytes, held, leaves } = group;
	const fitting = new BitSet(GROUP_CHUNKS);
	for (const k of BitSet.from(held, GROUP_CHUNKS) ?? []) {
		const chunk = bytes.subarray(k * CHUNK_BYTES, (k + 1) * CHUNK_BYTES);
		const leaf = leaves.subarray(k * HASH_BYTES, (k + 1) * HASH_BYTES);
		if (chunk.length > 0 && equalBytes(hashLeafNow(hash, chunk), leaf)) fitting.add(k);
	}
	return fitting;
}
