/** Cryptography for pages without `crypto.subtle`: SHA-256, the most of it, in WebAssembly, the rest in JavaScript. */
import type { Bytes } from '../../shared/base/bytes.ts';
import type { Crypto } from '../../shared/ports/crypto.ts';
import { pureCrypto } from '../../shared/runtime/pure-crypto.ts';
import { browserRandom } from './web-crypto.ts';

/** `Crypto` without `crypto.subtle`. `sha256`: what `wasmSha256` gave. */
export function fallbackCrypto(sha256: ((bytes: Bytes) => Bytes) | undefined): Crypto {
	return pureCrypto({ random: browserRandom, ...(sha256 && { sha256 }) });
}
