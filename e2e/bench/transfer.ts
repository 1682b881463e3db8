/** One whole film from one person to another, in figures. */
import type { Page } from 'playwright-core';
import type { Person } from './chromium.ts';
import type { Sample } from './compare.ts';

/**
 * `wholeSec`: from opening the receiver's page (cached) to the last byte; `mbPerSec`: from first to last byte; the rest
 * is processor seconds, `sender` and `receiver` of the pages' processes, `all` of both browsers.
 */
export interface Transfer extends Sample {
	readonly wholeSec: number;
	readonly mbPerSec: number;
	readonly senderCpuSec: number;
	readonly receiverCpuSec: number;
	readonly allCpuSec: number;
}

/** Starts counting what two people spend. */
export async function meter(from: Person, to: Person) {
	const [sent, received] = [await from.spent(), await to.spent()];
	return {
		/** Call it when the receiver's page has marked `began` and `done`. */
		async read(receiver: Page, bytes: number): Promise<Transfer> {
			const [sender, receiving] = [await from.spent(), await to.spent()];
			const clock = await receiver.evaluate(() => window.benchClock);
			return {
				wholeSec: (clock.done! - clock.opened!) / 1000,
				mbPerSec: bytes / 1e3 / (clock.done! - clock.began!),
				senderCpuSec: sender.renderers - sent.renderers,
				receiverCpuSec: receiving.renderers - received.renderers,
				allCpuSec: sender.all - sent.all + receiving.all - received.all,
			};
		},
	};
}
