/** Bytes as test vectors spell them. */
import type { Bytes } from '../base/bytes.ts';

/** The bytes of hexadecimal digits; white space between them is skipped. */
export function fromHex(digits: string): Bytes {
	const pairs = digits.replaceAll(/\s/g, '').match(/../g) ?? [];
	return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}

/** The digits of some bytes. */
export function toHex(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
