/** Node's clock. */
import type { Clock } from '../shared/ports/clock.ts';

/** `performance.now` and `setTimeout`. */
export const nodeClock: Clock = {
	now: () => performance.now(),
	after(delay, wake) {
		const timer = setTimeout(wake, delay);
		return () => clearTimeout(timer);
	},
};
