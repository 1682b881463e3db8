/** Cryptography by Node's own OpenSSL, for the tracker and for tests. Everything is done before a call returns. */
import {
	createCipheriv, createDecipheriv, createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, hash, hkdfSync,
	randomBytes, sign, verify, type KeyObject,
} from 'node:crypto';
import { concat, type Bytes } from '../shared/base/bytes.ts';
import { fail, ok, type Result } from '../shared/base/result.ts';
import { base64url, fromBase64url } from '../shared/base/text.ts';
import { counterAt, pkcs8Of, type Crypto, type KeyPair, type SealInputs } from '../shared/protocol/primitives.ts';

/** Bytes of a GCM tag. */
const TAG_BYTES = 16;

/** Stateless: one instance serves a process. */
export const nodeCrypto: Crypto = {
	random: (length) => own(randomBytes(length)),
	sha256Now,
	sha256: (bytes) => Promise.resolve(sha256Now(bytes)),
	hmacSha256: (key, bytes) => Promise.resolve(own(createHmac('sha256', key).update(bytes).digest())),
	hkdfSha256: (key, info, length) =>
		Promise.resolve(new Uint8Array(hkdfSync('sha256', key, new Uint8Array(0), info, length))),
	seal: (inputs, plain) => Promise.resolve(sealNow(inputs, plain)),
	open: (inputs, sealed) => Promise.resolve(openNow(inputs, sealed)),
	cipher: (key, offset, bytes) => Promise.resolve(cipherNow(key, offset, bytes)),
	makeKeyPair: () => Promise.resolve(makeKeyPairNow()),
	publicKeyOf: (secretKey) => Promise.resolve(rawPublicKey(createPublicKey(privateKey(secretKey)))),
	sign: (secretKey, message) => Promise.resolve(own(sign(null, message, privateKey(secretKey)))),
	verify: (publicKey, signature, message) => Promise.resolve(verifyNow(publicKey, signature, message)),
};

/** In memory of its own: Node's small buffers share theirs, and are copied. */
function own(bytes: Uint8Array<ArrayBuffer>): Bytes {
	return new Uint8Array(bytes.buffer.byteLength === bytes.length ? bytes.buffer : bytes);
}

function sha256Now(bytes: Bytes): Bytes {
	return own(hash('sha256', bytes, 'buffer')); // in one call: an object for each of 255 hashes a mebibyte is dear
}

function sealNow({ key, nonce, associated }: SealInputs, plain: Bytes): Bytes {
	const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associated);
	return concat(cipher.update(plain), cipher.final(), cipher.getAuthTag());
}

function openNow({ key, nonce, associated }: SealInputs, sealed: Bytes): Result<Bytes, 'forged'> {
	if (sealed.length < TAG_BYTES) return fail('forged');
	const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(associated);
	decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
	const plain = decipher.update(sealed.subarray(0, -TAG_BYTES));
	try {
		decipher.final();
	} catch {
		return fail('forged'); // the only thing `final` throws for
	}
	return ok(own(plain));
}

function cipherNow(key: Bytes, offset: number, bytes: Bytes): Bytes {
	return own(createCipheriv('aes-256-ctr', key, counterAt(offset)).update(bytes));
}

function makeKeyPairNow(): KeyPair {
	const { publicKey, privateKey: secret } = generateKeyPairSync('ed25519');
	return { publicKey: rawPublicKey(publicKey), secretKey: rawPart(secret, 'd') };
}

function privateKey(seed: Bytes): KeyObject {
	return createPrivateKey({ key: Buffer.from(pkcs8Of(seed)), format: 'der', type: 'pkcs8' });
}

function rawPublicKey(key: KeyObject): Bytes {
	return rawPart(key, 'x');
}

function rawPart(key: KeyObject, part: 'x' | 'd'): Bytes {
	return fromBase64url(key.export({ format: 'jwk' })[part] ?? '') ?? new Uint8Array(0);
}

function verifyNow(publicKey: Bytes, signature: Bytes, message: Bytes): boolean {
	try {
		const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: base64url(publicKey) }, format: 'jwk' });
		return verify(null, message, key, signature);
	} catch {
		return false; // thrown for keys of a wrong length
	}
}
