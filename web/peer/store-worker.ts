/** The page's side of the store worker: calls, answers, and the buffers that travel between. */
import { fail, type Result } from '../../shared/base/result.ts';
import type { StoreFault } from '../../shared/ports/group-store.ts';
import { SLOT_BYTES } from '../../shared/store/slot-table.ts';
import type { StoreAnswer, StoreCall, StoreRequest, StoreValues } from './store-messages.ts';

/** Buffers kept for the next writes: one being filled, some on their way. */
const SPARES = 4;

type Settle = (result: Result<never, StoreFault>) => void;

/** One per page. */
export class StoreWorker {
	readonly #worker: Worker;
	readonly #calls = new Map<number, Settle>();
	readonly #spares: ArrayBuffer[] = [];
	#lastCall = 0;
	#isDead = false;

	private constructor(worker: Worker) { this.#worker = worker; }

	/** Starts the worker. What it cannot do it will answer. */
	static start(): StoreWorker {
		const worker = new Worker(new URL('./store.worker.ts', import.meta.url), { type: 'module' });
		const started = new StoreWorker(worker);
		worker.addEventListener('message', (event: MessageEvent<StoreAnswer>) => started.#answered(event.data));
		worker.addEventListener('error', () => started.stop());
		return started;
	}

	/** Asks; what `transfer` names is the worker's from now on. */
	ask<T extends StoreRequest['type']>(
		request: Extract<StoreRequest, { type: T }>, transfer: ArrayBuffer[] = [],
	): Promise<Result<StoreValues[T], StoreFault>> {
		if (this.#isDead) return Promise.resolve(fail('gone'));
		return new Promise((resolve) => {
			const call = ++this.#lastCall;
			this.#calls.set(call, resolve); // the worker answers each type with its value
			this.#worker.postMessage({ call, request } satisfies StoreCall, transfer);
		});
	}

	/** Room for one slot, of any content. */
	takeBuffer(): ArrayBuffer { return this.#spares.pop() ?? new ArrayBuffer(SLOT_BYTES); }

	/** Ends the worker; calls under way fail with `gone`, and so do all later ones. */
	stop(): void {
		this.#isDead = true;
		this.#worker.terminate();
		for (const settle of this.#calls.values()) settle(fail('gone'));
		this.#calls.clear();
	}

	#answered({ call, result, spare }: StoreAnswer): void {
		if (spare && this.#spares.length < SPARES) this.#spares.push(spare);
		const settle = this.#calls.get(call);
		this.#calls.delete(call);
		settle?.(result as Result<never, StoreFault>);
	}
}
