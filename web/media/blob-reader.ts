/** Reads a film that lies in a file on this device. */
import { fail, ok } from '../../shared/base/result.ts';
import type { MediaReader, PendingRead, ReadFault } from '../../shared/ports/media-reader.ts';

/** Slices of a `Blob`. A file that is deleted, or changed since it was chosen, says so. */
export class BlobReader implements MediaReader {
	readonly #blob: Blob;
	constructor(blob: Blob) { this.#blob = blob; }

	get size(): number { return this.#blob.size; }

	read(offset: number, length: number): PendingRead {
		let isCancelled = false;
		const bytes = this.#blob.slice(offset, offset + length).arrayBuffer().then((buffer) => {
			if (isCancelled) return fail('cancelled' as const);
			return buffer.byteLength === length ? ok(new Uint8Array(buffer)) : fail('changed' as const);
		}, (error: unknown) => fail(isCancelled ? 'cancelled' : faultOf(error)));
		return { bytes, due: () => {}, cancel: () => { isCancelled = true; } };
	}
}

/** Browsers report a changed file as not readable (File API §"snapshot state"). */
function faultOf(error: unknown): ReadFault {
	return error instanceof DOMException && error.name === 'NotFoundError' ? 'gone' : 'changed';
}
