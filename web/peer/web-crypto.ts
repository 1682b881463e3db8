/**
 * Cryptography by the browser. Importing a key is asynchronous, so whatever is needed after it is copied first:
 * arguments are read before a call returns (`Crypto`). Imported keys are remembered by their bytes, a few of them.
 */
import type { Bytes } from '../../shared/base/bytes.ts';
import { fail, ok } from '../../shared/base/result.ts';
import { base64url, fromBase64url } from '../../shared/base/text.ts';
import type { Crypto, SealInputs } from '../../shared/ports/crypto.ts';
import { counterAt, pkcs8Of } from '../../shared/protocol/primitives.ts';

/** The part of `Crypto` that some browsers' `crypto.subtle` lacks. */
export type Signatures = Pick<Crypto, 'makeKeyPair' | 'publicKeyOf' | 'sign' | 'verify'>;

/** What {@link webCrypto} is made of. */
export interface WebCryptoParts {
	readonly subtle: SubtleCrypto;
	/** `crypto.subtle` hashes only asynchronously. */
	readonly sha256Now: (bytes: Bytes) => Bytes;
	readonly signatures: Signatures;
}

/** Imported keys remembered at once: a page holds a handful of shares. */
const MAX_KEYS = 32;

/** Bytes from the browser's generator, at most 65 536. It is there on every page. */
export function browserRandom(length: number): Bytes {
	return globalThis.crypto.getRandomValues(new Uint8Array(length));
}

function bytesOf(buffer: ArrayBuffer): Bytes { return new Uint8Array(buffer); }

/** `Crypto` on `crypto.subtle`, for secure pages. */
export function webCrypto({ subtle, sha256Now, signatures }: WebCryptoParts): Crypto {
	const keys = new KeyCache();
	const importKey = (key: Bytes, algorithm: 'AES-GCM' | 'AES-CTR', uses: KeyUsage[]) =>
		keys.get(nameOf(key, algorithm), () => subtle.importKey('raw', key.slice(), algorithm, false, uses));
	const aes = (key: Bytes, algorithm: 'AES-GCM' | 'AES-CTR') => importKey(key, algorithm, ['encrypt', 'decrypt']);
	const { makeKeyPair, publicKeyOf, sign, verify } = signatures;
	return {
		makeKeyPair, publicKeyOf, sign, verify,
		random: browserRandom,
		sha256Now,
		sha256: (bytes) => subtle.digest('SHA-256', bytes).then(bytesOf), // called for every chunk: no promise too many
		hmacSha256: async (key, bytes) => {
			const message = bytes.slice();
			const imported = await subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
			return new Uint8Array(await subtle.sign('HMAC', imported, message));
		},
		hkdfSha256: async (key, info, length) => {
			const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: info.slice() };
			const imported = await subtle.importKey('raw', key, 'HKDF', false, ['deriveBits']);
			return new Uint8Array(await subtle.deriveBits(how, imported, length * 8));
		},
		seal: async (inputs, plain) => {
			const [how, text] = [gcm(inputs), plain.slice()];
			return new Uint8Array(await subtle.encrypt(how, await aes(inputs.key, 'AES-GCM'), text));
		},
		open: async (inputs, sealed) => {
			const [how, text] = [gcm(inputs), sealed.slice()];
			const key = await aes(inputs.key, 'AES-GCM');
			// An `OperationError` is all it fails with: the tag does not fit, or there is no room for one.
			return subtle.decrypt(how, key, text).then((plain) => ok(new Uint8Array(plain)), () => fail('forged'));
		},
		cipher: async (key, offset, bytes) => {
			const how = { name: 'AES-CTR', counter: counterAt(offset), length: 128 };
			const imported = keys.known(nameOf(key, 'AES-CTR'));
			if (imported) return new Uint8Array(await subtle.encrypt(how, imported, bytes)); // it copies
			const text = bytes.slice();
			return new Uint8Array(await subtle.encrypt(how, await aes(key, 'AES-CTR'), text));
		},
	};
}

/** Ed25519 by the browser; undefined when it has none: Chromium before 137, Firefox before 129, Safari before 17. */
export async function webSignatures(subtle: SubtleCrypto): Promise<Signatures | undefined> {
	const signatures = subtleSignatures(subtle);
	try {
		const { publicKey, secretKey } = await signatures.makeKeyPair();
		const signature = await signatures.sign(secretKey, publicKey);
		return await signatures.verify(publicKey, signature, publicKey) ? signatures : undefined;
	} catch {
		return undefined; // `NotSupportedError`, or a half-finished implementation
	}
}

function subtleSignatures(subtle: SubtleCrypto): Signatures {
	const keys = new KeyCache();
	const importSecret = (seed: Bytes, extractable: boolean) =>
		subtle.importKey('pkcs8', pkcs8Of(seed), 'Ed25519', extractable, ['sign']);
	const importPublic = (key: Bytes) => subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
	return {
		makeKeyPair: async () => {
			const pair = await subtle.generateKey('Ed25519', true, ['sign', 'verify']);
			const { x, d } = await subtle.exportKey('jwk', pair.privateKey);
			return { publicKey: fromJwk(x), secretKey: fromJwk(d) };
		},
		publicKeyOf: async (secretKey) => {
			const { x } = await subtle.exportKey('jwk', await importSecret(secretKey, true));
			return fromJwk(x);
		},
		sign: async (secretKey, message) => {
			const text = message.slice();
			const key = await keys.get('s' + base64url(secretKey), () => importSecret(secretKey, false));
			return new Uint8Array(await subtle.sign('Ed25519', key, text));
		},
		verify: async (publicKey, signature, message) => {
			const [text, signed] = [message.slice(), signature.slice()];
			try {
				const key = await keys.get('p' + base64url(publicKey), () => importPublic(publicKey));
				return await subtle.verify('Ed25519', key, signed, text);
			} catch {
				return false; // thrown for keys that are none
			}
		},
	};
}

function nameOf(key: Bytes, algorithm: string): string { return algorithm + base64url(key); }

function gcm({ nonce, associated }: SealInputs): AesGcmParams {
	return { name: 'AES-GCM', iv: nonce.slice(), additionalData: associated.slice() };
}

function fromJwk(part: string | undefined): Bytes {
	return fromBase64url(part ?? '') ?? new Uint8Array(0);
}

/** The last few keys that were imported, oldest use first. */
class KeyCache {
	readonly #keys = new Map<string, { readonly importing: Promise<CryptoKey>; imported?: CryptoKey }>();

	/** The key, if it has been imported. */
	known(name: string): CryptoKey | undefined { return this.#keys.get(name)?.imported; }

	get(name: string, make: () => Promise<CryptoKey>): Promise<CryptoKey> {
		const entry = this.#keys.get(name) ?? this.#entry(make());
		this.#keys.delete(name);
		this.#keys.set(name, entry);
		if (this.#keys.size > MAX_KEYS) this.#forgetOldest();
		return entry.importing;
	}

	#entry(importing: Promise<CryptoKey>): { readonly importing: Promise<CryptoKey>; imported?: CryptoKey } {
		const entry: { readonly importing: Promise<CryptoKey>; imported?: CryptoKey } = { importing };
		void importing.then((key) => { entry.imported = key; }, () => undefined); // whoever asked hears of the failure
		return entry;
	}

	#forgetOldest(): void {
		const [oldest] = this.#keys.keys();
		if (oldest !== undefined) this.#keys.delete(oldest);
	}
}
