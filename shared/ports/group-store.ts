/**
 * Where the groups of one share come from and go to: a viewer's disk, or a sharer's file. Groups are ciphertext, as
 * sent. `testkit/group-store-contract.ts` is the suite of those that keep what they are given.
 */
import type { Bytes } from '../base/bytes.ts';
import type { Result } from '../base/result.ts';
import type { Certificate } from '../protocol/peer-message.ts';

/** A group or a part of one. Chunk k lies at `k × 8192` of `bytes`; what `held` does not name is undefined there. */
export interface StoredGroup {
	/** As long as the group, whatever part of it is held. */
	readonly bytes: Bytes;
	/** Bit k: chunk k is here and verified. `CHUNK_SET_BYTES` long. */
	readonly held: Bytes;
	/** All leaf hashes of the group, 32 bytes each. */
	readonly leaves: Bytes;
	readonly certificate: Certificate;
}

/** What a store holds, without the bytes. `whole`: bit g says group g is complete. `partial`: chunk sets by group. */
export interface Inventory { readonly whole: Bytes; readonly partial: ReadonlyMap<number, Bytes> }

/**
 * Why a store failed. `full`: no room. `gone`: the file or the store vanished. `changed`: the file is not what was
 * signed. `lost`: what was written cannot be read back. `busy`: another tab has it.
 */
export type StoreFault = 'full' | 'gone' | 'changed' | 'lost' | 'busy';

/** The groups of one share. Calls may overlap; a group read after a write of it has settled sees that write. */
export interface GroupStore {
	/** What is here at the start. Before any other call. */
	inventory(): Promise<Result<Inventory, StoreFault>>;
	/**
	 * A group, with its leaves and certificate; undefined when nothing of it is here. What a disk gives back is checked:
	 * a chunk that does not fit its leaf is not `held`, neither here nor in any later inventory.
	 */
	read(group: number): Promise<Result<StoredGroup | undefined, StoreFault>>;
	/**
	 * Keeps a group, replacing what was there. Survives a crash once settled: either all of the new or all of the old.
	 */
	write(group: number, stored: StoredGroup): Promise<Result<void, StoreFault>>;
	/** Forgets a group. */
	remove(group: number): Promise<Result<void, StoreFault>>;
	/** Settles after all that was begun. No call after it. */
	close(): Promise<void>;
}
