/** Runs ffmpeg, quietly; its complaint is the exception. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** @throws when ffmpeg is missing or refuses */
export async function ffmpeg(args: readonly string[]): Promise<void> {
	await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args], { maxBuffer: 1 << 24 });
}
