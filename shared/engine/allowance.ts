/**
 * How much may go by: a bucket that fills at the rate somebody set. It is never fuller than a second's worth, which is
 * how seldom a hidden tab looks; what is taken beyond it is a debt, so that one piece fits however low the rate.
 */
import { SECOND, type Ms } from '../base/units.ts';

/** Of one direction. Without a limit until one is set. */
export class Allowance {
	#bytesPerMs = Infinity;
	#bytes = 0;
	#at: Ms = 0;

	/** @param bytesPerSecond - undefined: as fast as it goes */
	set(bytesPerSecond: number | undefined, now: Ms): void {
		this.#fill(now);
		this.#bytesPerMs = bytesPerSecond === undefined ? Infinity : bytesPerSecond / SECOND;
		this.#bytes = Math.min(this.#bytes, 0);
		this.#at = now;
	}

	/** Bytes that may go by now: nothing, or less, when it is used up. */
	at(now: Ms): number {
		if (this.#bytesPerMs === Infinity) return Infinity;
		this.#fill(now);
		return this.#bytes;
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
