/** The groups of one share in the origin-private file system, through the page's store worker. */
import { assert, ok, type Result } from '../../shared/base/result.ts';
import type { GroupStore, Inventory, StoredGroup, StoreFault } from '../../shared/ports/group-store.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import { HASH_BYTES } from '../../shared/protocol/limits.ts';
import { contentOf, packSlot } from '../../shared/store/slot-store.ts';
import { chunksOf } from '../../shared/store/slot-table.ts';
import type { StoreWorker } from './store-worker.ts';

/** One store of a share at a time, in all tabs. */
export class OpfsGroupStore implements GroupStore {
	readonly #worker: StoreWorker;
	readonly #share: ShareId;
	readonly #groups: number;

	private constructor(worker: StoreWorker, share: ShareId, groups: number) {
		this.#worker = worker;
		this.#share = share;
		this.#groups = groups;
	}

	/** `busy`: another tab has it, or this one. `gone`: the browser has no such file system here. */
	static async open(worker: StoreWorker, share: ShareId, groups: number): Promise<Result<OpfsGroupStore, StoreFault>> {
		const opened = await worker.ask({ type: 'open', share });
		return opened.ok ? ok(new OpfsGroupStore(worker, share, groups)) : opened;
	}

	inventory(): Promise<Result<Inventory, StoreFault>> {
		return this.#worker.ask({ type: 'inventory', share: this.#share, groups: this.#groups });
	}

	read(group: number): Promise<Result<StoredGroup | undefined, StoreFault>> {
		return this.#worker.ask({ type: 'read', share: this.#share, group });
	}

	/** Copies the group once, into a buffer that goes to the worker and comes back. */
	write(group: number, stored: StoredGroup): Promise<Result<void, StoreFault>> {
		assert(stored.leaves.length === chunksOf(stored.bytes.length) * HASH_BYTES, 'a group has a leaf for each chunk');
		const image = this.#worker.takeBuffer();
		const { length } = packSlot(stored, image);
		const content = contentOf(group, stored);
		return this.#worker.ask({ type: 'write', share: this.#share, content, image, length }, [image]);
	}

	remove(group: number): Promise<Result<void, StoreFault>> {
		return this.#worker.ask({ type: 'remove', share: this.#share, group });
	}

	async close(): Promise<void> { await this.#worker.ask({ type: 'close', share: this.#share }); }
}
