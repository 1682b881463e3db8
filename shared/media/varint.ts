/**
 * Whole numbers in as few bytes as they need: seven bits a byte, low bits first, the top bit says that more follow
 * (LEB128). Signed ones are folded so that small ones stay small either way: 0, -1, 1, -2, 2 … (zigzag).
 */
import type { Bytes, WireFault } from '../base/bytes.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { fromUtf8, utf8 } from '../base/text.ts';

/** Bytes of the longest number: 2^53 - 1 in seven-bit steps. */
const MAX_VARINT_BYTES = 8;

/** Writes a message of any size. */
export class VarintWriter {
	#bytes: Bytes = new Uint8Array(1024);
	#length = 0;

	/** Bytes written so far. */
	get length(): number { return this.#length; }

	/** A whole number from 0 to 2^53 - 1. */
	number(value: number): this {
		this.#reserve(MAX_VARINT_BYTES);
		let rest = value;
		while (rest >= 128) {
			this.#bytes[this.#length++] = (rest % 128) | 128;
			rest = Math.floor(rest / 128);
		}
		this.#bytes[this.#length++] = rest;
		return this;
	}

	/** A whole number from -2^52 to 2^52 - 1. */
	signed(value: number): this { return this.number(value < 0 ? -2 * value - 1 : 2 * value); }

	/** Bytes behind their length. */
	bytes(bytes: Uint8Array): this { return this.number(bytes.length).raw(bytes); }

	/** Bytes alone. */
	raw(bytes: Uint8Array): this {
		this.#reserve(bytes.length);
		this.#bytes.set(bytes, this.#length);
		this.#length += bytes.length;
		return this;
	}

	/** Text behind its length in UTF-8. */
	text(text: string): this { return this.bytes(utf8(text)); }

	/** A copy of what was written. */
	done(): Bytes { return this.#bytes.slice(0, this.#length); }

	#reserve(more: number): void {
		if (this.#length + more <= this.#bytes.length) return;
		const larger = new Uint8Array(2 * (this.#length + more));
		larger.set(this.#bytes.subarray(0, this.#length));
		this.#bytes = larger;
	}
}

/** Reads what {@link VarintWriter} wrote, and anything else: the first fault is latched, then all is zero. */
export class VarintReader {
	readonly #bytes: Bytes;
	#at = 0;
	#fault: WireFault | undefined;

	constructor(bytes: Bytes) { this.#bytes = bytes; }

	/** Bytes left; none after a fault, so that loops end. */
	get left(): number { return this.#fault ? 0 : this.#bytes.length - this.#at; }
	get isFaulty(): boolean { return this.#fault !== undefined; }

	/** A number of at most `max`. */
	number(max = Number.MAX_SAFE_INTEGER): number {
		let value = 0;
		let unit = 1;
		for (let k = 0; k < MAX_VARINT_BYTES && !this.#fault; k++) {
			const byte = this.#bytes[this.#at++];
			if (byte === undefined) {
				this.fault('short');
				break;
			}
			value += (byte & 127) * unit;
			if (byte < 128) return value <= max ? value : this.#zero();
			unit *= 128;
		}
		return this.#zero();
	}

	/** A signed number. */
	signed(): number {
		const folded = this.number();
		return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
	}

	/** Bytes behind their length of at most `max`: a view, not a copy. */
	bytes(max: number): Bytes {
		const length = this.number(max);
		if (length > this.left) this.fault('short');
		if (this.#fault) return new Uint8Array(0);
		this.#at += length;
		return this.#bytes.subarray(this.#at - length, this.#at);
	}

	/** Text behind its length of at most `max` bytes, fitting `pattern`. */
	text(max: number, pattern: RegExp): string {
		const text = fromUtf8(this.bytes(max));
		if (text !== undefined && pattern.test(text)) return text;
		this.fault('malformed');
		return '';
	}

	/** Marks the message as bad for a reason the caller found. */
	fault(fault: WireFault): void { this.#fault ??= fault; }

	/** `value` when all was there, nothing is left over and no fault was marked. */
	end<T>(value: T): Result<T, WireFault> {
		if (this.#fault) return fail(this.#fault);
		return this.left > 0 ? fail('long') : ok(value);
	}

	#zero(): number {
		this.fault('malformed');
		return 0;
	}
}
