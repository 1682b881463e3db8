/** How many bytes may pass: so many a second, and a second's worth at once. */
import type { Clock } from '../../shared/ports/clock.ts';
import { SECOND, type Ms } from '../../shared/base/units.ts';

/** A bucket that fills by itself. What is taken beyond it is a debt, to be waited for. */
export class Allowance {
	readonly #clock: Pick<Clock, 'now'>;
	readonly #bytesPerMs: number;
	#left: number;
	#at: Ms;

	constructor(bytesPerSecond: number, clock: Pick<Clock, 'now'>) {
		this.#bytesPerMs = bytesPerSecond / SECOND;
		this.#clock = clock;
		this.#left = bytesPerSecond;
		this.#at = clock.now();
	}

	/** Takes the bytes; says how long to wait before taking more. */
	take(bytes: number): Ms {
		const now = this.#clock.now();
		this.#left = Math.min(this.#bytesPerMs * SECOND, this.#left + (now - this.#at) * this.#bytesPerMs) - bytes;
		this.#at = now;
		return this.#left >= 0 ? 0 : -this.#left / this.#bytesPerMs;
	}
}
