/** Folders for tests, which vanish with them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty folder until the test that asked for it is over. */
export function temporaryFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'streamlet-bridge-'));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}
