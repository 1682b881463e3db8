/** Makes of a piece of a film what is sent of it. */
import type { Bytes } from '../base/bytes.ts';
import type { LoadedGroup } from '../ports/film-source.ts';
import { CHUNK_BYTES, GROUP_BYTES, HASH_BYTES } from '../protocol/limits.ts';
import { hashLeaf } from '../protocol/merkle.ts';
import type { Crypto } from '../protocol/primitives.ts';

/** Encrypts the plain bytes of a group, all of them, and hashes each chunk. */
export async function encryptGroup(
	crypto: Pick<Crypto, 'cipher' | 'sha256'>, contentKey: Bytes, group: number, plain: Bytes,
): Promise<LoadedGroup> {
	const bytes = await crypto.cipher(contentKey, group * GROUP_BYTES, plain);
	const leaves = new Uint8Array(Math.ceil(bytes.length / CHUNK_BYTES) * HASH_BYTES);
	await Promise.all(Array.from({ length: leaves.length / HASH_BYTES }, async (_, k) => {
		leaves.set(await hashLeaf(crypto, bytes.subarray(k * CHUNK_BYTES, (k + 1) * CHUNK_BYTES)), k * HASH_BYTES);
	}));
	return { bytes, leaves };
}
