/** Things that must not outlive the test that started them, even when it fails. */
import { onTestFinished } from 'vitest';

/** Waits for something that can be closed, and closes it when the running test has ended. */
export async function untilTestEnds<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
	const started = await starting;
	onTestFinished(() => started.close());
	return started;
}
