/** How fast bytes flow: an exponentially decaying sum, exact at each event, that needs no timer. */
import type { Ms } from '../base/units.ts';
import { RATE_SPAN_MS } from './settings.ts';

/** Bytes per millisecond over the last seconds. */
export class Rate {
	#sum = 0;
	#at: Ms;
	readonly #since: Ms;

	constructor(now: Ms) {
		this.#at = now;
		this.#since = now;
	}

	/** `bytes` went by. */
	add(bytes: number, now: Ms): void {
		this.#decay(now);
		this.#sum += bytes;
	}

	/** Bytes per millisecond; in the first seconds of a link's life, over that life. */
	perMs(now: Ms): number {
		this.#decay(now);
		const seen = 1 - Math.exp(-Math.max(1, now - this.#since) / RATE_SPAN_MS);
		return this.#sum / (RATE_SPAN_MS * seen);
	}

	#decay(now: Ms): void {
		if (now <= this.#at) return;
		this.#sum *= Math.exp((this.#at - now) / RATE_SPAN_MS);
		this.#at = now;
	}
}
