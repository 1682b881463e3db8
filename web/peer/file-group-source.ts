/**
 * A film on a sharer's disk as groups: read when somebody needs them, never kept. The file is not copied and not held
 * in memory, so its size does not matter.
 */
import type { Bytes } from '../../shared/base/bytes.ts';
import { fail, ok, type Result } from '../../shared/base/result.ts';
import type { StoreFault } from '../../shared/ports/group-store.ts';
import { Layout } from '../../shared/protocol/ids.ts';
import type { FilmSource, LoadedGroup, SealStep } from '../../shared/ports/film-source.ts';
import type { SourceAnswer, SourceCall } from './file-source.worker.ts';

/** Groups that the sealing pass has under way: one is read while another is hashed. */
const SEALING_AHEAD = 3;

type Settle = (result: Result<never, StoreFault>) => void;

/** Has a worker of its own, from the first call until it is closed. */
export class FileGroupSource implements FilmSource {
	readonly #file: File;
	readonly #contentKey: Bytes;
	readonly #calls = new Map<number, Settle>();
	readonly #groups: number;
	#worker: Worker | undefined;
	#lastCall = 0;
	#isClosed = false;

	/** @param file - at least one byte long @param contentKey - 32 bytes, of this file alone */
	constructor(file: File, contentKey: Bytes) {
		this.#file = file;
		this.#contentKey = contentKey;
		this.#groups = new Layout(file.size).groups;
	}

	loadGroup(group: number): Promise<Result<LoadedGroup, StoreFault>> { return this.#ask<LoadedGroup>('load', group); }

	async seal(
		first: number, each: (group: number, root: Bytes) => Promise<SealStep>,
	): Promise<Result<void, StoreFault>> {
		const roots: Promise<Result<Bytes, StoreFault>>[] = [];
		for (let group = first; group < this.#groups; group++) {
			const ahead = Math.min(this.#groups, group + SEALING_AHEAD);
			while (group + roots.length < ahead) roots.push(this.#ask<Bytes>('root', group + roots.length));
			const root = await roots.shift();
			if (!root?.ok) return root ?? fail('gone');
			if (await each(group, root.value) === 'changed') return fail('changed');
		}
		return ok(undefined);
	}

	/** What is under way fails with `gone`. */
	close(): void {
		this.#isClosed = true;
		this.#worker?.terminate();
		for (const settle of this.#calls.values()) settle(fail('gone'));
		this.#calls.clear();
	}

	#ask<T extends LoadedGroup | Bytes>(type: 'load' | 'root', group: number): Promise<Result<T, StoreFault>> {
		if (this.#isClosed) return Promise.resolve(fail('gone'));
		return new Promise((resolve) => {
			const call = ++this.#lastCall;
			this.#calls.set(call, resolve); // the worker answers each kind of call with its kind of value
			this.#post({ type, call, group }, this.#worker ??= this.#start());
		});
	}

	#answered({ call, result }: SourceAnswer): void {
		const settle = this.#calls.get(call);
		this.#calls.delete(call);
		settle?.(result as Result<never, StoreFault>);
	}

	#start(): Worker {
		const worker = new Worker(new URL('./file-source.worker.ts', import.meta.url), { type: 'module' });
		worker.onmessage = (event: MessageEvent<SourceAnswer>) => this.#answered(event.data);
		worker.onerror = () => this.close();
		this.#post({ type: 'start', file: this.#file, contentKey: this.#contentKey }, worker);
		return worker;
	}

	#post(call: SourceCall, worker: Worker): void { worker.postMessage(call); }
}
