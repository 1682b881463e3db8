/**
 * The last two minutes of a share's traffic, second by second: made from totals that are looked at whenever there is
 * time.
 */
import type { Ms } from '../../shared/base/units.ts';
import type { Rates } from './app-view.ts';

/** Seconds that are remembered. */
export const HISTORY_SEC = 120;

/** Bytes since the beginning. */
export interface Totals { readonly downloaded: number; readonly uploaded: number }

/** Traffic of one share. */
export class RateHistory {
	/** By second modulo {@link HISTORY_SEC}, and one more: the second that is not over. */
	readonly #down = new Float64Array(HISTORY_SEC + 1);
	readonly #up = new Float64Array(HISTORY_SEC + 1);
	#last: { readonly at: Ms; readonly totals: Totals } | undefined;

	/** The totals are these now. What came since the last look is spread over the time between. */
	note(now: Ms, totals: Totals): void {
		const { at, totals: before } = this.#last ?? { at: now, totals };
		if (now < at) return;
		this.#last = { at: now, totals };
		const first = Math.floor(at / 1000);
		const last = Math.floor(now / 1000);
		for (let second = Math.max(first + 1, last - HISTORY_SEC); second <= last; second++) this.#set(second, 0, 0);
		for (let second = Math.max(first, last - HISTORY_SEC); second <= last && now > at; second++) {
			const part = (Math.min(now, (second + 1) * 1000) - Math.max(at, second * 1000)) / (now - at);
			this.#add(second, part * (totals.downloaded - before.downloaded), part * (totals.uploaded - before.uploaded));
		}
	}

	/** The seconds before the one that `note` last fell into, oldest first; those before the first look are empty. */
	get seconds(): readonly Rates[] {
		const current = Math.floor((this.#last?.at ?? 0) / 1000);
		return Array.from({ length: HISTORY_SEC }, (_, k) => {
			const place = placeOf(current - HISTORY_SEC + k);
			return { downBps: this.#down[place] ?? 0, upBps: this.#up[place] ?? 0 };
		});
	}

	#set(second: number, down: number, up: number): void {
		this.#down[placeOf(second)] = down;
		this.#up[placeOf(second)] = up;
	}

	#add(second: number, down: number, up: number): void {
		const place = placeOf(second);
		this.#down[place] = (this.#down[place] ?? 0) + down;
		this.#up[place] = (this.#up[place] ?? 0) + up;
	}
}

const PLACES = HISTORY_SEC + 1;

function placeOf(second: number): number { return ((second % PLACES) + PLACES) % PLACES; }
