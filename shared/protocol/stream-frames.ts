/**
 * Frames on a stream of bytes: each stands behind its length, 32 bits (PROTOCOL.md §2). A length is bounded before a
 * byte of the frame is kept, and what is kept grows with what came: whoever only announces a frame costs nothing.
 */
import type { Bytes } from '../base/bytes.ts';
import { MAX_FRAME_BYTES } from './limits.ts';

/** Bytes of a length. */
const LENGTH_BYTES = 4;

const NOTHING: Bytes = new Uint8Array(0);

/** A copy of the frame behind its length: the caller's memory is its own again. */
export function withLength(frame: Uint8Array): Bytes {
	const bytes = new Uint8Array(LENGTH_BYTES + frame.length);
	viewOf(bytes).setUint32(0, frame.length);
	bytes.set(frame, LENGTH_BYTES);
	return bytes;
}

/** Cuts a stream into frames. Holds less than one frame and its length, whatever comes. */
export class FrameSplitter {
	readonly #head = new Uint8Array(LENGTH_BYTES);
	#headHeld = 0;
	#length = 0;
	/** What is here of a frame that came in pieces, at the front of a buffer that is as long as the frame at most. */
	#body = NOTHING;
	#bodyHeld = 0;

	/**
	 * Takes the next bytes of the stream; they are the splitter's from now on. `each` gets every frame that is whole, in
	 * order: a view on what came, or memory of its own where it came in pieces. False: a length is 0 or above
	 * `MAX_FRAME_BYTES`, and the stream is worth nothing from there on; nothing may be pushed any more.
	 */
	push(bytes: Bytes, each: (frame: Bytes) => void): boolean {
		for (let at = 0; at < bytes.length;) {
			if (this.#headHeld < LENGTH_BYTES) {
				this.#head[this.#headHeld++] = bytes[at++] ?? 0;
				if (this.#headHeld === LENGTH_BYTES && !this.#begin()) return false;
				continue;
			}
			const piece = bytes.subarray(at, at + this.#length - this.#bodyHeld);
			at += piece.length;
			const frame = this.#gather(piece);
			if (frame) each(frame);
		}
		return true;
	}

	/** The length is here; false when it is none that a frame has. */
	#begin(): boolean {
		this.#length = viewOf(this.#head).getUint32(0);
		return this.#length > 0 && this.#length <= MAX_FRAME_BYTES;
	}

	/** The frame, once this piece makes it whole. */
	#gather(piece: Bytes): Bytes | undefined {
		const held = this.#bodyHeld + piece.length;
		if (this.#bodyHeld > 0 || held < this.#length) {
			if (held > this.#body.length) this.#grow(held);
			this.#body.set(piece, this.#bodyHeld);
		}
		this.#bodyHeld = held;
		if (held < this.#length) return undefined;
		const frame = this.#body.length > 0 ? this.#body : piece;
		this.#body = NOTHING;
		this.#bodyHeld = 0;
		this.#headHeld = 0;
		return frame;
	}

	/** By doubling, or a frame that comes byte by byte would be copied as often. */
	#grow(least: number): void {
		const larger = new Uint8Array(Math.min(this.#length, Math.max(least, 2 * this.#body.length)));
		larger.set(this.#body.subarray(0, this.#bodyHeld));
		this.#body = larger;
	}
}

function viewOf(bytes: Bytes): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
