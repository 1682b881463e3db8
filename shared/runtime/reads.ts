/** Reads of media: each waits until its chunks are held, then gathers and decrypts them. */
import type { Bytes } from '../base/bytes.ts';
import { defer } from '../base/deferred.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Ms } from '../base/units.ts';
import { CHUNK_BYTES, GROUP_BYTES } from '../protocol/limits.ts';
import type { MediaReader, PendingRead, ReadFault } from '../ports/media-reader.ts';

/** What reads need of the peer they belong to. */
export interface ReadHost {
	/** Whether the chunk is held. False too while nothing is known of the share. */
	holds(index: number): boolean;
	/** Makes the chunks wanted, or changes when they are due, or lets go of them. */
	want(read: number, first: number, count: number, dueInMs: Ms): void;
	due(read: number, dueInMs: Ms): void;
	unwant(read: number): void;
	/**
	 * Writes ciphertext of a held group, from `from` on, over all of `into`. `lost`: it is held no longer, and will be
	 * fetched anew when it is wanted.
	 */
	copy(group: number, from: number, into: Bytes): Promise<Result<void, ReadFault | 'lost'>>;
	/** Ciphertext to plain text; `offset` is a multiple of 16. */
	decrypt(offset: number, bytes: Bytes): Promise<Bytes>;
}

interface Waiting {
	readonly first: number;
	readonly end: number;
	missing: number;
	readonly finish: () => void;
	readonly fail: (fault: ReadFault) => void;
}

/** All reads of one share. */
export class Reads implements MediaReader {
	readonly size: number;
	readonly #host: ReadHost;
	readonly #waiting = new Map<number, Waiting>();
	#next = 0;
	#fault: ReadFault | undefined;

	constructor(size: number, host: ReadHost) {
		this.size = size;
		this.#host = host;
	}

	/** Reads that still wait for a chunk. */
	get waiting(): number { return this.#waiting.size; }

	read(offset: number, length: number, dueInMs: Ms): PendingRead {
		const end = Math.min(this.size, offset + length);
		if (length === 0 || offset >= end) return settled(ok(new Uint8Array(0)));
		const { promise, resolve } = defer<Result<Bytes, ReadFault>>();
		let read = -1;
		const begin = (inMs: Ms) => {
			read = this.#next++;
			this.#begin(read, { offset, end, dueInMs: inMs }, { finish, fail: failed });
		};
		const finish = () => {
			this.#end(read);
			void this.#gather(offset, end).then((gathered) => {
				if (gathered.ok) resolve(gathered);
				else if (gathered.error !== 'lost') resolve(fail(gathered.error));
				else begin(0);
			});
		};
		const failed = (fault: ReadFault) => {
			this.#end(read);
			resolve(fail(fault));
		};
		begin(dueInMs);
		return {
			bytes: promise,
			due: (inMs) => { if (this.#waiting.has(read)) this.#host.due(read, inMs); },
			cancel: () => failed('cancelled'),
		};
	}

	/** A chunk is held from now on. */
	held(index: number): void {
		for (const waiting of [...this.#waiting.values()]) {
			if (index < waiting.first || index >= waiting.end) continue;
			waiting.missing -= 1;
			if (waiting.missing === 0) waiting.finish();
		}
	}

	/** Chunks may be lacking again that were held, or be held all at once: reads count anew. */
	recount(): void {
		for (const waiting of [...this.#waiting.values()]) {
			waiting.missing = this.#missing(waiting.first, waiting.end);
			if (waiting.missing === 0) waiting.finish();
		}
	}

	/** Nothing more will come. */
	close(fault: ReadFault): void {
		this.#fault = fault;
		for (const waiting of [...this.#waiting.values()]) waiting.fail(fault);
	}

	#begin(
		read: number, range: { offset: number; end: number; dueInMs: Ms }, on: Pick<Waiting, 'finish' | 'fail'>,
	): void {
		if (this.#fault) return on.fail(this.#fault);
		const first = Math.floor(range.offset / CHUNK_BYTES);
		const end = Math.ceil(range.end / CHUNK_BYTES);
		const missing = this.#missing(first, end);
		this.#waiting.set(read, { first, end, missing, ...on });
		if (missing === 0) on.finish();
		else this.#host.want(read, first, end - first, range.dueInMs);
	}

	/** Nobody waits for it any longer. */
	#end(read: number): void {
		if (this.#waiting.delete(read)) this.#host.unwant(read);
	}

	#missing(first: number, end: number): number {
		let missing = 0;
		for (let index = first; index < end; index++) if (!this.#host.holds(index)) missing += 1;
		return missing;
	}

	async #gather(offset: number, end: number): Promise<Result<Bytes, ReadFault | 'lost'>> {
		const start = offset - (offset % 16); // AES-CTR decrypts from any whole block on
		const sealed = new Uint8Array(end - start);
		for (let at = start; at < end;) {
			const group = Math.floor(at / GROUP_BYTES);
			const to = Math.min(end, (group + 1) * GROUP_BYTES);
			const copied = await this.#host.copy(group, at - group * GROUP_BYTES, sealed.subarray(at - start, to - start));
			if (!copied.ok) return copied;
			at = to;
		}
		const plain = await this.#host.decrypt(start, sealed);
		return ok(start === offset ? plain : plain.slice(offset - start));
	}
}

function settled(result: Result<Bytes, ReadFault>): PendingRead {
	return { bytes: Promise.resolve(result), due: () => undefined, cancel: () => undefined };
}
