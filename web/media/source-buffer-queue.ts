/** One SourceBuffer, one operation at a time, in order. What was queued before a seek can be dropped whole. */
import type { Bytes } from '../../shared/base/bytes.ts';
import { fail, ok, type Result } from '../../shared/base/result.ts';
import type { Seconds } from '../../shared/media/film.ts';
import { type Span, spansOf } from './buffer-window.ts';

/**
 * Why an operation failed. `full`: the browser has no room. `dropped`: not wanted any more. `broken`: the buffer is.
 */
export type BufferFault = 'full' | 'dropped' | 'broken';

interface Operation { readonly run: () => void; readonly settle: (result: Result<void, BufferFault>) => void }

/** Wraps a SourceBuffer that nobody else touches. */
export class SourceBufferQueue {
	readonly #buffer: SourceBuffer;
	#queue: Operation[] = [];
	#running: Operation | undefined;
	#isClosed = false;

	constructor(buffer: SourceBuffer) { this.#buffer = buffer; }

	/** Once, before anything else. */
	start(): void {
		this.#buffer.addEventListener('updateend', () => this.#finish(ok(undefined)));
		this.#buffer.addEventListener('error', () => this.#finish(fail('broken')));
	}

	get isIdle(): boolean { return !this.#running && this.#queue.length === 0; }

	/** What is in the buffer; nothing once it is detached. */
	get spans(): readonly Span[] {
		try {
			return spansOf(this.#buffer.buffered);
		} catch {
			return []; // a buffer removed from its media source throws
		}
	}

	/** `offset`: what the browser adds to the fragment's times; `undefined` leaves it. */
	append(bytes: Bytes, offset?: Seconds): Promise<Result<void, BufferFault>> {
		return this.#add(() => {
			if (offset !== undefined && this.#buffer.timestampOffset !== offset) this.#buffer.timestampOffset = offset;
			this.#buffer.appendBuffer(bytes);
		});
	}

	remove({ from, to }: Span): Promise<Result<void, BufferFault>> {
		return this.#add(() => this.#buffer.remove(from, to));
	}

	/** The next appends are of another type. */
	changeType(mime: string): Promise<Result<void, BufferFault>> {
		return this.#add(() => {
			this.#buffer.changeType(mime);
			queueMicrotask(() => this.#finish(ok(undefined))); // no event follows
		});
	}

	/** Drops what has not begun. */
	clear(): void {
		for (const operation of this.#queue.splice(0)) operation.settle(fail('dropped'));
	}

	/** Nothing runs after this. */
	close(): void {
		this.#isClosed = true;
		this.clear();
		this.#finish(fail('dropped'));
	}

	#add(run: () => void): Promise<Result<void, BufferFault>> {
		return new Promise((settle) => {
			this.#queue.push({ run, settle });
			this.#next();
		});
	}

	#next(): void {
		if (this.#running) return;
		this.#running = this.#queue.shift();
		if (!this.#running) return;
		if (this.#isClosed) return this.#finish(fail('dropped'));
		try {
			this.#running.run();
		} catch (error) {
			const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
			this.#finish(fail(isFull ? 'full' : 'broken'));
		}
	}

	#finish(result: Result<void, BufferFault>): void {
		const done = this.#running;
		this.#running = undefined;
		done?.settle(result);
		this.#next();
	}
}
