/**
 * What this device may send and fetch in all, as its person set it: shared out among the films that have somebody to
 * exchange with, those in other tabs too. On a connection that counts data viewers give less by themselves.
 */
import { SECOND, type Ms } from '../../shared/base/units.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Limited } from '../../shared/rtc/swarm-peer.ts';

/** Mbit/s; undefined: as much as goes. */
export interface LimitSettings { readonly upMbit?: number | undefined; readonly downMbit?: number | undefined }

/** Bytes a second that a megabit is. */
const MEGABIT = 125_000;

/** What a viewer gives on a connection that counts data, unless a limit was set. */
export const METERED_UP_MBIT = 1;

/** How often it is shared out anew. */
const SHARE_OUT_MS: Ms = 2 * SECOND;

/** How many films the other tabs exchange; they are told of ours. */
interface Others { readonly busy: number; say(busy: number): void }

/** One a page. */
export class Limits {
	readonly #clock: Clock;
	readonly #isMetered: () => boolean;
	readonly #others: Others;
	readonly #films = new Map<Limited, 'watched' | 'shared'>();
	#settings: LimitSettings = {};
	#cancel: (() => void) | undefined;

	constructor(clock: Clock, isMetered: () => boolean, others: Others) {
		this.#clock = clock;
		this.#others = others;
		this.#isMetered = isMetered;
	}

	set(settings: LimitSettings): void {
		this.#settings = settings;
		this.#shareOut();
	}

	/** The film is limited from now on. The return value ends it. */
	join(film: Limited, as: 'watched' | 'shared'): () => void {
		this.#films.set(film, as);
		this.#shareOut();
		return () => {
			this.#films.delete(film);
			this.#shareOut();
		};
	}

	#shareOut(): void {
		this.#cancel?.();
		this.#cancel = undefined;
		const { upMbit, downMbit } = this.#settings;
		const ours = [...this.#films.keys()].filter(({ isBusy }) => isBusy).length;
		this.#others.say(ours);
		const busy = Math.max(1, ours + this.#others.busy);
		for (const [film, as] of this.#films) {
			const most = upMbit ?? (as === 'watched' && this.#isMetered() ? METERED_UP_MBIT : undefined);
			film.setLimits(partOf(most, busy), partOf(downMbit, busy));
		}
		if (this.#films.size > 0) this.#cancel = this.#clock.after(SHARE_OUT_MS, () => this.#shareOut());
	}
}

function partOf(mbit: number | undefined, films: number): number | undefined {
	return mbit === undefined ? undefined : (mbit * MEGABIT) / films;
}
