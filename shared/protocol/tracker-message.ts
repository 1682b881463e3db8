/**
 * What pages and bridges say to a tracker, and it to them: JSON, one message a WebSocket frame. The schema is the type;
 * unlisted fields are dropped and nothing is unbounded. Who sends is what the connection proved, never a field.
 * PROTOCOL.md §6.
 */
import * as v from 'valibot';
import {
	MAX_DESCRIPTOR_BYTES, MAX_LISTING_BYTES, MAX_NAME_LENGTH, MAX_PAGE_ENTRIES, MAX_SIGNAL_BYTES,
} from './limits.ts';
import { parsePeerId, parseShareId, type PeerId, type ShareId } from './ids.ts';

/** Spoken since the first release; a tracker refuses others with `version`. */
export const TRACKER_VERSION = 1;

/** Peers that one answer may introduce. */
export const MAX_INTRODUCED = 32;

const shareId = v.custom<ShareId>((text) => typeof text === 'string' && parseShareId(text) !== undefined);
const peerId = v.custom<PeerId>((text) => typeof text === 'string' && parsePeerId(text) !== undefined);
const whole = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max));
const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
/** A person's name: one line, no control characters. */
const name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(MAX_NAME_LENGTH), v.regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u));
const base64 = (bytes: number) => v.pipe(v.string(), v.maxLength(Math.ceil((bytes * 4) / 3)), v.regex(/^[\w-]*$/));

/** Where an entry stands in a catalogue: later ones have higher places, and none ever has two. */
const place = whole(Number.MAX_SAFE_INTEGER);

/**
 * From a peer. `resume` is the secret a former `welcome` gave: it takes the id over from a socket that may be dead.
 * `visits`: joins to look at what a share is, neither counted nor introduced to others. `browse` asks for entries below
 * a place, the newest first, and has changes told until `stop-browsing`.
 */
export const clientMessage = v.variant('type', [
	v.object({ type: v.literal('hello'), version: whole(255), peer: peerId, resume: v.optional(text(64)), name: v.optional(name) }),
	v.object({ type: v.literal('rename'), name }),
	v.object({ type: v.literal('join'), share: shareId, wants: whole(MAX_INTRODUCED), visits: v.optional(v.boolean()) }),
	v.object({ type: v.literal('leave'), share: shareId }),
	v.object({ type: v.literal('find'), share: shareId, wants: whole(MAX_INTRODUCED) }),
	v.object({ type: v.literal('signal'), share: shareId, to: peerId, signal: text(MAX_SIGNAL_BYTES) }),
	v.object({ type: v.literal('publish'), share: shareId, descriptor: base64(MAX_DESCRIPTOR_BYTES) }),
	v.object({ type: v.literal('list'), share: shareId, statement: base64(MAX_LISTING_BYTES) }),
	v.object({ type: v.literal('browse'), below: v.optional(place), wants: whole(MAX_PAGE_ENTRIES) }),
	v.object({ type: v.literal('stop-browsing') }),
	v.object({ type: v.literal('look-up'), share: shareId }),
	v.object({ type: v.literal('ping') }),
]);
export type ClientMessage = v.InferOutput<typeof clientMessage>;

/** The kinds of message a peer may send. */
export const CLIENT_TYPES = [
	'hello', 'rename', 'join', 'leave', 'find', 'signal', 'publish', 'list', 'browse', 'stop-browsing', 'look-up', 'ping',
] as const satisfies readonly ClientMessage['type'][];

/** What a tracker says no to, for programs; `detail` is for people. */
export const REFUSALS = [
	'bad-message', 'version', 'not-greeted', 'already-greeted', 'id-taken', 'too-fast', 'too-many-shares',
	'too-many-connections', 'not-in-swarm', 'no-such-peer', 'bad-descriptor', 'old-descriptor', 'equivocation', 'revoked',
	'bad-listing', 'old-listing', 'unknown-share', 'catalogue-full', 'unavailable', 'shutting-down',
] as const;
export type Refusal = (typeof REFUSALS)[number];

/**
 * Why a tracker ends a connection: WebSocket close codes. Those of the standard keep their meaning (RFC 6455 §7.4.1);
 * from 4000 on they are ours. A client comes back after any but `replaced`, with growing and random pauses.
 */
export const CLOSE_CODES = {
	/** A frame that was not text. */
	binary: 1003,
	/** More than 64 KiB in one message. */
	oversize: 1009,
	/** The tracker's own mistake. */
	bug: 1011,
	/** The tracker stops or starts again. */
	restart: 1012,
	/** The client does not read what it is sent. */
	slow: 1013,
	/** Another connection took the id over with its `resume` secret. */
	replaced: 4000,
	/** Too many messages, or too many bytes. */
	'too-fast': 4001,
	/** No accepted `hello` within 10 s. */
	silent: 4002,
	/** The address, or the tracker, has as many connections as it may. */
	'too-many-connections': 4003,
} as const;
/** The name of a close code, which goes with it as the WebSocket's reason. */
export type CloseReason = keyof typeof CLOSE_CODES;

/** What a page needs to find a way to another (`RTCIceServer`). */
export const iceServer = v.object({
	urls: v.union([text(256), v.pipe(v.array(text(256)), v.maxLength(16))]),
	username: v.optional(text(256)),
	credential: v.optional(text(256)),
});
export type IceServer = v.InferOutput<typeof iceServer>;

/** A listed share. `key`: its link key. `name`: of whoever shares it, if told. `online`: how many take part in it. */
export const catalogueEntry = v.object({
	share: shareId, place, key: base64(32), name: v.optional(name), online: whole(1e9),
	descriptor: base64(MAX_DESCRIPTOR_BYTES),
});
export type CatalogueEntry = v.InferOutput<typeof catalogueEntry>;

/** Changes of how many are online that one message tells. */
export const MAX_TOLD_ONLINE = 200;

/**
 * Where a bridge takes lines from pages: a WebSocket URL, or a path at the tracker's own address, which gets through
 * wherever the page did.
 */
export const bridgeAddress = v.pipe(text(256), v.regex(/^(wss?:\/\/[^\s/?#]+)?(\/[\w.~-]+)*\/?$/), v.minLength(1));

/** Bridges a tracker may name. */
export const MAX_BRIDGES = 4;

/**
 * From a tracker. `welcome` answers `hello`; `peers` answers `join` and `find`: `online` counts all members, the asker
 * too, and the latest descriptor comes with the answer to `join` when there is one. `refused`: `request` is the kind of
 * message it refuses, where that is known, `about` the share or, for a `signal` to somebody who is not there, the peer.
 * `catalogue` answers `browse`; `bridge`: where listed films are for programs, `:port` of the tracker's host or a URL.
 */
export const trackerMessage = v.variant('type', [
	v.object({ type: v.literal('welcome'), name, resume: text(64), iceServers: v.pipe(v.array(iceServer), v.maxLength(16)),
		bridges: v.optional(v.pipe(v.array(bridgeAddress), v.maxLength(MAX_BRIDGES))) }),
	v.object({ type: v.literal('peers'), share: shareId, peers: v.pipe(v.array(peerId), v.maxLength(MAX_INTRODUCED)),
		online: whole(1e9), descriptor: v.optional(base64(MAX_DESCRIPTOR_BYTES)) }),
	v.object({ type: v.literal('signal'), share: shareId, from: peerId, signal: text(MAX_SIGNAL_BYTES) }),
	v.object({ type: v.literal('published'), share: shareId, revision: whole(0xffff_ffff) }),
	v.object({ type: v.literal('listed'), share: shareId, number: whole(Number.MAX_SAFE_INTEGER) }),
	v.object({ type: v.literal('catalogue'), below: v.optional(place), hasMore: v.boolean(), bridge: v.optional(text(256)),
		entries: v.pipe(v.array(catalogueEntry), v.maxLength(MAX_PAGE_ENTRIES)) }),
	v.object({ type: v.literal('catalogue-changed'), entry: v.optional(catalogueEntry), gone: v.optional(shareId),
		online: v.optional(v.pipe(v.array(v.tuple([shareId, whole(1e9)])), v.maxLength(MAX_TOLD_ONLINE))) }),
	v.object({ type: v.literal('looked-up'), share: shareId, entry: v.optional(catalogueEntry), bridge: v.optional(text(256)) }),
	v.object({ type: v.literal('refused'), code: v.picklist(REFUSALS), detail: text(300), request: v.optional(v.picklist(CLIENT_TYPES)),
		about: v.optional(text(64)) }),
	v.object({ type: v.literal('pong') }),
]);
export type TrackerMessage = v.InferOutput<typeof trackerMessage>;
