/**
 * The bytes of version 1, from fixed keys. They never change: a program of another language, or a later one of ours,
 * must make and read the same. Secret key 00 01 … 1f, link key 20 21 … 3f, content key 40 41 … 5f; every random byte
 * is 0x77.
 */
import { describe, expect, test } from 'vitest';
import { concat } from '../base/bytes.ts';
import { base64url } from '../base/text.ts';
import { pureCrypto } from '../runtime/pure-crypto.ts';
import { GOLDEN } from '../testkit/golden-bytes.ts';
import { fromHex, toHex } from '../testkit/hex.ts';
import { openPart, sealAttachment } from './attachment.ts';
import { checkProof, signGroup } from './certificate.ts';
import { makeDescriptor, openDescriptor, readDescriptor, type DescriptorDraft } from './descriptor.ts';
import { checkHello, makeHello } from './hello.ts';
import { Layout, peerIdFrom } from './ids.ts';
import { deriveLinkKeys, shareKeysFrom } from './keys.ts';
import { CHUNK_BYTES } from './limits.ts';
import { decodeOpening, encodeOpening } from './opening.ts';
import { decode, encode, type PeerMessage } from './peer-message.ts';
import { formatShareLink } from './share-link.ts';
import { withLength } from './stream-frames.ts';

const counting = (from: number, length = 32) => Uint8Array.from({ length }, (_, k) => from + k);
const crypto = pureCrypto({ random: (length) => new Uint8Array(length).fill(0x77) });
const share = await shareKeysFrom(crypto, counting(0));
const link = await deriveLinkKeys(crypto, counting(32));
const [ann, bob] = [peerIdFrom(counting(0xa0, 16)), peerIdFrom(counting(0xb0, 16))];
const chunks = counting(1, 16);
const leaves = counting(0, 64);
const bindings = { senderBinding: counting(0x60), receiverBinding: counting(0x80) };
const greeting = { share: share.id, sender: ann, receiver: bob, ...bindings };

const messages: readonly PeerMessage[] = [
	{ type: 'hello', version: 1, peer: ann, features: 3, name: 'Ann', mac: counting(0) },
	{ type: 'want-descriptor' },
	{ type: 'descriptor', bytes: counting(1, 3) },
	{ type: 'want-attachment', attachment: 2, of: 'list', part: 258 },
	{ type: 'attachment', attachment: 2, of: 'part', part: 258, bytes: counting(1, 3) },
	{ type: 'have-all', revision: 16_909_060 },
	{ type: 'have-map', groups: counting(1, 3) },
	{ type: 'have', group: 16_909_060 },
	{ type: 'have-chunks', group: 16_909_060, chunks },
	{ type: 'request', group: 16_909_060, dueInMs: 1500, chunks },
	{ type: 'cancel', group: 16_909_060, chunks },
	{ type: 'chunk', index: 16_909_060, bytes: counting(1, 3) },
	{ type: 'busy', group: 16_909_060, chunks },
	{ type: 'want-proof', group: 16_909_060 },
	{ type: 'proof', group: 1, certificate: { form: 'path', bytes: counting(0) }, leaves },
	{ type: 'peers', peers: [ann, bob] },
	{ type: 'signal', to: ann, from: bob, signal: counting(1, 3) },
	{ type: 'position', ms: 90_000, playing: true },
	{ type: 'ping', token: 16_909_060 },
	{ type: 'pong', token: 16_909_060 },
	{ type: 'bye', reason: 'stopped' },
];

describe('frames', () => {
	test.each(messages.map((m) => [m.type, m] as const))('%s', (type, m) => {
		expect(toHex(encode(m))).toBe(GOLDEN[type]);
		expect(decode(fromHex(GOLDEN[type] ?? ''))).toEqual({ ok: true, value: m });
	});
});

describe('what is signed, sealed and derived', () => {
	test('keys', () => {
		expect(share.id).toBe(GOLDEN['share id']);
		expect([link.descriptor, link.attachments, link.auth, link.room].map(toHex).join(' ')).toBe(GOLDEN['link keys']);
	});

	test('a share link', () => {
		const written = { id: share.id, key: counting(32), trackers: ['wss://t.example/ws'], startSec: 95 };
		expect(formatShareLink('https://example.org', written)).toBe(GOLDEN['share link']);
	});

	test('a hello of Ann to Bob', async () => {
		const frame = await makeHello(crypto, link.auth, greeting, { name: 'Ann', features: 3 });
		expect(toHex(frame)).toBe(GOLDEN['made hello']);
		expect((await checkHello(crypto, link.auth, greeting, fromHex(GOLDEN['made hello'] ?? ''))).ok).toBe(true);
	});

	test('what Ann sends to Bob over TCP before he may answer anything else', async () => {
		const opening = { share: share.id, peer: ann, nonce: bindings.senderBinding };
		expect(toHex(encodeOpening(opening))).toBe(GOLDEN.opening);
		expect(decodeOpening(fromHex(GOLDEN.opening ?? ''))).toEqual({ ok: true, value: opening });
		const hello = await makeHello(crypto, link.auth, greeting, { name: 'Ann', features: 3 });
		expect(toHex(concat(...[encodeOpening(opening), hello].map(withLength)))).toBe(GOLDEN['over TCP']);
	});

	test('the certificate of a group of two chunks', async () => {
		const certificate = await signGroup(crypto, share, 0, leaves);
		expect(toHex(certificate.bytes)).toBe(GOLDEN.certificate);
		const proven = { id: share.id, publicKey: share.publicKey, layout: new Layout(CHUNK_BYTES + 1), root: undefined };
		expect((await checkProof(crypto, proven, { group: 0, certificate, leaves })).ok).toBe(true);
	});

	test('a part of an attachment', async () => {
		const place = { id: share.id, number: 0, form: 'sealed', since: 1 } as const;
		const { parts } = await sealAttachment(crypto, link.attachments, place, counting(1, 10));
		expect(parts.map(toHex)).toEqual([GOLDEN['attachment part']]);
		const bytes = fromHex(GOLDEN['attachment part'] ?? '');
		const opened = await openPart(crypto, link.attachments, { ...place, part: 0 }, bytes);
		expect(opened).toEqual({ ok: true, value: counting(1, 10) });
	});

	test('a sealed descriptor', async () => {
		const place = { id: share.id, number: 0, form: 'sealed', since: 1 } as const;
		const { entry } = await sealAttachment(crypto, link.attachments, place, counting(1, 10));
		const draft: DescriptorDraft = {
			state: 'sealed', revision: 2, size: CHUNK_BYTES + 1, root: counting(0xc0), attachments: [entry],
			body: {
				title: 'Ten seconds', type: 'video/mp4', durationSec: 10.5,
				tracks: [{ kind: 'video', codec: 'avc1.64001f', width: 1280, height: 720 }],
				attachments: [{ kind: 'poster', type: 'image/webp' }],
				access: { type: 'open', contentKey: base64url(counting(0x40)) },
			},
		};
		const made = await makeDescriptor(crypto, draft, { share, link });
		expect(made.ok && toHex(made.value.bytes)).toBe(GOLDEN['sealed descriptor']);
		const read = await readDescriptor(crypto, share.id, fromHex(GOLDEN['sealed descriptor'] ?? ''));
		const opened = read.ok && await openDescriptor(crypto, read.value, link.descriptor);
		expect(opened).toEqual({ ok: true, value: draft.body });
	});
});
