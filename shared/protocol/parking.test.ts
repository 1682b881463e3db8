import { describe, expect, test } from 'vitest';
import { concat } from '../base/bytes.ts';
import { someBytes, testCrypto } from '../testkit/test-crypto.ts';
import { makeShareKeys } from './keys.ts';
import {
	decodeOffer, decodeParkState, encodeOffer, encodeParkState, makeParkRequest, readParkRequest, type ParkRequest,
} from './parking.ts';

const crypto = testCrypto(1);
const keys = await makeShareKeys(crypto);
const nonce = someBytes(32, 1);
const park: ParkRequest = { verb: 'park', number: 7, hours: 24, bytes: 1e9, authKey: someBytes(32, 2) };

describe('an offer', () => {
	const offer = { nonce, maxHours: 168, maxBytes: 10e9 };
	test('is read as it was written', () => expect(decodeOffer(encodeOffer(offer))).toEqual({ ok: true, value: offer }));

	test('of a later version, cut short or too long is none', () => {
		const frame = encodeOffer(offer);
		const later = frame.slice();
		later[1] = 2;
		const reads = [later, frame.slice(0, -1), concat(frame, new Uint8Array(1))].map(decodeOffer);
		expect(reads.map((read) => !read.ok && read.error)).toEqual(['unknown', 'short', 'long']);
	});
});

describe('a request', () => {
	test('is read as it was signed, and says whose share it is', async () => {
		const frame = await makeParkRequest(crypto, keys, park, nonce);
		expect(await readParkRequest(crypto, frame, nonce)).toEqual({ ok: true, value: { ...park, share: keys.id } });
	});

	test('has these bytes before its signature', async () => {
		const frame = await makeParkRequest(crypto, keys, park, nonce);
		const head = [34, 1, 1, 0, 0, 0, 7, 0, 0, 0, 24, 0, 0, 0, 0, 0x3b, 0x9a, 0xca, 0];
		expect([...frame.slice(0, -64)]).toEqual([...head, ...keys.publicKey, ...park.authKey]);
		expect(frame.length).toBe(147);
	});

	test('counts for one connection, and not when a bit of it is another', async () => {
		const frame = await makeParkRequest(crypto, keys, park, nonce);
		expect(await readParkRequest(crypto, frame, someBytes(32, 9))).toEqual({ ok: false, error: 'bad-signature' });
		for (const at of [6, 10, 18, 60, 146]) {
			const other = frame.slice();
			other[at] = (other[at] ?? 0) ^ 1;
			expect(await readParkRequest(crypto, other, nonce)).toEqual({ ok: false, error: 'bad-signature' });
		}
	});

	test('by the key of another share is one for that share', async () => {
		const other = await makeShareKeys(crypto);
		const read = await readParkRequest(crypto, await makeParkRequest(crypto, other, park, nonce), nonce);
		expect(read.ok && read.value.share).toBe(other.id);
	});

	test.each([
		['no hours', { hours: 0 }], ['eleven years', { hours: 96_000 }], ['an empty film', { bytes: 0 }],
		['more than a share can be', { bytes: 2 ** 40 }],
	])('to park for %s is malformed', async (_, change) => {
		const frame = await makeParkRequest(crypto, keys, { ...park, ...change }, nonce);
		expect(await readParkRequest(crypto, frame, nonce)).toEqual({ ok: false, error: 'malformed' });
	});

	test('of a later version, an unknown verb or another length is none', async () => {
		const frame = await makeParkRequest(crypto, keys, park, nonce);
		const change = (at: number, to: number) => frame.with(at, to);
		const frames = [change(1, 2), change(2, 3), frame.slice(0, -1), concat(frame, new Uint8Array(1))];
		const reads = await Promise.all(frames.map((each) => readParkRequest(crypto, each, nonce)));
		expect(reads.map((read) => !read.ok && read.error)).toEqual(['unknown', 'malformed', 'short', 'long']);
	});
});

describe('a state', () => {
	test.each(['none', 'fetching', 'kept', 'full', 'too-large', 'off'] as const)('%s is read as it was written', (state) => {
		const said = { state, until: 1_790_000_000_000, permille: 417 };
		expect(decodeParkState(encodeParkState(said))).toEqual({ ok: true, value: said });
	});

	test('that there is not, or of more than all, is malformed', () => {
		const frame = encodeParkState({ state: 'kept', until: 5, permille: 1000 });
		expect(decodeParkState(frame.with(1, 6))).toEqual({ ok: false, error: 'malformed' });
		expect(decodeParkState(frame.with(11, 0xff))).toEqual({ ok: false, error: 'malformed' });
		expect(decodeParkState(frame.with(0, 34))).toEqual({ ok: false, error: 'unknown' });
	});
});
