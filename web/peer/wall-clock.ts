/** The page's clock. Timers of hidden tabs fire once a second at most: nothing that moves bytes waits for them. */
import type { Clock } from '../../shared/ports/clock.ts';

/** `performance.now` and `setTimeout`. */
export const wallClock: Clock = {
	now: () => performance.now(),
	after(delay, wake) {
		const timer = setTimeout(wake, delay);
		return () => clearTimeout(timer);
	},
};
