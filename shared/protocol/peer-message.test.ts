import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, type Bytes } from '../base/bytes.ts';
import { utf8 } from '../base/text.ts';
import { someBytes } from '../testkit/test-crypto.ts';
import { peerIdFrom, type PeerId } from './ids.ts';
import { CHUNK_BYTES, MAX_EXCHANGED_PEERS, MAX_FRAME_BYTES, MAX_NAME_BYTES, MAX_RUN_CHUNKS } from './limits.ts';
import { CHUNK_HEADER_BYTES, CHUNK_SET_BYTES, decode, encode, encodeChunkInto, type PeerMessage } from './peer-message.ts';

const u8 = fc.integer({ min: 0, max: 255 });
const u16 = fc.integer({ min: 0, max: 65_535 });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const bytes = (minLength: number, maxLength = minLength): fc.Arbitrary<Bytes> =>
	fc.uint8Array({ minLength, maxLength }).map((array) => new Uint8Array(array));
const peer: fc.Arbitrary<PeerId> = bytes(16).map(peerIdFrom);
const chunks = bytes(CHUNK_SET_BYTES);
const of = fc.constantFrom('part' as const, 'list' as const);
const name = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => utf8(text).length <= MAX_NAME_BYTES);
const certificate = fc.oneof(
	fc.record({ form: fc.constant('signature' as const), bytes: bytes(64) }),
	fc.record({ form: fc.constant('path' as const), bytes: fc.nat(17).chain((levels) => bytes(levels * 32)) }),
);
const leaves = fc.integer({ min: 1, max: 128 }).chain((count) => bytes(count * 32));
const reason = fc.constantFrom('leaving' as const, 'stopped' as const, 'full' as const, 'rejected' as const, 'duplicate' as const);

/** One arbitrary a message: a new one fails to compile until it is here. */
const bodies: { readonly [T in PeerMessage['type']]: fc.Arbitrary<Omit<Extract<PeerMessage, { type: T }>, 'type'>> } = {
	hello: fc.record({ version: u8, peer, features: u32, name, mac: bytes(32) }),
	'want-descriptor': fc.constant({}),
	descriptor: fc.record({ bytes: bytes(0, 300) }),
	'want-attachment': fc.record({ attachment: u8, of, part: u16 }),
	attachment: fc.record({ attachment: u8, of, part: u16, bytes: bytes(0, 300) }),
	'have-all': fc.record({ revision: u32 }),
	'have-map': fc.record({ groups: bytes(0, 300) }),
	have: fc.record({ group: u32 }),
	'have-chunks': fc.record({ group: u32, chunks }),
	request: fc.record({ group: u32, dueInMs: u32, chunks }),
	cancel: fc.record({ group: u32, chunks }),
	chunk: fc.record({ index: u32, bytes: bytes(1, 300) }),
	busy: fc.record({ group: u32, chunks }),
	'want-proof': fc.record({ group: u32 }),
	proof: fc.record({ group: u32, certificate, leaves }),
	peers: fc.record({ peers: fc.array(peer, { maxLength: MAX_EXCHANGED_PEERS }) }),
	signal: fc.record({ to: peer, from: peer, signal: bytes(0, 300) }),
	position: fc.record({ ms: u32, playing: fc.boolean() }),
	ping: fc.record({ token: u32 }),
	pong: fc.record({ token: u32 }),
	bye: fc.record({ reason }),
};
const message = fc.oneof(...Object.entries(bodies).map(([type, body]) =>
	(body as fc.Arbitrary<object>).map((fields) => ({ type, ...fields }) as PeerMessage)));

describe('every message', () => {
	test('survives its frame', () => {
		fc.assert(fc.property(message, (m) => {
			expect(decode(encode(m))).toEqual({ ok: true, value: m });
		}), { numRuns: 500 });
	});

	test('has one frame: what decodes encodes to the same bytes', () => {
		const bent = fc.tuple(message, fc.nat(), u8).map(([m, at, value]) => {
			const frame = encode(m);
			frame[at % frame.length] = value;
			return frame;
		});
		fc.assert(fc.property(bent, (frame) => {
			const decoded = decode(frame);
			if (decoded.ok) expect(encode(decoded.value)).toEqual(frame);
		}), { numRuns: 500 });
	});

	test('is refused with a byte missing or a byte too many, unless its last field is of any length', () => {
		const elastic = new Set(['descriptor', 'attachment', 'have-map', 'chunk', 'signal']);
		fc.assert(fc.property(message.filter(({ type }) => !elastic.has(type)), (m) => {
			const frame = encode(m);
			expect(decode(frame.subarray(0, -1)).ok).toBe(false);
			expect(decode(concat(frame, Uint8Array.of(0))).ok).toBe(false);
		}), { numRuns: 300 });
	});
});

describe('no bytes make decoding throw', () => {
	test('at random', () => {
		fc.assert(fc.property(bytes(0, 200), (frame) => { decode(frame); }), { numRuns: 1000 });
	});

	test('behind every first byte, at every length up to a large message', () => {
		for (let type = 0; type < 256; type++) {
			for (const length of [1, 2, 5, 17, 22, 53, 100, 4096, 16_384]) {
				const frame = new Uint8Array(length).fill(255);
				frame[0] = type;
				decode(frame);
			}
		}
	});
});

describe('bad frames are named for what is wrong', () => {
	const hello = encode({ type: 'hello', version: 1, peer: peerIdFrom(someBytes(16)), features: 0, name: 'Ann', mac: someBytes(32) });
	const proof = (form: number, bytesOf: number, leafBytes: number) =>
		concat(Uint8Array.of(15, 0, 0, 0, 1, form, bytesOf >> 8, bytesOf & 255), new Uint8Array(bytesOf + leafBytes));

	test.each<[string, Bytes, string]>([
		['nothing', new Uint8Array(0), 'short'],
		['a type that is not given out', Uint8Array.of(0), 'unknown'],
		['a type kept for later', Uint8Array.of(18), 'unknown'],
		['more than a frame holds', new Uint8Array(MAX_FRAME_BYTES + 1), 'oversize'],
		['an empty chunk', Uint8Array.of(12, 0, 0, 0, 0), 'malformed'],
		['a run too long', concat(Uint8Array.of(12, 0, 0, 0, 0), new Uint8Array(MAX_RUN_CHUNKS * CHUNK_BYTES + 1)), 'malformed'],
		['a name that is no UTF-8', hello.map((byte, k) => (k === 23 ? 255 : byte)), 'malformed'],
		['a name too long', concat(hello.subarray(0, 22), Uint8Array.of(97), new Uint8Array(97 + 32)), 'malformed'],
		['a proof without leaves', proof(0, 64, 0), 'malformed'],
		['a proof of 129 leaves', proof(0, 64, 129 * 32), 'malformed'],
		['half a leaf', proof(0, 64, 48), 'malformed'],
		['a short signature', proof(0, 63, 32), 'malformed'],
		['half a step of a path', proof(1, 48, 32), 'malformed'],
		['a third form of certificate', proof(2, 64, 32), 'malformed'],
		['65 peers', concat(Uint8Array.of(16), new Uint8Array(65 * 16)), 'malformed'],
		['half a peer', concat(Uint8Array.of(16), new Uint8Array(24)), 'malformed'],
		['a position that neither plays nor rests', Uint8Array.of(19, 0, 0, 0, 0, 2), 'malformed'],
		['an unknown reason', Uint8Array.of(22, 5), 'malformed'],
		['bytes behind the end', Uint8Array.of(2, 0), 'long'],
	])('%s', (_, frame, fault) => {
		expect(decode(frame)).toEqual({ ok: false, error: fault });
	});
});

test('a chunk\'s bytes lie behind its header in the frame: they are a view, not a copy', () => {
	const frame = encode({ type: 'chunk', index: 7, bytes: someBytes(CHUNK_BYTES) });
	const decoded = decode(frame);
	expect(decoded.ok && decoded.value.type === 'chunk' && decoded.value.bytes.buffer).toBe(frame.buffer);
	expect(decoded.ok && decoded.value.type === 'chunk' && decoded.value.bytes.byteOffset).toBe(CHUNK_HEADER_BYTES);
});

test('a run of chunks written into memory that is used again is the frame of its message', () => {
	const room = new Uint8Array(CHUNK_HEADER_BYTES + MAX_RUN_CHUNKS * CHUNK_BYTES);
	for (const [index, length] of [[0xfffe_fdfc, MAX_RUN_CHUNKS * CHUNK_BYTES], [7, 3 * CHUNK_BYTES], [8, 1]] as const) {
		const run = someBytes(length);
		expect(encodeChunkInto(room, index, run)).toEqual(encode({ type: 'chunk', index, bytes: run }));
	}
});
