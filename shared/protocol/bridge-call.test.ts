import { describe, expect, test } from 'vitest';
import { someBytes } from '../testkit/test-crypto.ts';
import { decodeCall, encodeCall } from './bridge-call.ts';
import { peerIdFrom, shareIdFrom } from './ids.ts';
import { decodeOpening } from './opening.ts';
import { decode } from './peer-message.ts';

const [from, to] = [peerIdFrom(someBytes(16, 2)), peerIdFrom(someBytes(16, 3))];
const call = { share: shareIdFrom(someBytes(16, 1)), from, to };
const frame = encodeCall(call);

describe('a call', () => {
	test('is read as it was written', () => {
		expect(decodeCall(frame)).toEqual({ ok: true, value: call });
	});

	test('has these bytes', () => {
		const expected = [32, ...someBytes(16, 1), ...someBytes(16, 2), ...someBytes(16, 3)];
		expect([...frame]).toEqual(expected);
	});

	test.each([
		['nothing', frame.slice(0, 0), 'short'],
		['one cut short', frame.slice(0, -1), 'short'],
		['one with a byte too many', Uint8Array.from([...frame, 0]), 'long'],
		['another frame', Uint8Array.from([0, ...frame.slice(1)]), 'unknown'],
		['one of oneself', encodeCall({ ...call, to: call.from }), 'malformed'],
	])('is not %s', (_, bytes, error) => {
		expect(decodeCall(bytes)).toEqual({ ok: false, error });
	});

	test('is neither a message nor an opening', () => {
		expect([decode(frame), decodeOpening(frame)]).toEqual([{ ok: false, error: 'unknown' }, { ok: false, error: 'unknown' }]);
	});
});
