import { describe, expect, test } from 'vitest';
import type { Bytes } from '../base/bytes.ts';
import { fail } from '../base/result.ts';
import { pureCrypto } from '../runtime/pure-crypto.ts';
import { GOLDEN } from '../testkit/golden-bytes.ts';
import { toHex } from '../testkit/hex.ts';
import { someBytes } from '../testkit/test-crypto.ts';
import { makeShareKeys, shareKeysFrom } from './keys.ts';
import { MAX_LISTING_BYTES } from './limits.ts';
import { makeListing, readListing } from './listing.ts';

const crypto = pureCrypto({ random: (length) => someBytes(length, 3) });
const counting = (from: number) => Uint8Array.from({ length: 32 }, (_, k) => from + k);
const keys = await shareKeysFrom(crypto, counting(0));
const linkKey = counting(32);
const made = await makeListing(crypto, keys, { number: 1_764_000_000_000, listed: { linkKey, name: 'Ann' } });
const withdrawn = await makeListing(crypto, keys, { number: 1_764_000_000_001, listed: undefined });

/** A statement with other bytes from `at` on. */
function altered(bytes: Bytes, at: number, ...values: readonly number[]): Bytes {
	const copy = bytes.slice();
	copy.set(values, at);
	return copy;
}

test('what was signed is read: link key and name, or that it is taken back', async () => {
	expect(made).toMatchObject({ share: keys.id, number: 1_764_000_000_000, listed: { linkKey, name: 'Ann' } });
	expect(await readListing(crypto, keys.id, withdrawn.bytes)).toEqual({ ok: true, value: withdrawn });
	expect(withdrawn.listed).toBeUndefined();
});

test('its bytes are those of version 1', () => {
	expect(toHex(made.bytes)).toBe(GOLDEN['listing']);
	expect(toHex(withdrawn.bytes)).toBe(GOLDEN['withdrawn listing']);
});

test('the longest fits', async () => {
	const name = '語'.repeat(40);
	const longest = await makeListing(crypto, keys, { number: 1, listed: { linkKey, name } });
	expect([longest.bytes.length, longest.listed?.name]).toEqual([MAX_LISTING_BYTES, '語'.repeat(32)]);
});

test('a name is made one line, and never ends in half a character', async () => {
	const listed = async (name: string) => {
		const listing = await makeListing(crypto, keys, { number: 1, listed: { linkKey, name } });
		return listing.listed?.name;
	};
	expect(await listed(' Ann\u202e\nB ')).toBe('AnnB');
	expect(await listed(`${'a'.repeat(31)}🎬`)).toBe('a'.repeat(31));
	expect(await listed('\u200b')).toBe('');
});

describe('is refused', () => {
	const read = (bytes: Bytes, share = keys.id) => readListing(crypto, share, bytes);

	test('when anything in it was changed after it was signed', async () => {
		for (const at of [3, 45, made.bytes.length - 66, made.bytes.length - 1]) {
			const changed = altered(made.bytes, at, (made.bytes[at] ?? 0) ^ 1);
			expect([at, await read(changed)]).toEqual([at, fail('bad-signature')]);
		}
	});

	test('for another share, also one whose key signed the same', async () => {
		const other = await makeShareKeys(pureCrypto({ random: (length) => someBytes(length, 9) }));
		expect(await read(made.bytes, other.id)).toEqual(fail('wrong-share'));
		expect(await read(altered(made.bytes, 9, ...other.publicKey), other.id)).toEqual(fail('bad-signature'));
	});

	test('when it is of another version, cut, too long, of no kind there is, or has a name that is none', async () => {
		expect(await read(altered(made.bytes, 0, 2))).toEqual(fail('version'));
		const shapes = [
			new Uint8Array(0), made.bytes.slice(0, 100), new Uint8Array([...made.bytes, 0]),
			new Uint8Array([1, ...new Uint8Array(300)]), altered(made.bytes, 41, 2), altered(made.bytes, 75, 10),
			altered(made.bytes, 74, 4), altered(made.bytes, 75, 0xff),
		];
		for (const bytes of shapes) expect(await read(bytes)).toEqual(fail('malformed'));
	});
});
