/** What Node's sockets give, as the protocol takes it. */
import type { Bytes } from '../shared/base/bytes.ts';

/** The same bytes as a plain view: a `Buffer`'s `slice` would be a view where all else expects a copy. */
export function plain(bytes: Buffer): Bytes {
	return bytes.buffer instanceof ArrayBuffer
		? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
		: new Uint8Array(bytes);
}
