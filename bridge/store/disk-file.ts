/**
 * A file on this machine's disk, as slot stores use them. Everything is promised: a disk that takes its time holds up
 * nobody who is being served from memory.
 */
import { constants, open, type FileHandle } from 'node:fs/promises';
import type { Bytes } from '../../shared/base/bytes.ts';
import type { BlockFile } from '../../shared/store/slot-store.ts';

/** Read and written in place, at any offset. */
export class DiskFile implements BlockFile {
	readonly #handle: FileHandle;
	readonly #maxBytes: number;

	private constructor(handle: FileHandle, maxBytes: number) {
		this.#handle = handle;
		this.#maxBytes = maxBytes;
	}

	/**
	 * Opens it, and makes it if it is not there.
	 *
	 * @param maxBytes - a write past these is one that finds no room
	 * @throws what the system throws
	 */
	static async open(path: string, maxBytes: number): Promise<DiskFile> {
		return new DiskFile(await open(path, constants.O_RDWR | constants.O_CREAT), maxBytes);
	}

	read(into: Bytes, { at }: { at: number }): Promise<number> {
		return translated(async () => {
			let got = 0;
			while (got < into.length) {
				const { bytesRead } = await this.#handle.read(into, got, into.length - got, at + got);
				if (bytesRead === 0) break;
				got += bytesRead;
			}
			return got;
		});
	}

	write(bytes: Bytes, { at }: { at: number }): Promise<number> {
		return translated(async () => {
			if (at + bytes.length > this.#maxBytes) throw named('QuotaExceededError');
			let put = 0;
			while (put < bytes.length) {
				put += (await this.#handle.write(bytes, put, bytes.length - put, at + put)).bytesWritten;
			}
			return put;
		});
	}

	flush(): Promise<void> { return translated(() => this.#handle.datasync()); }
	getSize(): Promise<number> { return translated(async () => (await this.#handle.stat()).size); }
	close(): Promise<void> { return this.#handle.close(); }
}

/** Makes what was created, renamed or removed in a directory outlive a crash. */
export async function syncDirectory(path: string): Promise<void> {
	const directory = await open(path, 'r').catch(() => undefined);
	await directory?.sync().catch(() => undefined); // Windows opens and syncs no directories, and needs none synced
	await directory?.close();
}

/** The system's errors under the names that `BlockFile` gives them. */
async function translated<T>(action: () => Promise<T>): Promise<T> {
	try {
		return await action();
	} catch (error) {
		const { code = '' } = error as NodeJS.ErrnoException;
		if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') throw named('QuotaExceededError');
		throw code === 'EIO' ? named('NotReadableError') : error;
	}
}

function named(name: 'QuotaExceededError' | 'NotReadableError'): Error {
	return Object.assign(new Error(name), { name });
}
