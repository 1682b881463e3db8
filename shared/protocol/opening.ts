/**
 * The first frame on a TCP socket or a WebSocket, where no signalling has told the two ends of each other: which share,
 * who speaks, and the nonce that the other's hello binds itself to. It proves nothing; hello does. PROTOCOL.md §2.
 */
import { ByteReader, ByteWriter, type Bytes, type WireFault } from '../base/bytes.ts';
import type { Result } from '../base/result.ts';
import { ID_BYTES, idBytes, peerIdFrom, shareIdFrom, type PeerId, type ShareId } from './ids.ts';

/** Type of the frame. No message of `peer-message.ts` has it, so an opening is never taken for one. */
const OPENING = 0;

/** Bytes of a nonce: nobody meets one twice. */
export const NONCE_BYTES = 32;

/** Who wants to take part in what. `nonce`: `NONCE_BYTES`, fresh for each connection. */
export interface Opening { readonly share: ShareId; readonly peer: PeerId; readonly nonce: Bytes }

/** The frame to send. */
export function encodeOpening({ share, peer, nonce }: Opening): Bytes {
	const w = new ByteWriter(1 + 2 * ID_BYTES + NONCE_BYTES).u8(OPENING);
	return w.bytes(idBytes(share)).bytes(idBytes(peer)).bytes(nonce).done();
}

/** What a frame opens; a frame of another type is `unknown`. The nonce is a view on the frame. */
export function decodeOpening(frame: Bytes): Result<Opening, WireFault> {
	const r = new ByteReader(frame);
	if (r.u8() !== OPENING) r.fault('unknown');
	return r.end({
		share: shareIdFrom(r.bytes(ID_BYTES)), peer: peerIdFrom(r.bytes(ID_BYTES)), nonce: r.bytes(NONCE_BYTES),
	});
}
