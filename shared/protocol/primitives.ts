/**
 * The primitives the protocol is made of, each with one meaning everywhere. They are asked for here and provided
 * through `ports/crypto.ts`: pages on plain HTTP have no `crypto.subtle`, so every platform brings its own
 * implementation, and `testkit/crypto-contract.ts` holds them to the same answers.
 */
import { ByteWriter, concat, type Bytes } from '../base/bytes.ts';
import type { Result } from '../base/result.ts';

const PKCS8_HEAD = Uint8Array.from([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]);

/** An Ed25519 key pair (RFC 8032): both 32 bytes, the secret one is the seed. */
export interface KeyPair { readonly publicKey: Bytes; readonly secretKey: Bytes }

/** What AES-GCM needs beside the text. `nonce`: 12 bytes, never twice under one key. */
export interface SealInputs { readonly key: Bytes; readonly nonce: Bytes; readonly associated: Bytes }

/**
 * Pure but for `random` and `makeKeyPair`. Arguments are neither kept nor changed, and **read before the call
 * returns**, a promise or not: the caller may overwrite them in the next statement (`hashLeaf` does). Results are the
 * caller's.
 */
export interface Crypto {
	/** Bytes nobody can guess. */
	random(length: number): Bytes;
	/** SHA-256 of anything; large inputs may be hashed off the thread. */
	sha256(bytes: Bytes): Promise<Bytes>;
	/** SHA-256 at once, for the many small inputs of a tree's nodes. May be handed on by itself. */
	readonly sha256Now: (bytes: Bytes) => Bytes;
	/** HMAC-SHA-256 (RFC 2104), 32 bytes. */
	hmacSha256(key: Bytes, bytes: Bytes): Promise<Bytes>;
	/** HKDF-SHA-256 (RFC 5869) with an empty salt. */
	hkdfSha256(key: Bytes, info: Bytes, length: number): Promise<Bytes>;
	/** AES-256-GCM: ciphertext and 16-byte tag. */
	seal(inputs: SealInputs, plain: Bytes): Promise<Bytes>;
	/** The plain text of {@link seal}; `forged` when the tag does not fit. */
	open(inputs: SealInputs, sealed: Bytes): Promise<Result<Bytes, 'forged'>>;
	/** AES-256-CTR, both ways. The 128-bit big-endian counter of byte `offset` (a multiple of 16) is `offset / 16`. */
	cipher(key: Bytes, offset: number, bytes: Bytes): Promise<Bytes>;
	/** A new Ed25519 key pair. */
	makeKeyPair(): Promise<KeyPair>;
	/** The public key of a secret one. */
	publicKeyOf(secretKey: Bytes): Promise<Bytes>;
	/** An Ed25519 signature, 64 bytes. */
	sign(secretKey: Bytes, message: Bytes): Promise<Bytes>;
	/** Whether `signature` is the key's over `message`. False, never an exception, for odd keys and signatures. */
	verify(publicKey: Bytes, signature: Bytes, message: Bytes): Promise<boolean>;
}

/** The AES-CTR counter block of byte `offset`, a multiple of 16: its number of blocks, 128 bits, big-endian. */
export function counterAt(offset: number): Bytes {
	return new ByteWriter(16).u64(0).u64(offset / 16).done();
}

/** An Ed25519 seed as PKCS #8 (RFC 8410 §7), the one form of a secret key that all platforms import. */
export function pkcs8Of(seed: Bytes): Bytes {
	return concat(PKCS8_HEAD, seed);
}
