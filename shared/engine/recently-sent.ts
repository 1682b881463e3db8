/** Which chunks we sent a moment ago, and how often: whoever wants them can soon have them from others too. */
import type { Ms } from '../base/units.ts';
import { SENT_BEFORE_MS } from './settings.ts';

/** Forgets in two halves, so that it holds no more than what was sent in twice the time. */
export class RecentlySent {
	#now = new Map<number, number>();
	#before = new Map<number, number>();
	#since: Ms = -Infinity;

	note(index: number, now: Ms): void {
		if (now - this.#since > SENT_BEFORE_MS) {
			this.#before = now - this.#since > 2 * SENT_BEFORE_MS ? new Map<number, number>() : this.#now;
			this.#now = new Map();
			this.#since = now;
		}
		this.#now.set(index, (this.#now.get(index) ?? 0) + 1);
	}

	/** How often, in the last seconds. */
	times(index: number): number { return (this.#now.get(index) ?? 0) + (this.#before.get(index) ?? 0); }
}
