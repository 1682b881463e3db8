/** What to do about a film that stands still with data in the buffer, or that the browser cannot decode. */
import type { Ms } from '../../shared/base/units.ts';
import { bufferedAhead, spansOf } from './buffer-window.ts';

/** A film with this much ahead that has not moved for this long hangs (hls.js). */
const HANGS_AFTER: Ms = 1250;
const HANGS_WITH_SEC = 0.5;
const NUDGES = 3;
const NUDGE_SEC = 0.1;
/** This many failures in this time are a film that cannot be decoded. */
const FAILURES = 3;
const FAILURES_WITHIN: Ms = 30_000;

/** Counts failures and watches for standstill. */
export class Recovery {
	readonly #now: () => Ms;
	#failures: Ms[] = [];
	#lastTime = -1;
	#stillSince: Ms = 0;
	#nudges = 0;

	constructor(now: () => Ms) { this.#now = now; }

	/** A failure happened: rebuild at the same place, a little further on, or not at all. */
	failed(): 'same' | 'skip' | 'give-up' {
		this.#failures = [...this.#failures.filter((at) => this.#now() - at < FAILURES_WITHIN), this.#now()];
		this.#stillSince = this.#now();
		this.#nudges = 0;
		if (this.#failures.length >= FAILURES) return 'give-up';
		return this.#failures.length === 1 ? 'same' : 'skip';
	}

	/** Gives a push to a film that hangs although it has data; after three, asks for a rebuild. */
	nudge({ isMeantToMove, video }: { isMeantToMove: boolean; video: HTMLVideoElement }): 'none' | 'rebuild' {
		const hasData = bufferedAhead(spansOf(video.buffered), video.currentTime) > HANGS_WITH_SEC;
		if (!isMeantToMove || !hasData || video.currentTime !== this.#lastTime) {
			if (video.currentTime !== this.#lastTime && isMeantToMove) this.#nudges = 0;
			this.#lastTime = video.currentTime;
			this.#stillSince = this.#now();
			return 'none';
		}
		if (this.#now() - this.#stillSince < HANGS_AFTER) return 'none';
		if (this.#nudges >= NUDGES) return 'rebuild';
		this.#nudges += 1;
		video.currentTime += NUDGE_SEC;
		this.#lastTime = video.currentTime;
		this.#stillSince = this.#now();
		return 'none';
	}
}
