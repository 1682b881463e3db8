/** A reader on the other side of a message port: how a worker reads what only the page can fetch. */
import type { Bytes } from '../../shared/base/bytes.ts';
import type { Result } from '../../shared/base/result.ts';
import type { Ms } from '../../shared/base/units.ts';
import type { MediaReader, PendingRead, ReadFault } from '../../shared/ports/media-reader.ts';

type Ask =
	| { readonly type: 'read'; readonly id: number; readonly offset: number; readonly length: number; readonly dueInMs: Ms }
	| { readonly type: 'due'; readonly id: number; readonly dueInMs: Ms }
	| { readonly type: 'cancel'; readonly id: number };

interface Answer { readonly id: number; readonly result: Result<Bytes, ReadFault> }

/** The worker's end. */
export class PortReader implements MediaReader {
	readonly size: number;
	readonly #port: MessagePort;
	readonly #waiting = new Map<number, (result: Result<Bytes, ReadFault>) => void>();
	#lastId = 0;

	constructor(port: MessagePort, size: number) {
		this.#port = port;
		this.size = size;
	}

	/** Once, before the first read. */
	start(): void {
		this.#port.onmessage = ({ data }: MessageEvent<Answer>) => {
			this.#waiting.get(data.id)?.(data.result);
			this.#waiting.delete(data.id);
		};
	}

	read(offset: number, length: number, dueInMs: Ms): PendingRead {
		const id = ++this.#lastId;
		const bytes = new Promise<Result<Bytes, ReadFault>>((settle) => { this.#waiting.set(id, settle); });
		this.#ask({ type: 'read', id, offset, length, dueInMs });
		return {
			bytes,
			due: (inMs) => this.#ask({ type: 'due', id, dueInMs: inMs }),
			cancel: () => this.#ask({ type: 'cancel', id }),
		};
	}

	#ask(ask: Ask): void { this.#port.postMessage(ask); }
}

/** The page's end. Returns what cancels all reads and closes the port. */
export function serveReads(port: MessagePort, reader: MediaReader): () => void {
	const pending = new Map<number, PendingRead>();
	port.onmessage = ({ data }: MessageEvent<Ask>) => {
		if (data.type === 'due') return pending.get(data.id)?.due(data.dueInMs);
		if (data.type === 'cancel') return pending.get(data.id)?.cancel();
		const read = reader.read(data.offset, data.length, data.dueInMs);
		pending.set(data.id, read);
		void read.bytes.then((result) => {
			pending.delete(data.id);
			const answer: Answer = { id: data.id, result };
			port.postMessage(answer, result.ok ? [result.value.buffer] : []);
		});
	};
	return () => {
		for (const read of pending.values()) read.cancel();
		port.close();
	};
}
