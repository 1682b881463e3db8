/** Leaving in good order when told to. */
import { SECOND, type Ms } from '../shared/base/units.ts';

/** Whoever stops a service waits a few seconds before killing it; closing takes two at most. */
const WITHIN: Ms = 2.8 * SECOND;

/** On SIGTERM or SIGINT stops, and ends the process with 0; a second signal ends it at once. */
export function stopOnSignals(stop: () => Promise<void>): void {
	let isStopping = false;
	const leave = () => {
		if (isStopping) process.exit(0);
		isStopping = true;
		setTimeout(() => process.exit(0), WITHIN).unref();
		void stop().finally(() => process.exit(0));
	};
	process.on('SIGTERM', leave).on('SIGINT', leave);
}
