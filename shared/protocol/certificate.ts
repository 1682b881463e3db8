/**
 * What ties the leaves of one group to the share: a signature while it is open, an audit path once it is sealed.
 * PROTOCOL.md §4.
 */
import { ByteWriter, equalBytes, type Bytes } from '../base/bytes.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { utf8 } from '../base/text.ts';
import { ID_BYTES, idBytes, type Layout, type ShareId } from './ids.ts';
import type { ShareKeys } from './keys.ts';
import { GROUP_CHUNKS, HASH_BYTES } from './limits.ts';
import { groupRoot, rootFromPath } from './merkle.ts';
import type { Certificate } from './peer-message.ts';
import type { Crypto } from './primitives.ts';

const CONTEXT = utf8('streamlet group v1');

/** A share as far as proofs go, all of it from its descriptor. */
export interface ProvenShare {
	readonly id: ShareId;
	readonly publicKey: Bytes;
	/** Undefined while the size is unknown: then every certified group is a full one. */
	readonly layout: Layout | undefined;
	/** Once sealed. */
	readonly root: Bytes | undefined;
}

/** A proof as it came. */
export interface GroupProof { readonly group: number; readonly certificate: Certificate; readonly leaves: Bytes }

/** Why a proof does not hold: its sender is lying, or speaks of another share. */
export type ProofFault = 'wrong-count' | 'bad-signature' | 'bad-path';

/** The share key's word for one group. One group is certified once, ever: keep the leaves before sending this. */
export async function signGroup(crypto: Crypto, keys: ShareKeys, group: number, leaves: Bytes): Promise<Certificate> {
	const root = groupRoot(leaves, crypto.sha256Now);
	const message = signedMessage(keys.id, group, leaves.length / HASH_BYTES, root);
	return { form: 'signature', bytes: await crypto.sign(keys.secretKey, message) };
}

/** The word of a sealed share's tree: `path` comes from `GroupTree`. */
export function pathCertificate(path: Bytes): Certificate {
	return { form: 'path', bytes: path };
}

/**
 * Checks the leaves of one group against the share.
 *
 * How many leaves there are is never the sender's to choose: it follows from the signed size. A sealed share takes
 * paths to its root, and also signatures from the time it was open, since peers of that time hold no others. Those bind
 * less than the root does: who has the list of group roots compares the value with it, and drops a group that differs,
 * without blame.
 *
 * @returns the group's root
 */
export async function checkProof(
	crypto: Crypto, share: ProvenShare, proof: GroupProof,
): Promise<Result<Bytes, ProofFault>> {
	const count = leafCount(share.layout, proof.group);
	if (count < 1 || proof.leaves.length !== count * HASH_BYTES) return fail('wrong-count');
	const root = groupRoot(proof.leaves, crypto.sha256Now);
	if (proof.certificate.form === 'path') return checkPath(crypto, share, proof, root);
	const message = signedMessage(share.id, proof.group, count, root);
	return await crypto.verify(share.publicKey, proof.certificate.bytes, message) ? ok(root) : fail('bad-signature');
}

function checkPath(crypto: Crypto, share: ProvenShare, proof: GroupProof, root: Bytes): Result<Bytes, ProofFault> {
	if (!share.root || !share.layout) return fail('bad-path');
	const at = { group: proof.group, groups: share.layout.groups };
	const reached = rootFromPath(root, at, proof.certificate.bytes, crypto.sha256Now);
	return reached && equalBytes(reached, share.root) ? ok(root) : fail('bad-path');
}

function leafCount(layout: Layout | undefined, group: number): number {
	return layout ? layout.chunksIn(group) : GROUP_CHUNKS;
}

function signedMessage(id: ShareId, group: number, leaves: number, root: Bytes): Bytes {
	const w = new ByteWriter(CONTEXT.length + ID_BYTES + 8 + HASH_BYTES);
	return w.bytes(CONTEXT).bytes(idBytes(id)).u32(group).u32(leaves).bytes(root).done();
}
