/**
 * Memory of received frames, given back as soon as their chunks were looked at. Left to a page's garbage collector it
 * would pile up for ten seconds and more, 5 MB in each at 4 MB/s.
 */
import type { Bytes } from '../base/bytes.ts';

/** Gives memory back that nobody will read again. */
export type FreeMemory = (memory: ArrayBuffer) => void;

/** Frames whose chunks are being looked at. */
export class FrameMemory {
	readonly #free: FreeMemory;
	readonly #uses = new Map<ArrayBuffer, number>();

	constructor(free: FreeMemory) { this.#free = free; }

	/** Lets a frame be handled. Its memory is ours when it is all of its buffer: some transports cut frames out. */
	during(frame: Bytes, handle: () => void): void {
		const { buffer } = frame;
		const isOurs = frame.length === buffer.byteLength;
		if (isOurs) this.#uses.set(buffer, 0);
		handle();
		if (this.#uses.get(buffer) === 0) this.#uses.delete(buffer); // nothing to wait for, or kept by who handled it
	}

	/** A chunk of a frame is going to be looked at. */
	take({ buffer }: Bytes): void {
		const uses = this.#uses.get(buffer);
		if (uses !== undefined) this.#uses.set(buffer, uses + 1);
	}

	/** It was. When it was the frame's last, none of the frame can be read again. */
	done({ buffer }: Bytes): void {
		const uses = this.#uses.get(buffer);
		if (uses === undefined) return;
		if (uses > 1) return void this.#uses.set(buffer, uses - 1);
		this.#uses.delete(buffer);
		this.#free(buffer);
	}
}
