/**
 * The groups of one share in two files: slots, and the table that says what they hold. A group is written to a free
 * slot, never over its old one; then the slots are flushed, then its entry is written, then the table is flushed. A
 * crash at any point leaves all of the new or all of the old. Whatever else happens to the files, each read compares
 * what it finds with its leaves, and takes what does not fit off the table.
 */
import { BitSet } from '../../shared/base/bit-set.ts';
import { equalBytes, type Bytes } from '../../shared/base/bytes.ts';
import { fail, ok, type Result } from '../../shared/base/result.ts';
import type { Inventory, StoredGroup, StoreFault } from '../../shared/ports/group-store.ts';
import { CHUNK_SET_BYTES } from '../../shared/protocol/peer-message.ts';
import { fittingChunks, proofDigest } from '../../shared/protocol/fitting-chunks.ts';
import { HASH_BYTES } from '../../shared/protocol/limits.ts';
import type { Hash } from '../../shared/protocol/merkle.ts';
import {
	CERTIFICATE_AT, chunksOf, ENTRY_BYTES, entryBytes, isWhole, PROOF_ROOM, SLOT_BYTES, SlotTable,
	type ProvenContent, type Slot, type SlotContent,
} from './slot-table.ts';

/** What we use of a `FileSystemSyncAccessHandle`. */
export interface SyncFile {
	read(into: Bytes, options: { at: number }): number;
	write(bytes: Bytes, options: { at: number }): number;
	flush(): void;
	getSize(): number;
	close(): void;
}

/** A change to make. `image`: the slot as it shall be, from its first byte to the last of the group. */
export type Change =
	| { readonly type: 'write'; readonly content: SlotContent; readonly image: Bytes }
	| { readonly type: 'remove'; readonly group: number };

/** A change under way: which entry it makes, or why it cannot be made. */
interface Step { readonly change: Change; entry?: Slot; fault?: StoreFault }

/** Synchronous; for a worker. */
export class SlotStore {
	readonly #slots: SyncFile;
	readonly #table: SyncFile;
	readonly #hash: Hash;
	readonly #places: SlotTable;

	/** Reads the table: 64 bytes for each MiB. */
	constructor(slots: SyncFile, table: SyncFile, hash: Hash) {
		this.#slots = slots;
		this.#table = table;
		this.#hash = hash;
		const found = new Uint8Array(table.getSize());
		const bytes = found.subarray(0, table.read(found, { at: 0 }));
		const end = slots.getSize();
		this.#places = new SlotTable(bytes, (slot, { length }) => slot * SLOT_BYTES + PROOF_ROOM + length <= end);
		attempt(() => this.#clear(this.#places.stale)); // if it fails, so will the next write, which says so
	}

	/** What is here of the first `groups` groups. */
	inventory(groups: number): Inventory {
		const whole = new BitSet(groups);
		const partial = new Map<number, Bytes>();
		for (const slot of this.#places.slots()) {
			if (slot.group >= groups) continue;
			if (isWhole(slot)) whole.add(slot.group);
			else partial.set(slot.group, slot.held);
		}
		return { whole: whole.bytes(), partial };
	}

	/** What of a group is still as it was written, in fresh memory; undefined when nothing is. */
	read(group: number): Result<StoredGroup | undefined, StoreFault> {
		const slot = this.#places.get(group);
		if (!slot) return ok(undefined);
		const image = new Uint8Array(PROOF_ROOM + slot.length);
		const got = attempt(() => this.#slots.read(image, { at: slot.slot * SLOT_BYTES })); // zeros past the file's end
		if (!got.ok) return got;
		const stored = groupIn(image, slot);
		const held = checked(stored, slot, this.#hash);
		if (!equalBytes(held, slot.held)) this.#amend(slot, held);
		return ok(this.#places.get(group) && { ...stored, held });
	}

	/** Makes changes in order; many at once cost two flushes. Each has its own result. */
	commit(changes: readonly Change[]): Result<void, StoreFault>[] {
		const steps = changes.map((change): Step => this.#writeSlot(change));
		const flushed = attempt(() => this.#slots.flush());
		for (const step of steps) this.#writeEntry(step, flushed);
		const durable = attempt(() => this.#table.flush());
		const freed = steps.flatMap((step) => this.#settle(step, durable));
		const cleared = attempt(() => {
			this.#clear(freed);
			// A removal counts once the entry is off the disk, and older ones of its group were before: the flush above.
			if (changes.some((change) => change.type === 'remove')) this.#table.flush();
		});
		for (const slot of freed) this.#places.release(slot);
		return steps.map(({ change, fault }) => {
			if (fault) return fail(fault);
			return change.type === 'remove' && !cleared.ok ? cleared : ok(undefined);
		});
	}

	/** No call after it. */
	close(): void {
		this.#slots.close();
		this.#table.close();
	}

	/**
	 * Less of a slot is what it was. Its entry is written anew in its place and not flushed: after a crash, or when it
	 * cannot be written, the next read finds the same.
	 */
	#amend(slot: Slot, held: Bytes): void {
		const isGone = held.every((byte) => byte === 0);
		const entry = this.#places.place(slot.slot, { ...slot, held });
		if (isGone) this.#places.drop(slot.group);
		else this.#places.put(entry);
		const bytes = isGone ? new Uint8Array(ENTRY_BYTES) : entryBytes(entry);
		attempt(() => this.#table.write(bytes, { at: slot.slot * ENTRY_BYTES }));
		if (isGone) this.#places.release(slot.slot);
	}

	#clear(slots: readonly number[]): void {
		for (const slot of slots) this.#table.write(new Uint8Array(ENTRY_BYTES), { at: slot * ENTRY_BYTES });
	}

	#writeSlot(change: Change): Step {
		if (change.type === 'remove') return { change };
		const slot = this.#places.take();
		const written = attempt(() => this.#slots.write(change.image, { at: slot * SLOT_BYTES }));
		if (written.ok && written.value === change.image.length) {
			const { leaves, certificate } = groupIn(change.image, change.content);
			const proof = proofDigest(leaves, certificate.bytes, this.#hash);
			return { change, entry: this.#places.place(slot, { ...change.content, proof }) };
		}
		this.#places.release(slot);
		return { change, fault: written.ok ? 'full' : written.error };
	}

	#writeEntry(step: Step, flushed: Result<void, StoreFault>): void {
		const { entry } = step;
		if (!entry) return;
		const written = flushed.ok
			? attempt(() => this.#table.write(entryBytes(entry), { at: entry.slot * ENTRY_BYTES }))
			: flushed;
		if (!written.ok) step.fault = written.error;
		else if (written.value !== ENTRY_BYTES) step.fault = 'full';
	}

	/** Takes a change over into memory; returns the slot that nothing points at any more. */
	#settle(step: Step, durable: Result<void, StoreFault>): number[] {
		if (!durable.ok) step.fault ??= durable.error;
		const { change, entry, fault } = step;
		if (fault) return entry ? [entry.slot] : [];
		const before = entry ? this.#places.put(entry) : change.type === 'remove' && this.#places.drop(change.group);
		return typeof before === 'number' ? [before] : [];
	}
}

/** Lays a group out as its slot will hold it, at the start of `room`. */
export function packSlot(stored: StoredGroup, room: ArrayBuffer): Bytes {
	const image = new Uint8Array(room, 0, PROOF_ROOM + stored.bytes.length);
	image.set(stored.leaves, 0);
	image.set(stored.certificate.bytes, CERTIFICATE_AT);
	image.set(stored.bytes, PROOF_ROOM);
	return image;
}

/** What the table shall say of a group. */
export function contentOf(group: number, stored: StoredGroup): SlotContent {
	const { bytes, held, certificate } = stored;
	return { group, length: bytes.length, held, form: certificate.form, certificateBytes: certificate.bytes.length };
}

/** The chunks of a group that still fit, given that its proof does. None, when they cannot be told. */
export function checked(stored: StoredGroup, { length, proof }: ProvenContent, hash: Hash): Bytes {
	const { bytes, leaves, certificate } = stored;
	const isProven = bytes.length === length && equalBytes(proofDigest(leaves, certificate.bytes, hash), proof);
	return isProven ? fittingChunks(stored, hash).bytes() : new Uint8Array(CHUNK_SET_BYTES);
}

/** Views on a slot's image. */
function groupIn(image: Bytes, { length, held, form, certificateBytes }: SlotContent): StoredGroup {
	return {
		bytes: image.subarray(PROOF_ROOM, PROOF_ROOM + length), held: held.slice(),
		leaves: image.subarray(0, chunksOf(length) * HASH_BYTES),
		certificate: { form, bytes: image.subarray(CERTIFICATE_AT, CERTIFICATE_AT + certificateBytes) },
	};
}

/** What a file does, or why it does not. */
function attempt<T>(action: () => T): Result<T, StoreFault> {
	try {
		return ok(action());
	} catch (error) {
		return fail(faultOf(error));
	}
}

/** What an exception of the platform's storage means. */
export function faultOf(error: unknown): StoreFault {
	switch (error instanceof Error ? error.name : '') {
		case 'QuotaExceededError': return 'full';
		case 'NoModificationAllowedError': return 'busy';
		case 'NotReadableError': case 'DataError': return 'lost';
		default: return 'gone';
	}
}
