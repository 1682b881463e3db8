/** The two primitives a tracker needs to check descriptors, from OpenSSL. */
import { createHash, createPublicKey, verify } from 'node:crypto';
import type { Bytes } from '../../shared/base/bytes.ts';
import { base64url } from '../../shared/base/text.ts';
import type { Crypto } from '../../shared/ports/crypto.ts';

/** Some 0.1 ms a signature, on the thread: `publish` is limited accordingly. */
export const nodeCrypto: Pick<Crypto, 'sha256Now' | 'verify'> = {
	sha256Now: (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),
	verify: (publicKey, signature, message) => Promise.resolve(verifyNow(publicKey, signature, message)),
};

function verifyNow(publicKey: Bytes, signature: Bytes, message: Bytes): boolean {
	try {
		const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: base64url(publicKey) }, format: 'jwk' });
		return verify(null, message, key, signature);
	} catch {
		return false; // OpenSSL throws for bytes that are no key
	}
}
