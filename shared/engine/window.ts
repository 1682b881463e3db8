/**
 * How many bytes may be outstanding on one link: about its bandwidth-delay product, found from the times of requests
 * and arrivals alone. A window much larger fills the path's queue, whose overflow SCTP recovers from slowly (NOTES.md
 * §3). A packet that is lost makes some answers late, a queue all of them: so what comes in time lets the window grow,
 * and it shrinks when nothing does for a round trip or two.
 */
import type { Ms } from '../base/units.ts';
import { CHUNK_BYTES } from '../protocol/limits.ts';
import { FIRST_WINDOW_BYTES, LARGEST_WINDOW_BYTES, LEAST_WINDOW_BYTES } from './settings.ts';

/**
 * Extra time that our own queueing may cause, if that is more than a round trip: enough to keep the path busy, far
 * below a router's queue. On a long path it is a round trip: a sender that lost a packet needs two for a chunk, and
 * with less outstanding it would run dry and never speed up again.
 */
const TARGET_QUEUE_MS: Ms = 40;

/**
 * Of what arrives, added to the window while the path shows no queue: half a round trip. Doubling, as TCP does, would
 * overrun a queue before the first late answer tells of it, and dcSCTP pays for that for seconds.
 */
const START_GROWTH = 0.5;

/** Added in a round trip at most, once a queue was seen. */
const GROWTH_BYTES = 8 * CHUNK_BYTES;

/** Of what arrives late, taken off the window at most. */
const SHRINKING = 0.5;

/** The shortest round trip is forgotten after this long, so that a path that became longer is believed. */
const BASE_SPAN_MS: Ms = 20_000;

/** The window of one link. */
export class RequestWindow {
	#bytes = FIRST_WINDOW_BYTES;
	#base: Ms = Infinity;
	#baseAt: Ms = 0;
	#smooth: Ms | undefined;
	#deviation: Ms = 0;
	#starting = true;
	/** The shortest of the round trip that is under way, and of the one before. */
	#least: Ms = Infinity;
	#leastBefore: Ms = Infinity;
	#tripBegan: Ms = 0;

	/** Bytes that may be outstanding now. */
	get bytes(): number { return this.#bytes; }
	/** Smoothed time from asking to having, queueing included; undefined before the first arrival. */
	get roundTripMs(): Ms | undefined { return this.#smooth; }
	/** After this long an answer is late: RFC 6298's srtt + 4 × deviation, at least 200 ms. */
	get lateAfterMs(): Ms {
		return this.#smooth === undefined ? 1000 : Math.max(200, this.#smooth + 4 * this.#deviation);
	}

	/** `bytes` arrived `took` ms after they were asked for, while the window was `full` or not. */
	arrived(bytes: number, took: Ms, now: Ms, full: boolean): void {
		this.#measure(took, now);
		const target = Math.max(TARGET_QUEUE_MS, this.#base);
		const waited = took - this.#base;
		const allWaited = this.#starting ? waited : Math.min(this.#least, this.#leastBefore) - this.#base;
		if (allWaited > target) {
			this.#starting = false;
			this.#resize(this.#bytes - bytes * SHRINKING * Math.min(1, (allWaited - target) / target));
		} else if (full && waited < target) {
			const slower = Math.min(START_GROWTH, GROWTH_BYTES / this.#bytes) * (1 - waited / target);
			this.#resize(this.#bytes + bytes * (this.#starting ? START_GROWTH : slower));
		}
	}

	/** Nothing came for long: start over. */
	stalled(): void {
		this.#bytes = LEAST_WINDOW_BYTES;
		this.#starting = true;
		this.#base = Infinity;
	}

	#measure(took: Ms, now: Ms): void {
		// With the least window there is next to nothing that it could have waited for: that is how long the path is.
		const isAlone = this.#bytes === LEAST_WINDOW_BYTES;
		if (took <= this.#base || isAlone || now - this.#baseAt > BASE_SPAN_MS) {
			this.#base = took;
			this.#baseAt = now;
		}
		if (now - this.#tripBegan >= (this.#smooth ?? took)) {
			this.#leastBefore = this.#least;
			this.#least = Infinity;
			this.#tripBegan = now;
		}
		this.#least = Math.min(this.#least, took);
		const smooth = this.#smooth ?? took;
		this.#deviation += (Math.abs(took - smooth) - this.#deviation) / 16;
		this.#smooth = smooth + (took - smooth) / 16;
	}

	#resize(bytes: number): void {
		this.#bytes = Math.max(LEAST_WINDOW_BYTES, Math.min(LARGEST_WINDOW_BYTES, bytes));
	}
}
