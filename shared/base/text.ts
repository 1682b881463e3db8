/** Text and bytes: UTF-8 and base64url (RFC 4648 §5, no padding). */
import type { Bytes } from './bytes.ts';

// Both classes are in every browser and in Node, though not in ECMAScript, whose library is all that `shared` sees.
declare class TextEncoder { encode(text: string): Bytes; }
declare class TextDecoder {
	constructor(label: 'utf-8', options: { fatal: boolean; ignoreBOM: boolean });
	decode(bytes: Uint8Array): string;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES: ReadonlyMap<string, number> = new Map(Array.from(ALPHABET, (letter, value) => [letter, value]));

/** The UTF-8 bytes of `text`. */
export function utf8(text: string): Bytes {
	return new TextEncoder().encode(text);
}

/** The text that `bytes` spell in UTF-8; undefined when they spell none. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return undefined; // the only thing a fatal decoder throws for
	}
}

/** `bytes` in base64url without padding. */
export function base64url(bytes: Uint8Array): string {
	let text = '';
	for (let i = 0; i < bytes.length; i += 3) {
		const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
		const letters = Math.min(4, Math.ceil(((bytes.length - i) * 8) / 6));
		for (let k = 0; k < letters; k++) text += ALPHABET.charAt((word >> (18 - 6 * k)) & 63);
	}
	return text;
}

/** The bytes that `text` spells in base64url; undefined for other letters, other lengths, or stray bits at the end. */
export function fromBase64url(text: string): Bytes | undefined {
	const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
	if (text.length % 4 === 1) return undefined;
	let bits = 0;
	let held = 0;
	let at = 0;
	for (const letter of text) {
		const value = VALUES.get(letter);
		if (value === undefined) return undefined;
		bits = ((bits << 6) | value) & 0xffff;
		held += 6;
		if (held >= 8) {
			held -= 8;
			bytes[at++] = (bits >> held) & 255;
		}
	}
	return (bits & ((1 << held) - 1)) === 0 ? bytes : undefined;
}
