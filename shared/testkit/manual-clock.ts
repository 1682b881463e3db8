/** A clock that stands still until it is told: tests of time without waiting. */
import type { Ms } from '../base/units.ts';
import type { Clock } from '../ports/clock.ts';

interface Waiting { readonly at: Ms; readonly wake: () => void }

/** Wakes in the order things are due, each at its own time, also what a wake has only just asked for. */
export class ManualClock implements Clock {
	#now: Ms = 0;
	readonly #waiting = new Set<Waiting>();

	/** Wake-ups to come. */
	get waiting(): number { return this.#waiting.size; }

	now(): Ms { return this.#now; }

	after(delay: Ms, wake: () => void): () => void {
		const entry = { at: this.#now + delay, wake };
		this.#waiting.add(entry);
		return () => void this.#waiting.delete(entry);
	}

	/** Lets `span` pass, and all that falls due in it happen. */
	pass(span: Ms): void {
		const end = this.#now + span;
		for (let next = this.#next(end); next; next = this.#next(end)) {
			this.#waiting.delete(next);
			this.#now = Math.max(this.#now, next.at);
			next.wake();
		}
		this.#now = end;
	}

	/** The earliest that is due by `end`; of two at one time the one asked for first. */
	#next(end: Ms): Waiting | undefined {
		let next: Waiting | undefined;
		for (const entry of this.#waiting) if (entry.at <= end && (!next || entry.at < next.at)) next = entry;
		return next;
	}
}
