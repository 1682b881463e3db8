/**
 * Finds the root of every group of a film I share, by reading it once in the background. What was found is kept in
 * batches, so that a reload goes on where the last visit ended. It loses no safety to believe them: a group is checked
 * against its root whenever it is served, and one that differs is not shared.
 */
import { equalBytes, type Bytes } from '../base/bytes.ts';
import { ok, type Result } from '../base/result.ts';
import type { StoreFault } from '../ports/group-store.ts';
import type { ShareId } from '../protocol/ids.ts';
import { HASH_BYTES } from '../protocol/limits.ts';
import type { FilmSource, SealStep } from '../ports/film-source.ts';
import type { CertifiedGroup } from './certifying-store.ts';

/** Groups whose roots are kept at once: a second of reading, so that a reload costs a second and a disk little. */
export const BATCH_GROUPS = 64;

/** What is kept of a share's roots. */
export interface RootRecords {
	/** What was certified of groups `from` to `to` - 1. */
	certifiedIn(share: ShareId, from: number, to: number): Promise<ReadonlyMap<number, CertifiedGroup>>;
	/** Roots found so far, of all groups from the first on; 32 bytes each. */
	foundRoots(share: ShareId): Promise<Bytes>;
	/** Keeps the roots of the groups from `first` on. */
	putFoundRoots(share: ShareId, first: number, roots: Bytes): Promise<unknown>;
	forgetFoundRoots(share: ShareId): Promise<void>;
}

/** What a sealing pass is made of. */
export interface SealingInit {
	readonly share: ShareId;
	/** Of the whole film: 1 or more. */
	readonly groups: number;
	readonly records: RootRecords;
}

/** The group roots of one share of mine, as far as they are known. */
export class Sealing {
	readonly #init: SealingInit;
	readonly #roots: Bytes;
	#found = 0;

	constructor(init: SealingInit) {
		this.#init = init;
		this.#roots = new Uint8Array(init.groups * HASH_BYTES);
	}

	/** How many groups, from the first on, have their roots found. */
	get found(): number { return this.#found; }
	/** The same as a part of the film, 0 to 1. */
	get fraction(): number { return this.#found / this.#init.groups; }

	/** Undefined until it is found. */
	rootOf(group: number): Bytes | undefined {
		return group < this.#found ? this.#roots.slice(group * HASH_BYTES, (group + 1) * HASH_BYTES) : undefined;
	}

	/** Takes up what former visits found: of a sealed share all its `published` roots, of others what was kept. */
	async takeUp(published: Bytes | undefined): Promise<void> {
		const roots = published ?? await this.#init.records.foundRoots(this.#init.share);
		if (roots.length > this.#roots.length) return; // not of this film
		this.#roots.set(roots);
		this.#found = roots.length / HASH_BYTES;
	}

	/** The film may be another than the one that was read: all is found again. */
	async startOver(): Promise<void> {
		this.#found = 0;
		await this.#init.records.forgetFoundRoots(this.#init.share);
	}

	/**
	 * Reads on to the film's end.
	 *
	 * @param progress - told after each group
	 * @returns all roots; `changed` when a group is not what was certified, after which nothing found is believed
	 */
	async run(source: Pick<FilmSource, 'seal'>, progress: () => void): Promise<Result<Bytes, StoreFault>> {
		let kept = this.#found;
		const sealed = await source.seal(this.#found, async (group, root) => {
			this.#roots.set(root, group * HASH_BYTES);
			this.#found = group + 1;
			progress();
			if (this.#found % BATCH_GROUPS !== 0 && this.#found < this.#init.groups) return 'go-on';
			const step = await this.#keep(kept);
			kept = this.#found;
			return step;
		});
		if (sealed.ok) return ok(this.#roots);
		if (sealed.error === 'changed') await this.startOver();
		return sealed;
	}

	/** Keeps the batch that begins at `first`, if whatever was certified in it is the same. */
	async #keep(first: number): Promise<SealStep> {
		const { records, share } = this.#init;
		for (const [group, { root }] of await records.certifiedIn(share, first, this.#found)) {
			if (!equalBytes(root, this.#roots.subarray(group * HASH_BYTES, (group + 1) * HASH_BYTES))) return 'changed';
		}
		await records.putFoundRoots(share, first, this.#roots.slice(first * HASH_BYTES, this.#found * HASH_BYTES));
		return 'go-on';
	}
}
