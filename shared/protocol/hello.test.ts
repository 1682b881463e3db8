import { describe, expect, test } from 'vitest';
import { someBytes, testCrypto } from '../testkit/test-crypto.ts';
import { checkHello, fingerprintFromSdp, makeHello, type Greeting } from './hello.ts';
import { peerIdFrom } from './ids.ts';
import { deriveLinkKeys, makeShareKeys, shareKeysFrom } from './keys.ts';
import { encode } from './peer-message.ts';

const crypto = testCrypto();
const share = await makeShareKeys(crypto);
const { auth } = await deriveLinkKeys(crypto, someBytes(32, 1));
const another = await makeShareKeys(crypto);
const [ann, bob] = [peerIdFrom(someBytes(16, 2)), peerIdFrom(someBytes(16, 3))];

const greeting: Greeting = {
	share: share.id, sender: ann, receiver: bob, senderBinding: someBytes(32, 4), receiverBinding: someBytes(32, 5),
};
const frame = await makeHello(crypto, auth, greeting, { name: 'Änn', features: 5 });

describe('a hello', () => {
	test('counts for whom, from whom and over what it was made', async () => {
		const hello = await checkHello(crypto, auth, greeting, frame);
		expect(hello).toMatchObject({ ok: true, value: { peer: ann, name: 'Änn', features: 5 } });
	});

	test('of somebody without the link does not', async () => {
		const stranger = await deriveLinkKeys(crypto, someBytes(32, 9));
		expect(await checkHello(crypto, stranger.auth, greeting, frame)).toEqual({ ok: false, error: 'bad-mac' });
	});

	test.each([
		['another share', { share: another.id }],
		['another receiver', { receiver: peerIdFrom(someBytes(16, 9)) }],
		['another certificate on its side, swapped by whoever relays signals', { senderBinding: someBytes(32, 9) }],
		['another certificate on ours', { receiverBinding: someBytes(32, 9) }],
		['both ends exchanged', { senderBinding: greeting.receiverBinding, receiverBinding: greeting.senderBinding }],
	])('over %s does not', async (_, difference) => {
		expect(await checkHello(crypto, auth, { ...greeting, ...difference }, frame)).toEqual({ ok: false, error: 'bad-mac' });
	});

	test('from another than signalling named, or from ourselves, does not', async () => {
		const wrong = { ok: false, error: 'wrong-peer' };
		expect(await checkHello(crypto, auth, { ...greeting, sender: bob, receiver: ann }, frame)).toEqual(wrong);
		expect(await checkHello(crypto, auth, { ...greeting, receiver: ann }, frame)).toEqual(wrong);
	});

	test('changed anywhere does not', async () => {
		for (let at = 0; at < frame.length; at++) {
			const bent = frame.map((byte, k) => (k === at ? byte ^ 1 : byte));
			expect((await checkHello(crypto, auth, greeting, bent)).ok, `byte ${at}`).toBe(false);
		}
	});

	test('of another version, cut short, or of another kind is named so', async () => {
		const bent = frame.slice();
		bent[1] = 2;
		expect(await checkHello(crypto, auth, greeting, bent)).toEqual({ ok: false, error: 'version' });
		expect(await checkHello(crypto, auth, greeting, frame.subarray(0, -1))).toEqual({ ok: false, error: 'malformed' });
		expect(await checkHello(crypto, auth, greeting, encode({ type: 'want-descriptor' }))).toEqual({ ok: false, error: 'malformed' });
	});
});

describe('a fingerprint', () => {
	const hex = Array.from({ length: 32 }, (_, k) => (k * 7).toString(16).padStart(2, '0').slice(-2).toUpperCase());
	const line = `a=fingerprint:sha-256 ${hex.join(':')}`;
	const bytes = Uint8Array.from(hex, (pair) => Number.parseInt(pair, 16));

	test('is read from a session description', () => {
		expect(fingerprintFromSdp(`v=0\r\n${line}\r\na=setup:actpass\r\n`)).toEqual(bytes);
		expect(fingerprintFromSdp(`v=0\n${line.replace('sha', 'SHA').toLowerCase()}\n${line}\n`)).toEqual(bytes);
	});

	test.each([
		['there is none', 'v=0\r\n'],
		['two differ', `${line}\r\n${line.replace('00:07', '01:07')}\r\n`],
		['a second one is of another kind', `${line}\r\na=fingerprint:sha-1 00:11:22\r\n`],
		['it is cut short', `${line.slice(0, -3)}\r\n`],
		['a second line hides behind a lone carriage return', `${line}\ra=fingerprint:sha-256 ${'11:'.repeat(31)}11\r\n`],
		['it is spelled another way', line.replace('a=fingerprint', 'a= fingerprint')],
	])('is none when %s', (_, sdp) => {
		expect(fingerprintFromSdp(sdp)).toBeUndefined();
	});
});

describe('keys', () => {
	test('of a link are different for each purpose and for each link', async () => {
		const [one, two] = [await deriveLinkKeys(crypto, someBytes(32, 1)), await deriveLinkKeys(crypto, someBytes(32, 2))];
		const all = [one, two].flatMap((keys) => [keys.descriptor, keys.attachments, keys.auth, keys.room]);
		expect(new Set(all.map(String)).size).toBe(8);
	});

	test('of a share are found again from its secret key', async () => {
		expect(await shareKeysFrom(crypto, share.secretKey)).toEqual(share);
	});
});
