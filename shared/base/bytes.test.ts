import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter, concat, equalBytes } from './bytes.ts';
import { BugError } from './result.ts';

describe('a writer and a reader', () => {
	test('agree on every kind of field, big-endian', () => {
		const w = new ByteWriter(17).u8(1).u16(0x0203).u32(0x04050607).u64(0x08090a0b0c0d0).bytes(Uint8Array.of(14, 15));
		const written = w.done();
		expect([...written]).toEqual([1, 2, 3, 4, 5, 6, 7, 0, 0, 0x80, 0x90, 0xa0, 0xb0, 0xc0, 0xd0, 14, 15]);
		const r = new ByteReader(written);
		expect([r.u8(), r.u16(), r.u32(), r.u64()]).toEqual([1, 0x0203, 0x04050607, 0x08090a0b0c0d0]);
		expect([...r.bytes(2)]).toEqual([14, 15]);
		expect(r.end('all')).toEqual({ ok: true, value: 'all' });
	});

	test('carry whole numbers up to 2^53 - 1 in eight bytes', () => {
		fc.assert(fc.property(fc.maxSafeNat(), (n) => {
			expect(new ByteReader(new ByteWriter(8).u64(n).done()).u64()).toBe(n);
		}));
	});
});

describe('a reader', () => {
	test('gives zeros and no bytes past the end, and says so in the end', () => {
		const r = new ByteReader(Uint8Array.of(1, 2));
		expect([r.u32(), r.u8(), r.bytes(1).length]).toEqual([0, 0, 0]);
		expect(r.end('x')).toEqual({ ok: false, error: 'short' });
	});

	test('keeps the first fault', () => {
		const r = new ByteReader(Uint8Array.of(1));
		r.fault('malformed');
		r.u32();
		expect(r.end('x')).toEqual({ ok: false, error: 'malformed' });
	});

	test('says when bytes are left over', () => {
		expect(new ByteReader(Uint8Array.of(1)).end('x')).toEqual({ ok: false, error: 'long' });
	});

	test('takes no number of 2^53 or more', () => {
		const r = new ByteReader(Uint8Array.of(0, 0x20, 0, 0, 0, 0, 0, 0));
		expect(r.u64()).toBe(0);
		expect(r.end('x')).toEqual({ ok: false, error: 'malformed' });
	});

	test('reads a view of a larger buffer from where the view begins', () => {
		const view = Uint8Array.of(9, 9, 1, 2).subarray(2);
		expect(new ByteReader(view).u16()).toBe(0x0102);
	});
});

test('writing past the end is a bug and throws', () => {
	expect(() => new ByteWriter(1).u16(1)).toThrow(RangeError);
	expect(() => new ByteWriter(1).bytes(new Uint8Array(2))).toThrow(RangeError);
	expect(new BugError('x').name).toBe('BugError');
});

test('joining puts parts in order, and equality is of content and length', () => {
	const joined = concat(Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3));
	expect([...joined]).toEqual([1, 2, 3]);
	expect(equalBytes(joined, Uint8Array.of(1, 2, 3))).toBe(true);
	expect(equalBytes(joined, Uint8Array.of(1, 2, 4))).toBe(false);
	expect(equalBytes(joined, Uint8Array.of(1, 2))).toBe(false);
	expect(equalBytes(new Uint8Array(0), concat())).toBe(true);
});
