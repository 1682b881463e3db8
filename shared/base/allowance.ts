/**
 * How many bytes may go by: a bucket that fills at a rate. It is never fuller than a second's worth, which is how
 * seldom a hidden tab looks; what is taken beyond it is a debt, so that one piece fits however low the rate.
 */
import { SECOND, type Ms } from './units.ts';

/** Of one direction, or of all that passes. Without a limit until one is set. */
export class Allowance {
	#bytesPerMs = Infinity;
	#bytes = 0;
	#at: Ms = 0;

	/**
	 * @param bytesPerSecond - undefined: as fast as it goes
	 * @param now - from now on; what is owed under the limit before is still owed
	 */
	set(bytesPerSecond: number | undefined, now: Ms): void {
		this.#fill(now);
		this.#bytesPerMs = bytesPerSecond === undefined ? Infinity : bytesPerSecond / SECOND;
		this.#bytes = Math.min(this.#bytes, 0);
	}

	/** Bytes that may go by now: nothing, or less, when it is used up. */
	at(now: Ms): number {
		this.#fill(now);
		return this.#bytesPerMs === Infinity ? Infinity : this.#bytes;
	}

	/** How long to wait until more may go by. */
	waitAt(now: Ms): Ms {
		const left = this.at(now);
		return left >= 0 ? 0 : -left / this.#bytesPerMs;
	}

	take(bytes: number): void { this.#bytes -= bytes; }
	/** They did not go by after all. */
	giveBack(bytes: number): void { this.#bytes += bytes; }

	#fill(now: Ms): void {
		const gained = Math.max(0, now - this.#at) * this.#bytesPerMs;
		if (this.#bytesPerMs === Infinity) this.#bytes = 0;
		else this.#bytes = Math.min(SECOND * this.#bytesPerMs, this.#bytes + gained);
		this.#at = now;
	}
}
