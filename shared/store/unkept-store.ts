/**
 * Where nothing can be kept: no room for even a file, or a browser that gives a page no storage. The film plays all the
 * same.
 */
import { BitSet } from '../base/bit-set.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { GroupStore, Inventory, StoredGroup, StoreFault } from '../ports/group-store.ts';

/** Empty, and stays so. What is watched lives in the node's memory for a while. */
export class UnkeptStore implements GroupStore {
	readonly #groups: number;
	readonly #why: StoreFault;

	/**
	 * @param groups - how many groups the share has
	 * @param why - nothing can be kept: what each write is told
	 */
	constructor(groups: number, why: StoreFault) {
		this.#groups = groups;
		this.#why = why;
	}

	inventory(): Promise<Result<Inventory, StoreFault>> {
		return Promise.resolve(ok({ whole: new BitSet(this.#groups).bytes(), partial: new Map() }));
	}

	read(): Promise<Result<StoredGroup | undefined, StoreFault>> { return Promise.resolve(ok(undefined)); }
	write(): Promise<Result<void, StoreFault>> { return Promise.resolve(fail(this.#why)); }
	remove(): Promise<Result<void, StoreFault>> { return Promise.resolve(ok(undefined)); }
	close(): Promise<void> { return Promise.resolve(); }
}
