/** Groups in memory: for tests and for the simulator. */
import { BitSet } from '../base/bit-set.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { GroupStore, Inventory, StoredGroup, StoreFault } from '../ports/group-store.ts';
import { fittingChunks } from '../protocol/fitting-chunks.ts';
import { GROUP_CHUNKS, HASH_BYTES } from '../protocol/limits.ts';
import type { Hash } from '../protocol/merkle.ts';

/** Keeps what it is given for as long as `kept` lives. Every call answers in a microtask. */
export class MemoryGroupStore implements GroupStore {
	/** When set, every call but `close` fails so. */
	fault: StoreFault | undefined;
	readonly #groups: number;
	readonly #kept: Map<number, StoredGroup>;
	readonly #hash: Hash | undefined;

	/**
	 * @param kept - what outlives the store: hand the same map to a second one to play a reload
	 * @param hash - to check what is read, for tests that spoil it; memory does not rot by itself
	 */
	constructor(groups: number, kept = new Map<number, StoredGroup>(), hash?: Hash) {
		this.#groups = groups;
		this.#kept = kept;
		this.#hash = hash;
	}

	inventory(): Promise<Result<Inventory, StoreFault>> {
		const whole = new BitSet(this.#groups);
		const partial = new Map<number, Inventory['whole']>();
		for (const [group, { held, leaves }] of this.#kept) {
			if (BitSet.from(held, GROUP_CHUNKS)?.size === leaves.length / HASH_BYTES) whole.add(group);
			else partial.set(group, held.slice());
		}
		return this.#answer({ whole: whole.bytes(), partial });
	}

	read(group: number): Promise<Result<StoredGroup | undefined, StoreFault>> {
		if (!this.fault) this.#check(group);
		const kept = this.#kept.get(group);
		return this.#answer(kept && copyOf(kept));
	}

	write(group: number, stored: StoredGroup): Promise<Result<void, StoreFault>> {
		if (!this.fault) this.#kept.set(group, copyOf(stored));
		return this.#answer(undefined);
	}

	remove(group: number): Promise<Result<void, StoreFault>> {
		if (!this.fault) this.#kept.delete(group);
		return this.#answer(undefined);
	}

	close(): Promise<void> { return Promise.resolve(); }

	#check(group: number): void {
		const kept = this.#kept.get(group);
		if (!kept || !this.#hash) return;
		const held = fittingChunks(kept, this.#hash);
		if (held.size > 0) this.#kept.set(group, { ...kept, held: held.bytes() });
		else this.#kept.delete(group);
	}

	#answer<T>(value: T): Promise<Result<T, StoreFault>> {
		return Promise.resolve(this.fault ? fail(this.fault) : ok(value));
	}
}

function copyOf({ bytes, held, leaves, certificate }: StoredGroup): StoredGroup {
	return {
		bytes: bytes.slice(), held: held.slice(), leaves: leaves.slice(),
		certificate: { form: certificate.form, bytes: certificate.bytes.slice() },
	};
}
