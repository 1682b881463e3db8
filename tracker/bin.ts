/** A tracker as a program of its own. */
import { startTracker, type RunningTracker } from './main.ts';
import type { TakeIn } from './net/bridge-door.ts';
import { SOCKET_PATH } from './net/upgrade.ts';
import { configFrom } from './process/config.ts';
import { makeLog, printBanner, printProblem } from './process/log.ts';
import { stopOnSignals } from '../node/shutdown.ts';

const ALONE: Companion = { lines: [], takeIn: undefined, close: () => Promise.resolve() };

/** A bridge in the same process. */
export interface Companion {
	/** Its lines of the greeting. */
	readonly lines: readonly string[];
	/** Takes pages' WebSockets in. Undefined: it could not be started. */
	readonly takeIn: TakeIn | undefined;
	/** Where listed films are for programs: `:port` of this host, or a URL. */
	readonly address?: string;
	close(): Promise<void>;
}

/**
 * Runs until it is told to stop: configuration from the environment, a greeting on the terminal.
 *
 * @param webDir - the built page
 * @param startBeside - starts what runs beside it, given the tracker's WebSocket URL
 */
export async function run(
	webDir: string, startBeside?: (tracker: string) => Promise<Companion>,
): Promise<void> {
	const outcome = configFrom(process.env);
	if ('problem' in outcome) return giveUp(outcome.problem);
	const log = makeLog(outcome.config.logLevel);
	process.on('uncaughtException', (error) => {
		log.fatal(error);
		process.exit(1);
	});
	try {
		let companion = ALONE;
		const tracker = await startTracker({
			...outcome.config, webDir, log, bridge: () => companion.address, expectsBridge: startBeside !== undefined,
		});
		companion = await startBeside?.(socketUrlOf(tracker)) ?? ALONE;
		tracker.openDoor(companion.takeIn);
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
