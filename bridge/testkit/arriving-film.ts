/** A film that arrives when a test says so. */
import type { Bytes } from '../../shared/base/bytes.ts';
import { defer } from '../../shared/base/deferred.ts';
import { fail, ok, type Result } from '../../shared/base/result.ts';
import { shareIdFrom } from '../../shared/protocol/ids.ts';
import type { MediaReader, PendingRead, ReadFault } from '../../shared/ports/media-reader.ts';
import { someBytes } from '../../shared/testkit/test-crypto.ts';
import type { Film } from '../film.ts';

/** A read that was asked for. */
export interface AskedRead {
	readonly offset: number;
	readonly length: number;
	/** When it is due, as it was last said. */
	dueInMs: number;
	isCancelled: boolean;
}

/** Bytes that are here from the start up to where {@link arrive} said. */
export class ArrivingReader implements MediaReader {
	readonly size: number;
	readonly bytes: Bytes;
	readonly reads: AskedRead[] = [];
	#here = 0;
	#fault: ReadFault | undefined;
	readonly #waiting = new Set<() => void>();

	constructor(size: number) {
		this.size = size;
		this.bytes = someBytes(size, 5);
	}

	/** Everything before `to` is here. */
	arrive(to = this.size): void {
		this.#here = to;
		this.#look();
	}

	get isHere(): boolean { return this.#here >= this.size; }

	/** Nothing more comes. */
	end(fault: ReadFault): void {
		this.#fault = fault;
		this.#look();
	}

	read(offset: number, length: number, dueInMs: number): PendingRead {
		const asked: AskedRead = { offset, length, dueInMs, isCancelled: false };
		this.reads.push(asked);
		const { promise, resolve } = defer<Result<Bytes, ReadFault>>();
		const look = () => {
			if (offset + length <= this.#here) resolve(ok(this.bytes.slice(offset, offset + length)));
			else if (this.#fault) resolve(fail(this.#fault));
		};
		this.#waiting.add(look);
		look();
		return {
			bytes: promise,
			due: (inMs) => { asked.dueInMs = inMs; },
			cancel: () => {
				asked.isCancelled = true;
				resolve(fail('cancelled'));
			},
		};
	}

	#look(): void { for (const look of this.#waiting) look(); }
}

/** A film of `size` bytes, none of them here. */
export function arrivingFilm(size: number): { readonly film: Film; readonly reader: ArrivingReader } {
	const reader = new ArrivingReader(size);
	const id = shareIdFrom(new Uint8Array(16).fill(7));
	const about = { id, title: 'A film', type: 'video/mp4', durationSec: 100, root: new Uint8Array(32).fill(3) };
	return { reader, film: { ...about, reader, isWhole: () => reader.isHere } };
}
