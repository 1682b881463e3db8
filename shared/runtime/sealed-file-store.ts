/**
 * The groups of a sealed film that is here as a file: read and encrypted as they are needed, certified by the film's
 * tree. It takes no share key, so anybody who has link and file gives the film on.
 */
import { equalBytes } from '../base/bytes.ts';
import { BitSet } from '../base/bit-set.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { pathCertificate } from '../protocol/certificate.ts';
import type { Layout } from '../protocol/ids.ts';
import { groupRoot, type GroupTree, type Hash } from '../protocol/merkle.ts';
import type { GroupStore, Inventory, StoredGroup, StoreFault } from '../ports/group-store.ts';
import type { LoadedGroup } from '../ports/film-source.ts';
import { wholeGroup } from './certifying-store.ts';

/** What such a store is made of. */
export interface SealedFileInit {
	readonly layout: Layout;
	/** Of the sealed film, every group of which the file had when it was read for it. */
	readonly tree: GroupTree;
	readonly hash: Hash;
	readonly load: (group: number) => Promise<Result<LoadedGroup, StoreFault>>;
}

/** The groups of a film on this device. Nothing is ever written to it. */
export class SealedFileStore implements GroupStore {
	readonly #init: SealedFileInit;

	constructor(init: SealedFileInit) { this.#init = init; }

	inventory(): Promise<Result<Inventory, StoreFault>> {
		return Promise.resolve(ok({ whole: BitSet.full(this.#init.layout.groups).bytes(), partial: new Map() }));
	}

	/** `changed`: the file is no longer the film. */
	async read(group: number): Promise<Result<StoredGroup | undefined, StoreFault>> {
		const { layout, tree, hash, load } = this.#init;
		const loaded = await load(group);
		if (!loaded.ok) return loaded;
		if (!equalBytes(groupRoot(loaded.value.leaves, hash), tree.groupRoot(group))) return fail('changed');
		return ok(wholeGroup(layout, group, { ...loaded.value, certificate: pathCertificate(tree.path(group)) }));
	}

	write(): Promise<Result<void, StoreFault>> { return Promise.resolve(ok(undefined)); }
	remove(): Promise<Result<void, StoreFault>> { return Promise.resolve(ok(undefined)); }

	close(): Promise<void> { return Promise.resolve(); }
}
