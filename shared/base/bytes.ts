/** Byte strings: the one spelling of their type, and a reader and a writer for big-endian formats. */
import { fail, ok, type Result } from './result.ts';

/** Bytes in memory of their own, as Web Crypto and data channels want them (never a `SharedArrayBuffer`). */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Why bytes were not what they should be. */
export type WireFault = 'short' | 'long' | 'oversize' | 'unknown' | 'malformed';

/** All of `parts`, one after the other, in a new buffer. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

/** Whether both hold the same bytes. Takes the same time wherever they differ. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
	if (a.length !== b.length) return false;
	let difference = 0;
	for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
	return difference === 0;
}

/** Writes a message whose size is known beforehand. Writing past it throws: sizes are ours to get right. */
export class ByteWriter {
	readonly #bytes: Bytes;
	readonly #view: DataView;
	#at = 0;

	constructor(size: number) {
		this.#bytes = new Uint8Array(size);
		this.#view = new DataView(this.#bytes.buffer);
	}

	u8(value: number): this { this.#view.setUint8(this.#take(1), value); return this; }
	u16(value: number): this { this.#view.setUint16(this.#take(2), value); return this; }
	u32(value: number): this { this.#view.setUint32(this.#take(4), value); return this; }
	/** A whole number below 2^53 in eight bytes. */
	u64(value: number): this { return this.u32(Math.floor(value / 2 ** 32)).u32(value % 2 ** 32); }
	bytes(bytes: Uint8Array): this { this.#bytes.set(bytes, this.#take(bytes.length)); return this; }

	/** The finished message; what was not written is zero. */
	done(): Bytes { return this.#bytes; }

	#take(size: number): number {
		const at = this.#at;
		this.#at += size;
		return at;
	}
}

/**
 * Reads a message of any content. The first fault is latched and reported by {@link end}; until then a reader past
 * the end gives zeros, so a decoder needs neither `try` nor half-built values.
 */
export class ByteReader {
	readonly #bytes: Bytes;
	readonly #view: DataView;
	#at = 0;
	#fault: WireFault | undefined;

	constructor(bytes: Bytes) {
		this.#bytes = bytes;
		this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	}

	/** How many bytes are left. */
	get left(): number { return this.#bytes.length - this.#at; }

	u8(): number { return this.#take(1) ? this.#view.getUint8(this.#at - 1) : 0; }
	u16(): number { return this.#take(2) ? this.#view.getUint16(this.#at - 2) : 0; }
	u32(): number { return this.#take(4) ? this.#view.getUint32(this.#at - 4) : 0; }

	/** A whole number in eight bytes; 2^53 and more is malformed. */
	u64(): number {
		const value = this.u32() * 2 ** 32 + this.u32();
		if (!Number.isSafeInteger(value)) this.fault('malformed');
		return Number.isSafeInteger(value) ? value : 0;
	}

	/** The next `length` bytes: a view, not a copy. */
	bytes(length: number): Bytes {
		return this.#take(length) ? this.#bytes.subarray(this.#at - length, this.#at) : new Uint8Array(0);
	}

	/** All that is left: a view, not a copy. */
	rest(): Bytes { return this.bytes(this.left); }

	/** Marks the message as bad for a reason the caller found. */
	fault(fault: WireFault): void { this.#fault ??= fault; }

	/** `value` when all was there, nothing is left over and no fault was marked. */
	end<T>(value: T): Result<T, WireFault> {
		if (this.#fault) return fail(this.#fault);
		return this.left > 0 ? fail('long') : ok(value);
	}

	#take(size: number): boolean {
		if (this.#fault) return false;
		if (this.left < size) {
			this.#fault = 'short';
			return false;
		}
		this.#at += size;
		return true;
	}
}
