/** One process a directory: a file with its number in it, which counts for as long as that process lives. */
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../shared/base/result.ts';

/** Gives the directory back. */
export type Unlock = () => Promise<void>;

/** `busy`: another process that lives has it. `gone`: the directory cannot be written to. */
export async function lockDirectory(directory: string): Promise<Result<Unlock, 'busy' | 'gone'>> {
	const path = join(directory, 'lock');
	for (;;) {
		try {
			const file = await open(path, 'wx');
			await file.writeFile(String(process.pid));
			await file.close();
			return ok(() => rm(path, { force: true }));
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return fail('gone');
			if (await isHeld(path)) return fail('busy');
			await rm(path, { force: true }); // whoever held it was killed
		}
	}
}

async function isHeld(path: string): Promise<boolean> {
	const holder = Number(await readFile(path, 'utf8').catch(() => ''));
	// Our own number, in a lock that we have not made: of a process before us, as in containers, where all are called 1.
	if (!Number.isInteger(holder) || holder <= 0 || holder === process.pid) return false;
	try {
		process.kill(holder, 0); // asks whether it lives, no more
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
