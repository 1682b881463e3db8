/** Cryptography for tests: the real algorithms, with chance that repeats. */
import type { Bytes } from '../base/bytes.ts';
import { randomBelow, seededRng } from '../base/rng.ts';
import type { Crypto } from '../ports/crypto.ts';
import { pureCrypto } from '../runtime/pure-crypto.ts';

/** The same keys and nonces for the same seed. */
export function testCrypto(seed = 1): Crypto {
	const rng = seededRng(seed);
	return pureCrypto({ random: (length): Bytes => Uint8Array.from({ length }, () => randomBelow(rng, 256)) });
}

/** `length` bytes that look random and are the same for the same seed. */
export function someBytes(length: number, seed = 1): Bytes {
	const rng = seededRng(seed);
	return Uint8Array.from({ length }, () => randomBelow(rng, 256));
}
