/**
 * The first frame on a bridge's line (PROTOCOL.md §7): which two peers of which share it is to be between. It proves
 * nothing; the two greet each other over the line as they would over any other.
 */
import { ByteReader, ByteWriter, type Bytes, type WireFault } from '../base/bytes.ts';
import type { Result } from '../base/result.ts';
import { ID_BYTES, idBytes, peerIdFrom, shareIdFrom, type PeerId, type ShareId } from './ids.ts';

/** Path behind a bridge's address where lines between peers begin. */
export const LINE_PATH = '/line';

/** The URL of a bridge's `path`. `bridge`: its own, with a slash at its end or none. */
export function placeAt(bridge: string, path: string): string { return `${bridge.replace(/\/$/, '')}${path}`; }

/** Type of the frame, of none that peers say to each other. */
const CALL = 32;

/** Who calls whom. */
export interface BridgeCall { readonly share: ShareId; readonly from: PeerId; readonly to: PeerId }

/** The frame to send. */
export function encodeCall({ share, from, to }: BridgeCall): Bytes {
	return new ByteWriter(1 + 3 * ID_BYTES).u8(CALL).bytes(idBytes(share)).bytes(idBytes(from)).bytes(idBytes(to)).done();
}

/** What a frame calls; a frame of another type is `unknown`, a call of oneself `malformed`. */
export function decodeCall(frame: Bytes): Result<BridgeCall, WireFault> {
	const r = new ByteReader(frame);
	if (r.u8() !== CALL) r.fault('unknown');
	const share = shareIdFrom(r.bytes(ID_BYTES));
	const [from, to] = [peerIdFrom(r.bytes(ID_BYTES)), peerIdFrom(r.bytes(ID_BYTES))];
	if (from === to) r.fault('malformed');
	return r.end({ share, from, to });
}
