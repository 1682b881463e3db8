/**
 * How much a transport may hold in its own buffer: what its path takes in a moment. Less lets a fast path run dry; more
 * is a queue that nothing urgent gets past, and what is in it cannot be taken back.
 */
import type { Ms } from './units.ts';

/** What the buffer holds at most, in time. A page that is busy looks after its buffers this late. */
const MOMENT: Ms = 40;

/** Below one chunk a path would only be interrupted; above this Chromium's SCTP gets slower, not faster. */
const LEAST_BYTES = 8192;
const MOST_BYTES = 256 * 1024;

/** Until the path is known. */
const FIRST_BYTES = 64 * 1024;

/** The marks of one transport, from how fast its buffer empties. */
export class WaterMarks {
	#high = FIRST_BYTES;
	#filled: { readonly bytes: number; readonly at: Ms } | undefined;

	/** Bytes waiting above which there is no room. */
	get high(): number { return this.#high; }
	/** Bytes waiting at which there is room again: some of what the path takes in a moment, so that it never runs dry. */
	get low(): number { return this.#high / 4; }
	/** Whether it was too full, and has not drained since. */
	get isFull(): boolean { return this.#filled !== undefined; }

	/** After a frame was queued: whether there is room for another. */
	queued(waiting: number, now: Ms): boolean {
		if (waiting > this.#high) this.#filled ??= { bytes: waiting, at: now };
		return !this.isFull;
	}

	/** The buffer has become less full: whether there is room again that there was not. */
	drained(waiting: number, now: Ms): boolean {
		if (!this.#filled || waiting > this.low) return false;
		const rate = (this.#filled.bytes - waiting) / Math.max(1, now - this.#filled.at);
		this.#filled = undefined;
		this.#high = Math.max(LEAST_BYTES, Math.min(MOST_BYTES, (this.#high + rate * MOMENT) / 2));
		return true;
	}
}
