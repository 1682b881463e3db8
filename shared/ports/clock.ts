/** Time and waking up, the only way `shared` sees either. */
import type { Ms } from '../base/units.ts';

/** Monotonic; its zero means nothing. */
export interface Clock {
	now(): Ms;
	/** Calls `wake` once, `delay` from now or later. Returns what cancels it; cancelling twice is harmless. */
	after(delay: Ms, wake: () => void): () => void;
}
