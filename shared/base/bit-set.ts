/** A set of small whole numbers, one bit each, that knows its size. Bit k is bit `k & 7` of byte `k >> 3`. */
import { assert } from './result.ts';
import type { Bytes } from './bytes.ts';

const ONES: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

/** Members are 0 to `length` - 1. */
export class BitSet {
	readonly length: number;
	readonly #bytes: Bytes;
	#size = 0;

	constructor(length: number) {
		this.length = length;
		this.#bytes = new Uint8Array(Math.ceil(length / 8));
	}

	/** The set that `bytes` spell; undefined when their number is wrong or a bit past `length` is set. */
	static from(bytes: Uint8Array, length: number): BitSet | undefined {
		const set = new BitSet(length);
		if (bytes.length !== set.#bytes.length) return undefined;
		const spare = bytes.length * 8 - length;
		if (spare > 0 && (bytes.at(-1) ?? 0) >> (8 - spare) !== 0) return undefined;
		set.#bytes.set(bytes);
		for (const byte of bytes) set.#size += ONES[byte] ?? 0;
		return set;
	}

	/** The set of all numbers below `length`. */
	static full(length: number): BitSet {
		const set = new BitSet(length);
		set.#bytes.fill(255);
		const spare = set.#bytes.length * 8 - length;
		if (spare > 0) set.#bytes[set.#bytes.length - 1] = 255 >> spare;
		set.#size = length;
		return set;
	}

	/** How many members it has. */
	get size(): number { return this.#size; }
	get isFull(): boolean { return this.#size === this.length; }

	has(k: number): boolean { return ((this.#bytes[k >> 3] ?? 0) & (1 << (k & 7))) !== 0; }

	/** False when it was there already. */
	add(k: number): boolean {
		assert(k >= 0 && k < this.length, 'the number is within the set');
		if (this.has(k)) return false;
		this.#bytes[k >> 3] = (this.#bytes[k >> 3] ?? 0) | (1 << (k & 7));
		this.#size += 1;
		return true;
	}

	/** Adds the members of `other`, which is as long. */
	addAll(other: BitSet): void {
		this.#size = 0;
		for (let at = 0; at < this.#bytes.length; at++) {
			const byte = (this.#bytes[at] ?? 0) | (other.#bytes[at] ?? 0);
			this.#bytes[at] = byte;
			this.#size += ONES[byte] ?? 0;
		}
	}

	/** False when it was not there. */
	delete(k: number): boolean {
		if (!this.has(k)) return false;
		this.#bytes[k >> 3] = (this.#bytes[k >> 3] ?? 0) & ~(1 << (k & 7));
		this.#size -= 1;
		return true;
	}

	/** The smallest member from `from` on, or -1. Skips empty bytes whole. */
	next(from: number): number { return this.#seek(from, 0); }

	/** The smallest number from `from` on that is not a member, or -1. Skips full bytes whole. */
	nextMissing(from: number): number { return this.#seek(from, 255); }

	/** The smallest member from `from` on that `other` lacks, or -1. Skips bytes without one whole. */
	nextNotIn(other: BitSet, from: number): number {
		for (let k = from; k < this.length;) {
			const left = ((this.#bytes[k >> 3] ?? 0) & ~(other.#bytes[k >> 3] ?? 0)) >> (k & 7);
			if (left === 0) k = ((k >> 3) + 1) << 3;
			else if ((left & 1) === 1) return k;
			else k += 1;
		}
		return -1;
	}

	/** All members, ascending. */
	*[Symbol.iterator](): Generator<number> {
		for (let k = this.next(0); k >= 0; k = this.next(k + 1)) yield k;
	}

	/** A copy of the bits. */
	bytes(): Bytes { return this.#bytes.slice(); }

	#seek(from: number, skip: number): number {
		const member = skip === 0;
		for (let k = from; k < this.length;) {
			if (this.#bytes[k >> 3] === skip) k = ((k >> 3) + 1) << 3;
			else if (this.has(k) === member) return k;
			else k += 1;
		}
		return -1;
	}
}
