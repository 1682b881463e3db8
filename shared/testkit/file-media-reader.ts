/** A film in a file, for tests on Node. Counts what is read. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { ok } from '../base/result.ts';
import type { MediaReader, PendingRead } from '../ports/media-reader.ts';

/** Reads at once, whatever is due. */
export class FileMediaReader implements MediaReader {
	readonly size: number;
	readBytes = 0;
	reads = 0;
	readonly #file: number;

	constructor(path: string) {
		this.#file = openSync(path, 'r');
		this.size = fstatSync(this.#file).size;
	}

	read(offset: number, length: number): PendingRead {
		const bytes = new Uint8Array(length);
		const got = readSync(this.#file, bytes, 0, length, offset);
		this.reads += 1;
		this.readBytes += got;
		return { bytes: Promise.resolve(ok(bytes.subarray(0, got))), due: () => {}, cancel: () => {} };
	}

	close(): void { closeSync(this.#file); }
}

/** The same over bytes in memory. */
export function memoryMediaReader(film: Uint8Array): MediaReader {
	return {
		size: film.length,
		read: (offset, length) => {
			const bytes = Promise.resolve(ok(Uint8Array.from(film.subarray(offset, offset + length))));
			return { bytes, due: () => {}, cancel: () => {} };
		},
	};
}
