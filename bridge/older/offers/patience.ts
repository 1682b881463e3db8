/** Whom to ask again for what, and when: a peer that was away soon, one that lied not for a day. */
import { SECOND, type Ms } from '../../../shared/base/units.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { Offer } from '../registry.ts';
import type { OfferFault } from './fetch-offer.ts';

/** The first wait for a peer that was away, or for room; it doubles up to the longest. */
const FIRST_WAIT: Ms = 30 * SECOND;
const LONGEST_WAIT: Ms = 1800 * SECOND;

/** The wait for what will not get better. */
const BAD_WAIT: Ms = 86_400 * SECOND;

/** Offers that are remembered: those blamed longest ago are forgotten first. */
const MAX_REMEMBERED = 4096;

/** What went wrong with offers. */
export class Patience {
	readonly #clock: Clock;
	readonly #waits = new Map<string, { readonly until: Ms; readonly wait: Ms }>();

	constructor(clock: Clock) { this.#clock = clock; }

	/** Whether it is time to ask for it. */
	allows(offer: Offer): boolean { return (this.#waits.get(keyOf(offer))?.until ?? -Infinity) <= this.#clock.now(); }

	/** Asking for it failed. */
	blame(offer: Offer, fault: OfferFault): void {
		const key = keyOf(offer);
		const former = this.#waits.get(key)?.wait ?? FIRST_WAIT / 2;
		const isBad = fault === 'lying' || fault === 'no-film';
		const wait = isBad ? BAD_WAIT : Math.min(LONGEST_WAIT, former * 2);
		this.#waits.delete(key);
		this.#waits.set(key, { until: this.#clock.now() + wait, wait });
		const [oldest] = this.#waits.keys();
		if (this.#waits.size > MAX_REMEMBERED && oldest !== undefined) this.#waits.delete(oldest);
	}
}

/** Its address, and not its name or port: those are the peer's to choose. */
function keyOf({ videoId, host }: Offer): string { return `${videoId} ${host}`; }
