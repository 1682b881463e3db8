/**
 * What a sharer and a bridge say to each other about a parked copy: ciphertext that the bridge keeps for a while and
 * passes on. The bridge offers, the sharer asks under the share's own key; the bridge gets the share's id and auth key,
 * nothing that opens the film. PROTOCOL.md §7.
 */
import { ByteReader, ByteWriter, concat, type Bytes, type WireFault } from '../base/bytes.ts';
import { fail, type Result } from '../base/result.ts';
import { utf8 } from '../base/text.ts';
import type { Ms } from '../base/units.ts';
import type { ShareId } from './ids.ts';
import { KEY_BYTES, shareIdOf, type ShareKeys } from './keys.ts';
import { MAX_SHARE_BYTES } from './limits.ts';
import { NONCE_BYTES } from './opening.ts';
import type { Crypto } from './primitives.ts';

/** Path behind a bridge's address where copies are parked. */
export const PARK_PATH = '/park';

/** Hours that may be asked for, whatever a bridge allows: ten years. */
export const MAX_PARK_HOURS = 87_600;

/** The version that this program speaks. */
const VERSION = 1;
const CONTEXT = utf8('streamlet park v1');
const SIGNATURE_BYTES = 64;
/** Types of the frames, of none that peers say to each other. */
const TYPE = { offer: 33, request: 34, state: 35 } as const;
const VERBS = ['ask', 'park', 'take-back'] as const;
const STATES = ['none', 'fetching', 'kept', 'full', 'too-large', 'off'] as const;

/** What a bridge would keep. `nonce`: of this connection. `maxHours`: 0, it keeps nothing. `maxBytes`: of one film. */
export interface ParkOffer { readonly nonce: Bytes; readonly maxHours: number; readonly maxBytes: number }

/**
 * What a sharer asks for. `number`: higher with each request of a connection. `hours` and `bytes`: how long, and how
 * large the film is; `authKey`: admits to the swarm. The three count for `park` alone.
 */
export interface ParkRequest {
	readonly verb: (typeof VERBS)[number];
	readonly number: number;
	readonly hours: number;
	readonly bytes: number;
	readonly authKey: Bytes;
}

/** A request whose signature holds. */
export interface SignedParkRequest extends ParkRequest { readonly share: ShareId }

/**
 * How a copy is. `none`: there is none. `fetching`, `kept`: there is one, in part or whole, until `until` (milliseconds
 * since 1970). `full`: there is no room now. `too-large`: there never is for a film of that size. `off`: the bridge's
 * operator wants no copies. `permille`: of the film that is here.
 */
export interface ParkState { readonly state: (typeof STATES)[number]; readonly until: Ms; readonly permille: number }

/** The bridge's first frame. */
export function encodeOffer({ nonce, maxHours, maxBytes }: ParkOffer): Bytes {
	const w = new ByteWriter(2 + NONCE_BYTES + 4 + 8).u8(TYPE.offer).u8(VERSION);
	return w.bytes(nonce).u32(maxHours).u64(maxBytes).done();
}

/** `unknown`: another frame, or of a later version. */
export function decodeOffer(frame: Bytes): Result<ParkOffer, WireFault> {
	const r = new ByteReader(frame);
	if (r.u8() !== TYPE.offer || r.u8() !== VERSION) r.fault('unknown');
	return r.end({ nonce: r.bytes(NONCE_BYTES), maxHours: r.u32(), maxBytes: r.u64() });
}

/** The sharer's frame, signed for the connection of that nonce. */
export async function makeParkRequest(
	crypto: Pick<Crypto, 'sign'>, keys: ShareKeys, request: ParkRequest, nonce: Bytes,
): Promise<Bytes> {
	const { verb, number, hours, bytes, authKey } = request;
	const w = new ByteWriter(3 + 4 + 4 + 8 + 32 + KEY_BYTES).u8(TYPE.request).u8(VERSION).u8(VERBS.indexOf(verb));
	const unsigned = w.u32(number).u32(hours).u64(bytes).bytes(keys.publicKey).bytes(authKey).done();
	return concat(unsigned, await crypto.sign(keys.secretKey, concat(CONTEXT, nonce, unsigned)));
}

/** What a frame asks for. `bad-signature`: not by the share's key, or for another connection. */
export async function readParkRequest(
	crypto: Pick<Crypto, 'sha256Now' | 'verify'>, frame: Bytes, nonce: Bytes,
): Promise<Result<SignedParkRequest, WireFault | 'bad-signature'>> {
	const r = new ByteReader(frame);
	if (r.u8() !== TYPE.request || r.u8() !== VERSION) r.fault('unknown');
	const verb = VERBS[r.u8()];
	const [number, hours, bytes] = [r.u32(), r.u32(), r.u64()];
	const [publicKey, authKey, signature] = [r.bytes(32), r.bytes(KEY_BYTES), r.bytes(SIGNATURE_BYTES)];
	const fits = verb === 'park' ? hours >= 1 && hours <= MAX_PARK_HOURS && bytes >= 1 && bytes <= MAX_SHARE_BYTES : true;
	if (!verb || !fits) r.fault('malformed');
	const read = r.end({ verb: verb ?? 'ask', number, hours, bytes, authKey });
	if (!read.ok) return read;
	const signed = concat(CONTEXT, nonce, frame.subarray(0, -SIGNATURE_BYTES));
	if (!await crypto.verify(publicKey, signature, signed)) return fail('bad-signature');
	return { ok: true, value: { ...read.value, share: shareIdOf(crypto, publicKey) } };
}

/** The bridge's answer, and what follows it when things change. */
export function encodeParkState({ state, until, permille }: ParkState): Bytes {
	return new ByteWriter(2 + 8 + 2).u8(TYPE.state).u8(STATES.indexOf(state)).u64(until).u16(permille).done();
}

/** `malformed`: a state that there is not, or more than all of the film. */
export function decodeParkState(frame: Bytes): Result<ParkState, WireFault> {
	const r = new ByteReader(frame);
	if (r.u8() !== TYPE.state) r.fault('unknown');
	const state = STATES[r.u8()];
	const [until, permille] = [r.u64(), r.u16()];
	if (!state || permille > 1000) r.fault('malformed');
	return r.end({ state: state ?? 'none', until, permille });
}
