/**
 * Which slot of a share's file holds which group. A table of 64-byte entries, entry k for slot k, each with a checksum
 * and a number that only grows: what a crash tore is no entry, and of two entries for one group the later counts. So
 * an entry is written in one piece or not at all, and nothing has ever to be compacted.
 */
import { BitSet } from '../base/bit-set.ts';
import { ByteReader, ByteWriter, type Bytes } from '../base/bytes.ts';
import { CHUNK_BYTES, GROUP_BYTES, GROUP_CHUNKS, HASH_BYTES, MAX_GROUPS } from '../protocol/limits.ts';
import { PROOF_DIGEST_BYTES } from '../protocol/fitting-chunks.ts';
import { CHUNK_SET_BYTES, type Certificate } from '../protocol/peer-message.ts';

/** Bytes of an entry: it never spans two sectors of a disk. */
export const ENTRY_BYTES = 64;

/** Bytes of a slot before the group's own: its leaf hashes, then its certificate, 4 KiB each at most. */
export const PROOF_ROOM = 8192;

/** Where in a slot the certificate begins. */
export const CERTIFICATE_AT = GROUP_CHUNKS * HASH_BYTES;

/** Bytes of a slot. */
export const SLOT_BYTES = PROOF_ROOM + GROUP_BYTES;

/** What a slot holds. `length`: bytes of the group. */
export interface SlotContent {
	readonly group: number;
	readonly length: number;
	readonly held: Bytes;
	readonly form: Certificate['form'];
	readonly certificateBytes: number;
}

/** What a slot holds, and `proofDigest` of its leaves and certificate when they were written. */
export interface ProvenContent extends SlotContent { readonly proof: Bytes }

/** A slot in use. */
export interface Slot extends ProvenContent { readonly slot: number; readonly sequence: number }

/** "SLT2": entries of another layout, and zeros, are no entries. */
const MAGIC = 0x534c5432;
const FORMS = ['signature', 'path'] as const satisfies readonly Certificate['form'][];
const CHECKED_BYTES = ENTRY_BYTES - 4;

/** Chunks, and leaf hashes, of a group of `length` bytes. */
export function chunksOf(length: number): number { return Math.ceil(length / CHUNK_BYTES); }

/** Whether all of the group is held. */
export function isWhole(content: SlotContent): boolean {
	return BitSet.from(content.held, GROUP_CHUNKS)?.size === chunksOf(content.length);
}

/** The table in memory. It says where to write and what is free again; writing is the caller's. */
export class SlotTable {
	readonly #byGroup = new Map<number, Slot>();
	readonly #free: number[] = [];
	/** Slots whose entries on disk count no more, but would once the later one of their group is gone: to be cleared. */
	readonly stale: readonly number[];
	#slots: number;
	#sequence = 0;

	/** @param bytes - the table's file, as found. @param slotsHeld - slots that the data file is long enough for */
	constructor(bytes: Bytes, slotsHeld: (slot: number, content: SlotContent) => boolean) {
		this.#slots = Math.floor(bytes.length / ENTRY_BYTES);
		const entries = Array.from({ length: this.#slots }, (_, slot) => readEntry(bytes, slot));
		for (const entry of entries) {
			if (!entry || !slotsHeld(entry.slot, entry)) continue;
			this.#sequence = Math.max(this.#sequence, entry.sequence);
			const rival = this.#byGroup.get(entry.group);
			if (!rival || rival.sequence < entry.sequence) this.#byGroup.set(entry.group, entry);
		}
		const used = new Set([...this.#byGroup.values()].map((kept) => kept.slot));
		for (let slot = this.#slots - 1; slot >= 0; slot--) if (!used.has(slot)) this.#free.push(slot);
		this.stale = this.#free.filter((slot) => entries[slot]);
	}

	/** The groups here, in no order. */
	slots(): Iterable<Slot> { return this.#byGroup.values(); }
	/** Where a group is. */
	get(group: number): Slot | undefined { return this.#byGroup.get(group); }
	/** A slot that nothing points at. */
	take(): number { return this.#free.pop() ?? this.#slots++; }
	/** The entry that would make `slot` the place of its group. */
	place(slot: number, content: ProvenContent): Slot { return { ...content, slot, sequence: ++this.#sequence }; }
	/** Makes a slot reusable. */
	release(slot: number): void { this.#free.push(slot); }

	/** An entry is on disk; returns the slot that its group had before. */
	put(entry: Slot): number | undefined {
		const before = this.#byGroup.get(entry.group)?.slot;
		this.#byGroup.set(entry.group, entry);
		return before;
	}

	/** Forgets a group; returns its slot. */
	drop(group: number): number | undefined {
		const before = this.#byGroup.get(group)?.slot;
		this.#byGroup.delete(group);
		return before;
	}
}

/** The bytes of an entry. */
export function entryBytes(entry: Slot): Bytes {
	const { group, length, held, form, certificateBytes, proof, sequence } = entry;
	const w = new ByteWriter(ENTRY_BYTES).u32(MAGIC).u64(sequence).u32(group).u32(length).bytes(held);
	const bytes = w.u8(FORMS.indexOf(form)).u16(certificateBytes).bytes(proof).done();
	new DataView(bytes.buffer).setUint32(CHECKED_BYTES, crc32(bytes.subarray(0, CHECKED_BYTES)));
	return bytes;
}

/** Undefined for what is torn, zero, or beyond any limit. */
function readEntry(table: Bytes, slot: number): Slot | undefined {
	const bytes = table.subarray(slot * ENTRY_BYTES, (slot + 1) * ENTRY_BYTES);
	const r = new ByteReader(bytes);
	if (r.u32() !== MAGIC) return undefined;
	const entry = { slot, sequence: r.u64(), group: r.u32(), length: r.u32(), held: r.bytes(CHUNK_SET_BYTES).slice() };
	const form = FORMS[r.u8()];
	const certificateBytes = r.u16();
	const proof = r.bytes(PROOF_DIGEST_BYTES).slice();
	r.bytes(r.left - 4);
	if (r.u32() !== crc32(bytes.subarray(0, CHECKED_BYTES)) || form === undefined) return undefined;
	const fits = entry.group < MAX_GROUPS && entry.length > 0 && entry.length <= GROUP_BYTES
		&& BitSet.from(entry.held, GROUP_CHUNKS)?.next(chunksOf(entry.length)) === -1;
	if (!fits || certificateBytes > PROOF_ROOM - CERTIFICATE_AT) return undefined;
	return { ...entry, form, certificateBytes, proof };
}

/** CRC-32 of IEEE 802.3. Bit by bit: an entry is short. */
function crc32(bytes: Bytes): number {
	let crc = 0xffff_ffff;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
	}
	return ~crc >>> 0;
}
