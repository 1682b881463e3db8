/**
 * The groups of one share in two files: slots, and the table that says what they hold. A group is written to a free
 * slot, never over its old one; then the slots are flushed, then its entry is written, then the table is flushed. A
 * crash at any point leaves all of the new or all of the old. Whatever else happens to the files, each read compares
 * what it finds with its leaves, and takes what does not fit off the table.
 */
import { BitSet } from '../base/bit-set.ts';
import { equalBytes, type Bytes } from '../base/bytes.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Inventory, StoredGroup, StoreFault } from '../ports/group-store.ts';
import { CHUNK_SET_BYTES } from '../protocol/peer-message.ts';
import { fittingChunks, proofDigest } from '../protocol/fitting-chunks.ts';
import { HASH_BYTES } from '../protocol/limits.ts';
import type { Hash } from '../protocol/merkle.ts';
import {
	CERTIFICATE_AT, chunksOf, ENTRY_BYTES, entryBytes, isWhole, PROOF_ROOM, SLOT_BYTES, SlotTable,
	type ProvenContent, type Slot, type SlotContent,
} from './slot-table.ts';

/**
 * A file, read and written in place. A `FileSystemSyncAccessHandle` does everything at once, others promise it. What it
 * cannot do it throws, by the names of the File System standard: `QuotaExceededError`, `NotReadableError` and so on.
 */
export interface BlockFile {
	read(into: Bytes, options: { at: number }): number | Promise<number>;
	write(bytes: Bytes, options: { at: number }): number | Promise<number>;
	flush(): void | Promise<void>;
	getSize(): number | Promise<number>;
	close(): void | Promise<void>;
}

/** The two files of a store. */
export interface SlotFiles { readonly slots: BlockFile; readonly table: BlockFile }

/** A change to make. `image`: the slot as it shall be, from its first byte to the last of the group. */
export type Change =
	| { readonly type: 'write'; readonly content: SlotContent; readonly image: Bytes }
	| { readonly type: 'remove'; readonly group: number };

/** A change under way: which entry it makes, or why it cannot be made. */
interface Step { readonly change: Change; entry?: Slot; fault?: StoreFault }

/** Changes are made one after the other; reads go on beside them. */
export class SlotStore {
	readonly #slots: BlockFile;
	readonly #table: BlockFile;
	readonly #hash: Hash;
	readonly #places: SlotTable;
	readonly #reading = new Set<Promise<unknown>>();
	#turn: Promise<unknown> = Promise.resolve();

	private constructor({ slots, table }: SlotFiles, places: SlotTable, hash: Hash) {
		this.#slots = slots;
		this.#table = table;
		this.#places = places;
		this.#hash = hash;
	}

	/** Reads the table: 64 bytes for each MiB. The files are the store's from now on. */
	static async open(files: SlotFiles, hash: Hash): Promise<Result<SlotStore, StoreFault>> {
		return attempt(async () => {
			const found = new Uint8Array(await files.table.getSize());
			const bytes = found.subarray(0, await files.table.read(found, { at: 0 }));
			const end = await files.slots.getSize();
			const places = new SlotTable(bytes, (slot, { length }) => slot * SLOT_BYTES + PROOF_ROOM + length <= end);
			const store = new SlotStore(files, places, hash);
			await attempt(() => store.#clear(places.stale)); // if it fails, so will the next write, which says so
			return store;
		});
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
	async read(group: number): Promise<Result<StoredGroup | undefined, StoreFault>> {
		const slot = this.#places.get(group);
		if (!slot) return ok(undefined);
		const image = new Uint8Array(PROOF_ROOM + slot.length);
		const reading = attempt(() => this.#slots.read(image, { at: slot.slot * SLOT_BYTES })); // zeros past the file's end
		this.#reading.add(reading);
		const got = await reading;
		this.#reading.delete(reading);
		if (!got.ok) return got;
		const stored = groupIn(image, slot);
		const held = checked(stored, slot, this.#hash);
		if (!equalBytes(held, slot.held)) await this.#inTurn(() => this.#amend(slot, held));
		return ok(isNothing(held) ? undefined : { ...stored, held });
	}

	/** Makes changes in order; many at once cost two flushes. Each has its own result. */
	commit(changes: readonly Change[]): Promise<Result<void, StoreFault>[]> {
		return this.#inTurn(async () => {
			const steps: Step[] = [];
			for (const change of changes) steps.push(await this.#writeSlot(change));
			const flushed = await attempt(() => this.#slots.flush());
			for (const step of steps) await this.#writeEntry(step, flushed);
			const durable = await attempt(() => this.#table.flush());
			const freed = steps.flatMap((step) => this.#settle(step, durable));
			const cleared = await attempt(async () => {
				await this.#clear(freed);
				// A removal counts once the entry is off the disk, and older ones of its group were before: the flush above.
				if (changes.some((change) => change.type === 'remove')) await this.#table.flush();
			});
			await this.#release(freed);
			return steps.map(({ change, fault }) => {
				if (fault) return fail(fault);
				return change.type === 'remove' && !cleared.ok ? cleared : ok(undefined);
			});
		});
	}

	/** After what was begun. No call after it. */
	async close(): Promise<void> {
		await this.#inTurn(async () => {
			await Promise.all(this.#reading);
			await Promise.all([attempt(() => this.#slots.close()), attempt(() => this.#table.close())]);
		});
	}

	/**
	 * Less of a slot is what it was. Its entry is written anew in its place and not flushed: after a crash, or when it
	 * cannot be written, the next read finds the same. If the group was written anew meanwhile, that stands.
	 */
	async #amend(slot: Slot, held: Bytes): Promise<void> {
		if (this.#places.get(slot.group) !== slot) return;
		const isGone = isNothing(held);
		const entry = this.#places.place(slot.slot, { ...slot, held });
		if (isGone) this.#places.drop(slot.group);
		else this.#places.put(entry);
		const bytes = isGone ? new Uint8Array(ENTRY_BYTES) : entryBytes(entry);
		await attempt(() => this.#table.write(bytes, { at: slot.slot * ENTRY_BYTES }));
		if (isGone) await this.#release([slot.slot]);
	}

	async #clear(slots: readonly number[]): Promise<void> {
		for (const slot of slots) await this.#table.write(new Uint8Array(ENTRY_BYTES), { at: slot * ENTRY_BYTES });
	}

	/** Nothing points at these slots any more; whoever is reading one reads it to its end. */
	async #release(slots: readonly number[]): Promise<void> {
		if (slots.length > 0) await Promise.all(this.#reading);
		for (const slot of slots) this.#places.release(slot);
	}

	async #writeSlot(change: Change): Promise<Step> {
		if (change.type === 'remove') return { change };
		const slot = this.#places.take();
		const written = await attempt(() => this.#slots.write(change.image, { at: slot * SLOT_BYTES }));
		if (written.ok && written.value === change.image.length) {
			const { leaves, certificate } = groupIn(change.image, change.content);
			const proof = proofDigest(leaves, certificate.bytes, this.#hash);
			return { change, entry: this.#places.place(slot, { ...change.content, proof }) };
		}
		this.#places.release(slot);
		return { change, fault: written.ok ? 'full' : written.error };
	}

	async #writeEntry(step: Step, flushed: Result<void, StoreFault>): Promise<void> {
		const { entry } = step;
		if (!entry) return;
		const written = flushed.ok
			? await attempt(() => this.#table.write(entryBytes(entry), { at: entry.slot * ENTRY_BYTES }))
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

	#inTurn<T>(action: () => Promise<T>): Promise<T> {
		const result = this.#turn.then(action);
		this.#turn = result; // what files do not do is a result: an exception is a bug, and ends the turns
		return result;
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

function isNothing(held: Bytes): boolean { return held.every((byte) => byte === 0); }

/** What a file does, or why it does not. */
async function attempt<T>(action: () => T | Promise<T>): Promise<Result<T, StoreFault>> {
	try {
		return ok(await action());
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
