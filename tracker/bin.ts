/** A tracker as a program of its own. */
import { startTracker, type RunningTracker } from './main.ts';
import { SOCKET_PATH } from './net/upgrade.ts';
import { configFrom } from './process/config.ts';
import { makeLog, printBanner, printProblem } from './process/log.ts';
import { stopOnSignals } from '../node/shutdown.ts';

const ALONE: Companion = { lines: [], close: () => Promise.resolve() };

/** What runs in the same process: its lines of the greeting, where pages find it, and what stops it. */
export interface Companion { readonly lines: readonly string[]; readonly address?: string; close(): Promise<void> }

/**
 * Runs until it is told to stop: configuration from the environment, a greeting on the terminal.
 *
 * @param webDir - the built page
 * @param startBeside - starts what runs beside it, given the tracker's WebSocket URL
 */
export async function run(
	webDir: string, startBeside: (tracker: string) => Promise<Companion> = () => Promise.resolve(ALONE),
): Promise<void> {
	const outcome = configFrom(process.env);
	if ('problem' in outcome) return giveUp(outcome.problem);
	const log = makeLog(outcome.config.logLevel);
	process.on('uncaughtException', (error) => {
		log.fatal(error);
		process.exit(1);
	});
	try {
		let companion: Companion = ALONE;
		const tracker = await startTracker({ ...outcome.config, webDir, log, bridge: () => companion.address });
		companion = await startBeside(socketUrlOf(tracker));
		printBanner(tracker.urls, companion.lines);
		stopOnSignals(async () => { await Promise.all([companion.close(), tracker.close()]); });
	} catch (error) {
		giveUp(error instanceof Error ? error.message : String(error));
	}
}

/** Where this machine reaches the tracker. */
function socketUrlOf({ urls, port }: RunningTracker): string {
	const page = new URL(urls.local ?? urls.lan[0] ?? `http://localhost:${port}/`);
	return `ws://${page.host}${SOCKET_PATH}`;
}

function giveUp(problem: string): void {
	printProblem(problem);
	process.exitCode = 1;
}
