import { describe, expect, test } from 'vitest';
import { someBytes } from '../testkit/test-crypto.ts';
import { peerIdFrom, shareIdFrom } from './ids.ts';
import { decodeOpening, encodeOpening } from './opening.ts';
import { decode } from './peer-message.ts';

const opening = { share: shareIdFrom(someBytes(16, 1)), peer: peerIdFrom(someBytes(16, 2)), nonce: someBytes(32, 3) };
const frame = encodeOpening(opening);

describe('an opening', () => {
	test('is read as it was written', () => {
		expect(decodeOpening(frame)).toEqual({ ok: true, value: opening });
	});

	test.each([
		['nothing', frame.slice(0, 0), 'short'],
		['one cut short', frame.slice(0, -1), 'short'],
		['one with a byte too many', Uint8Array.from([...frame, 0]), 'long'],
		['a message', Uint8Array.from([1, ...frame.slice(1)]), 'unknown'],
	])('is not %s', (_, bytes, error) => {
		expect(decodeOpening(bytes)).toEqual({ ok: false, error });
	});

	test('is no message', () => {
		expect(decode(frame)).toEqual({ ok: false, error: 'unknown' });
	});
});
