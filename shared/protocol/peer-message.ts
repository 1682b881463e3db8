/** What two peers say to each other, and its bytes. PROTOCOL.md §3 is normative and names each field. */
import { ByteReader, ByteWriter, type Bytes, type WireFault } from '../base/bytes.ts';
import { assertNever, fail, type Result } from '../base/result.ts';
import { fromUtf8, utf8 } from '../base/text.ts';
import { ID_BYTES, idBytes, peerIdFrom, type PeerId } from './ids.ts';
import {
	CHUNK_BYTES, GROUP_CHUNKS, HASH_BYTES, MAX_EXCHANGED_PEERS, MAX_FRAME_BYTES, MAX_NAME_BYTES, MAX_RUN_CHUNKS,
} from './limits.ts';

/** `dueInMs` of a request that no playhead waits for. */
export const NOT_DUE = 0xffff_ffff;

/** Bytes of a set of chunks of one group: bit k stands for chunk k. */
export const CHUNK_SET_BYTES = GROUP_CHUNKS / 8;

/** What ties a group's root to the share: the share key's signature, or the audit path to the sealed root. */
export type Certificate =
	| { readonly form: 'signature'; readonly bytes: Bytes }
	| { readonly form: 'path'; readonly bytes: Bytes };

/** Why a peer says goodbye. */
export type ByeReason = 'leaving' | 'stopped' | 'full' | 'rejected' | 'duplicate';

/**
 * Sets of chunks are `CHUNK_SET_BYTES` long. `bytes` of a `chunk` are those of chunk `index` and of any that follow it
 * in its group, `MAX_RUN_CHUNKS` in all at most; `parts` of an attachment are counted from zero, so are its lists.
 */
export type PeerMessage =
	| { readonly type: 'hello'; readonly version: number; readonly peer: PeerId; readonly features: number; readonly name: string; readonly mac: Bytes }
	| { readonly type: 'want-descriptor' }
	| { readonly type: 'descriptor'; readonly bytes: Bytes }
	| { readonly type: 'want-attachment'; readonly attachment: number; readonly of: 'part' | 'list'; readonly part: number }
	| { readonly type: 'attachment'; readonly attachment: number; readonly of: 'part' | 'list'; readonly part: number; readonly bytes: Bytes }
	| { readonly type: 'have-all'; readonly revision: number }
	| { readonly type: 'have-map'; readonly groups: Bytes }
	| { readonly type: 'have'; readonly group: number }
	| { readonly type: 'have-chunks'; readonly group: number; readonly chunks: Bytes }
	| { readonly type: 'request'; readonly group: number; readonly dueInMs: number; readonly chunks: Bytes }
	| { readonly type: 'cancel'; readonly group: number; readonly chunks: Bytes }
	| { readonly type: 'chunk'; readonly index: number; readonly bytes: Bytes }
	| { readonly type: 'busy'; readonly group: number; readonly chunks: Bytes }
	| { readonly type: 'want-proof'; readonly group: number }
	| { readonly type: 'proof'; readonly group: number; readonly certificate: Certificate; readonly leaves: Bytes }
	| { readonly type: 'peers'; readonly peers: readonly PeerId[] }
	| { readonly type: 'signal'; readonly to: PeerId; readonly from: PeerId; readonly signal: Bytes }
	| { readonly type: 'position'; readonly ms: number; readonly playing: boolean }
	| { readonly type: 'ping'; readonly token: number }
	| { readonly type: 'pong'; readonly token: number }
	| { readonly type: 'bye'; readonly reason: ByeReason };

/** First byte of a frame. Numbers are never reused, not even after a message is retired; 18 is kept for `room`. */
const ID = {
	hello: 1, 'want-descriptor': 2, descriptor: 3, 'want-attachment': 4, attachment: 5, 'have-all': 6, 'have-map': 7, have: 8,
	'have-chunks': 9, request: 10, cancel: 11, chunk: 12, busy: 13, 'want-proof': 14, proof: 15, peers: 16, signal: 17,
	position: 19, ping: 20, pong: 21, bye: 22,
} as const satisfies Record<PeerMessage['type'], number>;

const OF = ['part', 'list'] as const;
const FORMS = ['signature', 'path'] as const;
const BYE_REASONS = ['leaving', 'stopped', 'full', 'rejected', 'duplicate'] as const satisfies readonly ByeReason[];

/** Bytes before the chunks of a chunk frame. */
export const CHUNK_HEADER_BYTES = 5;

/** The frame of a message. */
export function encode(m: PeerMessage): Bytes {
	switch (m.type) {
		case 'hello': return encodeHello(m);
		case 'want-descriptor': return frame(m, 0).done();
		case 'descriptor': return frame(m, m.bytes.length).bytes(m.bytes).done();
		case 'want-attachment': return frame(m, 4).u8(m.attachment).u8(OF.indexOf(m.of)).u16(m.part).done();
		case 'attachment': return frame(m, 4 + m.bytes.length).u8(m.attachment).u8(OF.indexOf(m.of)).u16(m.part).bytes(m.bytes).done();
		case 'have-all': return frame(m, 4).u32(m.revision).done();
		case 'have-map': return frame(m, m.groups.length).bytes(m.groups).done();
		case 'have': return frame(m, 4).u32(m.group).done();
		case 'have-chunks': return frame(m, 4 + CHUNK_SET_BYTES).u32(m.group).bytes(m.chunks).done();
		case 'request': return frame(m, 8 + CHUNK_SET_BYTES).u32(m.group).u32(m.dueInMs).bytes(m.chunks).done();
		case 'cancel': return frame(m, 4 + CHUNK_SET_BYTES).u32(m.group).bytes(m.chunks).done();
		case 'chunk': return frame(m, 4 + m.bytes.length).u32(m.index).bytes(m.bytes).done();
		case 'busy': return frame(m, 4 + CHUNK_SET_BYTES).u32(m.group).bytes(m.chunks).done();
		case 'want-proof': return frame(m, 4).u32(m.group).done();
		case 'proof': return encodeProof(m);
		case 'peers': return m.peers.reduce((w, id) => w.bytes(idBytes(id)), frame(m, m.peers.length * ID_BYTES)).done();
		case 'signal': return frame(m, 2 * ID_BYTES + m.signal.length).bytes(idBytes(m.to)).bytes(idBytes(m.from)).bytes(m.signal).done();
		case 'position': return frame(m, 5).u32(m.ms).u8(Number(m.playing)).done();
		case 'ping': return frame(m, 4).u32(m.token).done();
		case 'pong': return frame(m, 4).u32(m.token).done();
		case 'bye': return frame(m, 1).u8(BYE_REASONS.indexOf(m.reason)).done();
		default: return assertNever(m);
	}
}

/**
 * The frame of a run of chunks, written into `room`, which has `CHUNK_HEADER_BYTES` more than the longest run: whoever
 * sends many has memory for one.
 */
export function encodeChunkInto(room: Bytes, index: number, bytes: Bytes): Bytes {
	room[0] = ID.chunk;
	for (let k = 0; k < 4; k++) room[1 + k] = index >>> (24 - 8 * k);
	room.set(bytes, CHUNK_HEADER_BYTES);
	return room.subarray(0, CHUNK_HEADER_BYTES + bytes.length);
}

/** Checks shape and protocol limits only; whether a group or chunk exists in the share is the engine's question. */
export function decode(bytes: Bytes): Result<PeerMessage, WireFault> {
	if (bytes.length > MAX_FRAME_BYTES) return fail('oversize');
	const r = new ByteReader(bytes);
	switch (r.u8()) {
		case ID.hello: return r.end(readHello(r));
		case ID['want-descriptor']: return r.end({ type: 'want-descriptor' });
		case ID.descriptor: return r.end({ type: 'descriptor', bytes: r.rest() });
		case ID['want-attachment']: return r.end({ type: 'want-attachment', attachment: r.u8(), of: member(r, OF), part: r.u16() });
		case ID.attachment: return r.end({ type: 'attachment', attachment: r.u8(), of: member(r, OF), part: r.u16(), bytes: r.rest() });
		case ID['have-all']: return r.end({ type: 'have-all', revision: r.u32() });
		case ID['have-map']: return r.end({ type: 'have-map', groups: r.rest() });
		case ID.have: return r.end({ type: 'have', group: r.u32() });
		case ID['have-chunks']: return r.end({ type: 'have-chunks', group: r.u32(), chunks: r.bytes(CHUNK_SET_BYTES) });
		case ID.request: return r.end({ type: 'request', group: r.u32(), dueInMs: r.u32(), chunks: r.bytes(CHUNK_SET_BYTES) });
		case ID.cancel: return r.end({ type: 'cancel', group: r.u32(), chunks: r.bytes(CHUNK_SET_BYTES) });
		case ID.chunk: return r.end({ type: 'chunk', index: r.u32(), bytes: runBytes(r) });
		case ID.busy: return r.end({ type: 'busy', group: r.u32(), chunks: r.bytes(CHUNK_SET_BYTES) });
		case ID['want-proof']: return r.end({ type: 'want-proof', group: r.u32() });
		case ID.proof: return r.end({ type: 'proof', group: r.u32(), certificate: readCertificate(r), leaves: leaves(r) });
		case ID.peers: return r.end({ type: 'peers', peers: readPeers(r) });
		case ID.signal: return r.end({ type: 'signal', to: readPeer(r), from: readPeer(r), signal: r.rest() });
		case ID.position: return r.end({ type: 'position', ms: r.u32(), playing: member(r, [false, true]) });
		case ID.ping: return r.end({ type: 'ping', token: r.u32() });
		case ID.pong: return r.end({ type: 'pong', token: r.u32() });
		case ID.bye: return r.end({ type: 'bye', reason: member(r, BYE_REASONS) });
		default: return fail(bytes.length === 0 ? 'short' : 'unknown');
	}
}

/** The part of a `hello` frame that its MAC covers: all of it but the MAC. */
export function signedPartOfHello(bytes: Bytes): Bytes {
	return bytes.subarray(0, -HASH_BYTES);
}

type Of<T extends PeerMessage['type']> = Extract<PeerMessage, { type: T }>;

function frame(m: PeerMessage, bodyBytes: number): ByteWriter {
	return new ByteWriter(1 + bodyBytes).u8(ID[m.type]);
}

function encodeHello(m: Of<'hello'>): Bytes {
	const name = utf8(m.name);
	const w = frame(m, 6 + ID_BYTES + name.length + HASH_BYTES).u8(m.version).bytes(idBytes(m.peer)).u32(m.features);
	return w.u8(name.length).bytes(name).bytes(m.mac).done();
}

function readHello(r: ByteReader): Of<'hello'> {
	return { type: 'hello', version: r.u8(), peer: readPeer(r), features: r.u32(), name: readName(r), mac: r.bytes(HASH_BYTES) };
}

function readName(r: ByteReader): string {
	const length = r.u8();
	const name = fromUtf8(r.bytes(length));
	if (name === undefined || length > MAX_NAME_BYTES) r.fault('malformed');
	return name ?? '';
}

function encodeProof(m: Of<'proof'>): Bytes {
	const { form, bytes } = m.certificate;
	const w = frame(m, 7 + bytes.length + m.leaves.length).u32(m.group).u8(FORMS.indexOf(form));
	return w.u16(bytes.length).bytes(bytes).bytes(m.leaves).done();
}

function readCertificate(r: ByteReader): Certificate {
	const form = member(r, FORMS);
	const bytes = r.bytes(r.u16());
	const fits = form === 'signature' ? bytes.length === 64 : bytes.length % HASH_BYTES === 0;
	if (!fits) r.fault('malformed');
	return { form, bytes };
}

function leaves(r: ByteReader): Bytes {
	const bytes = r.rest();
	const count = bytes.length / HASH_BYTES;
	if (!Number.isInteger(count) || count < 1 || count > GROUP_CHUNKS) r.fault('malformed');
	return bytes;
}

function runBytes(r: ByteReader): Bytes {
	if (r.left < 1 || r.left > MAX_RUN_CHUNKS * CHUNK_BYTES) r.fault('malformed');
	return r.rest();
}

function readPeer(r: ByteReader): PeerId {
	return peerIdFrom(r.bytes(ID_BYTES));
}

function readPeers(r: ByteReader): PeerId[] {
	const count = r.left / ID_BYTES;
	if (!Number.isInteger(count) || count > MAX_EXCHANGED_PEERS) r.fault('malformed');
	return Array.from({ length: Math.min(Math.floor(count), MAX_EXCHANGED_PEERS) }, () => readPeer(r));
}

/** The member of a closed list that the next byte numbers. */
function member<T>(r: ByteReader, list: readonly [T, ...T[]]): T {
	const value = list[r.u8()];
	if (value === undefined) r.fault('malformed');
	return value ?? list[0];
}
