import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat } from '../base/bytes.ts';
import { someBytes, testCrypto } from '../testkit/test-crypto.ts';
import {
	checkList, checkPart, listOf, openPart, partBytes, partHash, partsCovering, plainPartBytes, sealAttachment,
	type AttachmentPlace,
} from './attachment.ts';
import { shareIdFrom } from './ids.ts';
import { DIRECT_PARTS, LIST_PARTS, PART_BYTES, SEAL_BYTES } from './limits.ts';

const crypto = testCrypto();
const hash = crypto.sha256Now;
const key = someBytes(32, 3);
const sealed: AttachmentPlace = { id: shareIdFrom(someBytes(16)), number: 2, form: 'sealed', since: 7 };
const clear: AttachmentPlace = { ...sealed, form: 'clear' };

const poster = someBytes(40_000, 4);
const { entry, parts } = await sealAttachment(crypto, key, sealed, poster);

describe('a sealed attachment', () => {
	test('travels in parts that each check, open and add up to the content', async () => {
		const last = 40_000 - 2 * (PART_BYTES - SEAL_BYTES) + SEAL_BYTES;
		expect(parts.map((part) => part.length)).toEqual([PART_BYTES, PART_BYTES, last]);
		expect(parts.map((_, part) => partBytes(entry, part))).toEqual(parts.map((part) => part.length));
		const plain = await Promise.all(parts.map(async (bytes, part) => {
			expect(checkPart(entry, part, bytes, { hash, is: partHash(entry, part)! })).toBe(true);
			const opened = await openPart(crypto, key, { ...sealed, part }, bytes);
			return opened.ok ? opened.value : new Uint8Array(0);
		}));
		expect(concat(...plain)).toEqual(poster);
	});

	test('opens with its key and in its place only', async () => {
		const forged = { ok: false, error: 'forged' };
		const place = { ...sealed, part: 0 };
		expect(await openPart(crypto, someBytes(32, 9), place, parts[0]!)).toEqual(forged);
		for (const other of [{ number: 3 }, { part: 1 }, { since: 8 }, { id: shareIdFrom(someBytes(16, 9)) }]) {
			expect(await openPart(crypto, key, { ...place, ...other }, parts[0]!)).toEqual(forged);
		}
		expect(await openPart(crypto, key, place, parts[0]!.subarray(0, 20))).toEqual(forged);
	});

	test('is the same for whoever seals the same content with the same key', async () => {
		const again = await sealAttachment(crypto, key, sealed, poster);
		expect(again).toEqual({ entry, parts, lists: [] });
	});

	test('shares no nonce with other content, in another place, or under another key', async () => {
		const bent = poster.slice();
		bent[0] = (bent[0] ?? 0) ^ 1;
		const others = await Promise.all([
			sealAttachment(crypto, key, sealed, bent), sealAttachment(crypto, someBytes(32, 9), sealed, poster),
			...[{ number: 3 }, { since: 8 }, { id: shareIdFrom(someBytes(16, 9)) }].map((other) =>
				sealAttachment(crypto, key, { ...sealed, ...other }, poster)),
		]);
		const nonces = [...parts, ...others.flatMap((other) => other.parts)].map((part) => String(part.subarray(0, 12)));
		expect(new Set(nonces).size).toBe(6 * 3 - 2); // but for the first, the bent content's parts are the same
	});
});

describe('a part', () => {
	test('that is bent, cut, longer, another or not there does not check', () => {
		const is = partHash(entry, 0)!;
		const [first, second, last] = parts as [typeof poster, typeof poster, typeof poster];
		const bent = first.map((byte, k) => (k === 9 ? byte ^ 1 : byte));
		for (const bytes of [bent, first.subarray(1), concat(first, first), second, new Uint8Array(0)]) {
			expect(checkPart(entry, 0, bytes, { hash, is })).toBe(false);
		}
		expect(checkPart(entry, 3, last, { hash, is: hash(last) })).toBe(false);
		expect(checkPart(entry, -1, last, { hash, is: hash(last) })).toBe(false);
	});
});

describe('a long attachment', () => {
	test('of eight parts is named in the descriptor, of nine through a list', async () => {
		const eight = await sealAttachment(crypto, key, clear, someBytes(DIRECT_PARTS * PART_BYTES));
		const nine = await sealAttachment(crypto, key, clear, someBytes(DIRECT_PARTS * PART_BYTES + 1));
		expect([eight.entry.parts, eight.entry.hashes.length, eight.lists.length]).toEqual([8, 8 * 32, 0]);
		expect([nine.entry.parts, nine.entry.hashes.length, nine.lists.length]).toEqual([9, 32, 1]);
	});

	test('has its lists checked first, and its parts against them', async () => {
		const long = await sealAttachment(crypto, key, clear, someBytes(9 * PART_BYTES + 5));
		const [list] = long.lists as [typeof poster];
		expect(checkList(long.entry, 0, list, hash)).toBe(true);
		expect(checkList(long.entry, 1, list, hash)).toBe(false);
		expect(checkList(long.entry, 0, list.subarray(32), hash)).toBe(false);
		const short = list.subarray(32);
		expect(checkList({ ...long.entry, hashes: hash(short) }, 0, short, hash), 'a sharer who hashed too few').toBe(false);
		expect(checkList(entry, 0, list, hash), 'a short one has none').toBe(false);
		expect(partHash(long.entry, 9)).toBeUndefined();
		expect(checkPart(long.entry, 9, long.parts[9]!, { hash, is: partHash(long.entry, 9, list)! })).toBe(true);
		expect([0, LIST_PARTS - 1, LIST_PARTS].map(listOf)).toEqual([0, 0, 1]);
	});

	test('in the clear form travels as it is', async () => {
		const roots = someBytes(PART_BYTES + 64, 6);
		const made = await sealAttachment(crypto, key, clear, roots);
		expect(concat(...made.parts)).toEqual(roots);
		const opened = await openPart(crypto, key, { ...clear, part: 0 }, made.parts[0]!);
		expect(opened).toEqual({ ok: true, value: made.parts[0] });
	});
});

test('the parts that cover a range are those that hold a byte of it', () => {
	const range = fc.tuple(fc.nat(200_000), fc.nat(200_000), fc.constantFrom('sealed', 'clear'));
	fc.assert(fc.property(range, ([from, length, form]) => {
		const { first, end } = partsCovering(form, from, from + length);
		const size = plainPartBytes(form);
		const holds = (part: number) => length > 0 && part * size < from + length && (part + 1) * size > from;
		for (let part = 0; part < 30; part++) expect(part >= first && part < end).toBe(holds(part));
	}));
});
