/** Walks the outermost boxes of a film with few and small reads. */
import type { Bytes } from '../base/bytes.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { MediaReader, ReadFault } from '../ports/media-reader.ts';
import { boxHeader, MAX_BOX_HEADER_BYTES, viewOf } from './mp4-boxes.ts';

/** Bytes of one look: most `moof`s with the header of the `mdat` before them, and the beginning of most films. */
const WINDOW_BYTES = 64 * 1024;

/** An outermost box. `end` may lie past the film's end: then it is cut off. */
export interface OuterBox { readonly type: string; readonly start: number; readonly body: number; readonly end: number }

/** A look into the film that remembers what it saw last. */
export class BoxWindow {
	readonly #reader: MediaReader;
	#start = 0;
	#bytes: Bytes = new Uint8Array(0);
	constructor(reader: MediaReader) { this.#reader = reader; }

	/** The box that begins at `at`; undefined when none does. */
	async boxAt(at: number): Promise<Result<OuterBox | undefined, ReadFault>> {
		const head = await this.read(at, Math.min(MAX_BOX_HEADER_BYTES, this.#reader.size - at));
		if (!head.ok) return head;
		const box = boxHeader(viewOf(head.value), 0);
		const end = at + (box?.size ? box.size : this.#reader.size - at);
		return ok(box && { type: box.type, start: at, body: at + box.header, end });
	}

	/** A range inside the film: a view of the window, or a read of its own when it is larger. */
	async read(offset: number, length: number): Promise<Result<Bytes, ReadFault>> {
		if (length > WINDOW_BYTES) return this.#reader.read(offset, length, 0).bytes;
		if (offset < this.#start || offset + length > this.#start + this.#bytes.length) {
			const read = await this.#reader.read(offset, Math.min(WINDOW_BYTES, this.#reader.size - offset), 0).bytes;
			if (!read.ok) return fail(read.error);
			this.#start = offset;
			this.#bytes = read.value;
		}
		return ok(this.#bytes.subarray(offset - this.#start, offset - this.#start + length));
	}
}
