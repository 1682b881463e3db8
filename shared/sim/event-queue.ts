/** Virtual time: what is to happen, earliest first; of things at one time, in the order they were put in. */
import type { Ms } from '../base/units.ts';

interface Event { readonly at: Ms; readonly order: number; readonly act: () => void }

/** A binary heap of events, and the clock that it drives. */
export class EventQueue {
	#now: Ms = 0;
	#order = 0;
	readonly #heap: Event[] = [];

	/** The virtual time. */
	get now(): Ms { return this.#now; }
	/** Events to come. */
	get size(): number { return this.#heap.length; }

	/** `act` happens `delay` from now. */
	after(delay: Ms, act: () => void): void { this.at(this.#now + delay, act); }

	/** `act` happens at `at`, or now when that is over. */
	at(at: Ms, act: () => void): void {
		const heap = this.#heap;
		const event = { at: Math.max(at, this.#now), order: this.#order++, act };
		let place = heap.length;
		heap.push(event);
		while (place > 0) {
			const parent = (place - 1) >> 1;
			const above = heap[parent];
			if (!above || isBefore(above, event)) break;
			heap[place] = above;
			place = parent;
		}
		heap[place] = event;
	}

	/** Lets the next thing happen. False when nothing is left before `until`; the clock then stands there. */
	step(until: Ms): boolean {
		const next = this.#heap[0];
		if (!next || next.at > until) {
			this.#now = Math.max(this.#now, until);
			return false;
		}
		this.#removeFirst();
		this.#now = next.at;
		next.act();
		return true;
	}

	#removeFirst(): void {
		const heap = this.#heap;
		const last = heap.pop();
		if (!last || heap.length === 0) return;
		let place = 0;
		for (;;) {
			let child = 2 * place + 1;
			const [left, right] = [heap[child], heap[child + 1]];
			if (!left) break;
			if (right && isBefore(right, left)) child += 1;
			const least = heap[child];
			if (!least || isBefore(last, least)) break;
			heap[place] = least;
			place = child;
		}
		heap[place] = last;
	}
}

function isBefore(a: Event, b: Event): boolean {
	return a.at < b.at || (a.at === b.at && a.order < b.order);
}
