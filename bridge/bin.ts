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
	printBanner(bridge);
	stopOnSignals(() => bridge.close());
}

/**
 * A bridge beside a tracker. `takeIn`: takes pages' WebSockets in; undefined when it could not be started.
 * `address`: of its HTTP face.
 */
export interface Beside {
	readonly lines: readonly string[];
	readonly takeIn: RunningBridge['takeIn'] | undefined;
	readonly address?: string;
	close(): Promise<void>;
}

/**
 * Starts one beside a tracker in the same process. When it cannot be, that is said, and the tracker goes on alone.
 *
 * @param tracker - its WebSocket URL
 * @returns lines for the tracker's greeting, where and how pages come in, and what stops it
 */
export async function runBeside(tracker: string): Promise<Beside> {
	const bridge = await start(tracker);
	if (!bridge) return { lines: [], takeIn: undefined, close: () => Promise.resolve() };
	const { takeIn, hasGuests, address } = bridge;
	return { lines: addressLines(bridge), takeIn: hasGuests ? takeIn : undefined, address, close: () => bridge.close() };
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
