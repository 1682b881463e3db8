/** A tracker as a program of its own. */
import { startTracker } from './main.ts';
import { configFrom } from './process/config.ts';
import { makeLog, printBanner, printProblem } from './process/log.ts';
import { stopOnSignals } from '../node/shutdown.ts';

/**
 * Runs until it is told to stop: configuration from the environment, a greeting on the terminal.
 *
 * @param webDir - the built page
 */
export async function run(webDir: string): Promise<void> {
	const outcome = configFrom(process.env);
	if ('problem' in outcome) return giveUp(outcome.problem);
	const log = makeLog(outcome.config.logLevel);
	process.on('uncaughtException', (error) => {
		log.fatal(error);
		process.exit(1);
	});
	try {
		const tracker = await startTracker({ ...outcome.config, webDir, log });
		printBanner(tracker.urls);
		stopOnSignals(() => tracker.close());
	} catch (error) {
		giveUp(error instanceof Error ? error.message : String(error));
	}
}

function giveUp(problem: string): void {
	printProblem(problem);
	process.exitCode = 1;
}
