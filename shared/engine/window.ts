/**
 * How many bytes may be outstanding on one link: about its bandwidth-delay product, found from the times of requests
 * and
 * arrivals alone. A window much larger fills the path's queue, whose overflow SCTP recovers from slowly (NOTES.md §3).
 */
import type { Ms } from '../base/units.ts';
import { FIRST_WINDOW_BYTES, LARGEST_WINDOW_BYTES, LEAST_WINDOW_BYTES } from './settings.ts';

/** Extra round trip that our own queueing may cause: enough to keep the path busy, far below a router's queue. */
const TARGET_QUEUE_MS: Ms = 40;

/**
 * Of what arrives, added to the window while the path shows no queue: half a round trip. Doubling, as TCP does, would
 * overrun a queue before the first late answer tells of it, and dcSCTP pays for that for seconds.
 */
const START_GROWTH = 0.5;

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
		const queueing = took - this.#base;
		if (queueing > TARGET_QUEUE_MS) {
			this.#starting = false;
			const excess = Math.min(1, (queueing - TARGET_QUEUE_MS) / TARGET_QUEUE_MS);
			this.#resize(this.#bytes - bytes * 0.5 * excess);
		} else if (full) {
			const room = 1 - queueing / TARGET_QUEUE_MS;
			this.#resize(this.#bytes + (this.#starting ? bytes * START_GROWTH : (bytes * room * 8 * 8192) / this.#bytes));
		}
	}

	/** Nothing came for long: start over. */
	stalled(): void {
		this.#bytes = LEAST_WINDOW_BYTES;
		this.#starting = true;
		this.#base = Infinity;
	}

	#measure(took: Ms, now: Ms): void {
		if (took <= this.#base || now - this.#baseAt > BASE_SPAN_MS) {
			this.#base = took;
			this.#baseAt = now;
		}
		const smooth = this.#smooth ?? took;
		this.#deviation += (Math.abs(took - smooth) - this.#deviation) / 16;
		this.#smooth = smooth + (took - smooth) / 16;
	}

	#resize(bytes: number): void {
		this.#bytes = Math.max(LEAST_WINDOW_BYTES, Math.min(LARGEST_WINDOW_BYTES, bytes));
	}
}
