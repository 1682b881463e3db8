/** Keys: the share's own pair, which signs, and the link key, which opens and admits. PROTOCOL.md §5. */
import type { Bytes } from '../base/bytes.ts';
import { utf8 } from '../base/text.ts';
import { ID_BYTES, shareIdFrom, type ShareId } from './ids.ts';
import type { Crypto } from './primitives.ts';

/** Bytes of a link key and of everything derived from it: AES-256 and HMAC-SHA-256 both take 32. */
export const KEY_BYTES = 32;

/** What the sharer's browser keeps of a share. `secretKey`: the 32-byte Ed25519 seed. */
export interface ShareKeys { readonly id: ShareId; readonly publicKey: Bytes; readonly secretKey: Bytes }

/** What the link key opens, one key a purpose. A parked copy gets `auth` alone. */
export interface LinkKeys {
	/** Opens the body of the descriptor. */
	readonly descriptor: Bytes;
	/** Opens sealed attachments. */
	readonly attachments: Bytes;
	/** Admits to the swarm: the key of every hello's MAC. */
	readonly auth: Bytes;
	/** Opens what viewers say to each other. */
	readonly room: Bytes;
}

/** A new share. */
export async function makeShareKeys(crypto: Crypto): Promise<ShareKeys> {
	const pair = await crypto.makeKeyPair();
	return { ...pair, id: shareIdOf(crypto, pair.publicKey) };
}

/** The keys of a share whose secret key was kept. */
export async function shareKeysFrom(crypto: Crypto, secretKey: Bytes): Promise<ShareKeys> {
	const publicKey = await crypto.publicKeyOf(secretKey);
	return { publicKey, secretKey, id: shareIdOf(crypto, publicKey) };
}

/** The first 16 bytes of SHA-256(public key). */
export function shareIdOf(crypto: Pick<Crypto, 'sha256Now'>, publicKey: Bytes): ShareId {
	return shareIdFrom(crypto.sha256Now(publicKey).subarray(0, ID_BYTES));
}

/** HKDF-SHA-256 of the link key under one info string a purpose. */
export async function deriveLinkKeys(crypto: Crypto, linkKey: Bytes): Promise<LinkKeys> {
	const derive = (purpose: string) => crypto.hkdfSha256(linkKey, utf8(`streamlet ${purpose} v1`), KEY_BYTES);
	const [descriptor, attachments, auth, room] = await Promise.all([
		derive('descriptor'), derive('attachment'), derive('auth'), derive('room'),
	]);
	return { descriptor, attachments, auth, room };
}
