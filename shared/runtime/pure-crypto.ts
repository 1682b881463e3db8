/**
 * Every primitive in plain JavaScript, from the audited noble libraries: for pages without `crypto.subtle`, for the
 * simulator and for tests. Slow in bulk, so platforms replace what they have better.
 */
import { ctr, gcm } from '@noble/ciphers/aes.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes } from '../base/bytes.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Crypto, KeyPair, SealInputs } from '../ports/crypto.ts';
import { counterAt } from '../protocol/primitives.ts';

/** What a platform brings to {@link pureCrypto}. `sha256`: a faster one, where there is one. */
export interface PureCryptoParts {
	readonly random: (length: number) => Bytes;
	readonly sha256?: (bytes: Bytes) => Bytes;
}

/** All work is done before a call returns; its promise is there already. */
export function pureCrypto({ random, sha256: hash = sha256 }: PureCryptoParts): Crypto {
	return {
		random,
		sha256Now: hash,
		sha256: (bytes) => Promise.resolve(hash(bytes)),
		hmacSha256: (key, bytes) => Promise.resolve(hmac(sha256, key, bytes)),
		hkdfSha256: (key, info, length) => Promise.resolve(hkdf(sha256, key, undefined, info, length)),
		seal: (inputs, plain) => Promise.resolve(gcmOf(inputs).encrypt(plain)),
		open: (inputs, sealed) => Promise.resolve(openNow(inputs, sealed)),
		cipher: (key, offset, bytes) => Promise.resolve(ctr(key, counterAt(offset)).encrypt(bytes)),
		makeKeyPair: () => Promise.resolve(keyPairOf(random(32))),
		publicKeyOf: (secretKey) => Promise.resolve(ed25519.getPublicKey(secretKey)),
		sign: (secretKey, message) => Promise.resolve(ed25519.sign(message, secretKey)),
		verify: (publicKey, signature, message) => Promise.resolve(verifyNow(publicKey, signature, message)),
	};
}

function keyPairOf(secretKey: Bytes): KeyPair {
	return { secretKey, publicKey: ed25519.getPublicKey(secretKey) };
}

/** RFC 8032 rules, as Web Crypto and OpenSSL apply them, not the laxer ones of ZIP 215. */
function verifyNow(publicKey: Bytes, signature: Bytes, message: Bytes): boolean {
	try {
		return ed25519.verify(signature, message, publicKey, { zip215: false });
	} catch {
		return false; // thrown for keys and signatures of a wrong length
	}
}

function openNow(inputs: SealInputs, sealed: Bytes): Result<Bytes, 'forged'> {
	try {
		return ok(gcmOf(inputs).decrypt(sealed));
	} catch {
		return fail('forged'); // a tag that does not fit, or no room for one
	}
}

function gcmOf({ key, nonce, associated }: SealInputs) {
	return gcm(key, nonce, associated);
}
