/** A bridge as a program of its own, or beside a tracker. */
import { stopOnSignals } from '../node/shutdown.ts';
import { startBridge, type RunningBridge } from './main.ts';
import { configFrom } from './process/config.ts';
import { addressLines, printBanner, printLine, printProblem } from './process/log.ts';

/** Runs until it is told to stop: configuration from the environment, a greeting on the terminal. */
export async function runBridge(): Promise<void> {
	const bridge = await start();
	if (!bridge) {
		process.exitCode = 1;
		return;
	}
	printBanner(bridge.urls, bridge.tcpPort);
	stopOnSignals(() => bridge.close());
}

/** A bridge beside a tracker. `takeIn`: takes pages' WebSockets in; undefined when it could not be started. */
export interface Beside {
	readonly lines: readonly string[];
	readonly takeIn: RunningBridge['takeIn'] | undefined;
	close(): Promise<void>;
}

/**
 * Starts one beside a tracker in the same process. When it cannot be, that is said, and the tracker goes on alone.
 *
 * @param tracker - its WebSocket URL
 * @returns lines for the tracker's greeting, the way in for pages, and what stops it
 */
export async function runBeside(tracker: string): Promise<Beside> {
	const bridge = await start(tracker);
	const lines = bridge ? addressLines(bridge.urls, bridge.tcpPort) : [];
	const { takeIn } = bridge?.hasGuests === true ? bridge : { takeIn: undefined };
	return { lines, takeIn, close: async () => bridge?.close() };
}

async function start(tracker?: string): Promise<RunningBridge | undefined> {
	const outcome = configFrom(process.env, tracker);
	if ('problem' in outcome) {
		printProblem(outcome.problem);
		return undefined;
	}
	try {
		return await startBridge({ ...outcome.config, say: printLine });
	} catch (error) {
		printProblem(error instanceof Error ? error.message : String(error));
		return undefined;
	}
}
