/** Attachments: content as parts that are hashed, sealed, asked for and verified one by one. PROTOCOL.md §4. */
import { ByteWriter, concat, equalBytes, type Bytes } from '../base/bytes.ts';
import { assert, fail, type Result } from '../base/result.ts';
import { utf8 } from '../base/text.ts';
import { ID_BYTES, idBytes, type ShareId } from './ids.ts';
import { DIRECT_PARTS, HASH_BYTES, LIST_PARTS, MAX_LISTS, PART_BYTES, SEAL_BYTES } from './limits.ts';
import type { Hash } from './merkle.ts';
import type { Crypto } from './primitives.ts';

/** `sealed` under the attachment key; `clear` is for what a parked copy must read, the list of group roots. */
export type AttachmentForm = 'sealed' | 'clear';

/** What the clear part of a descriptor says of one attachment. */
export interface AttachmentEntry {
	readonly form: AttachmentForm;
	/** Revision it appeared in. Sealed parts are bound to it: an older attachment of the same number does not pass. */
	readonly since: number;
	/** Bytes of the content, plain: 1 or more. */
	readonly contentBytes: number;
	readonly parts: number;
	/** 32 bytes each: of every part as it travels up to `DIRECT_PARTS`, else of every list. */
	readonly hashes: Bytes;
}

/** Where an attachment stands. */
export interface AttachmentPlace {
	readonly id: ShareId;
	/** Its place in the descriptor, from zero. */
	readonly number: number;
	readonly form: AttachmentForm;
	readonly since: number;
}

/** Where one part of it stands. */
export interface PartPlace extends AttachmentPlace { readonly part: number }

/** An attachment ready to travel. */
export interface SealedAttachment {
	readonly entry: AttachmentEntry;
	readonly parts: readonly Bytes[];
	readonly lists: readonly Bytes[];
}

/** What bytes must hash to. */
export interface Expected { readonly hash: Hash; readonly is: Bytes }

const KIND = utf8('attachment');
const NONCE_BYTES = 12;
const NONCE_OF = utf8('nonce');

/** Plain bytes of every part but the last. */
export function plainPartBytes(form: AttachmentForm): number {
	return form === 'sealed' ? PART_BYTES - SEAL_BYTES : PART_BYTES;
}

/** How many parts content of that length has. */
export function partCount(form: AttachmentForm, contentBytes: number): number {
	return Math.ceil(contentBytes / plainPartBytes(form));
}

/** The parts that hold bytes [from, to) of the content: `first` to `end` - 1, none when nothing is asked. */
export function partsCovering(form: AttachmentForm, from: number, to: number): { first: number; end: number } {
	const size = plainPartBytes(form);
	const first = Math.floor(from / size);
	return { first, end: to > from ? Math.ceil(to / size) : first };
}

/** Bytes of part `part` as it travels; 0 when there is no such part. */
export function partBytes(entry: AttachmentEntry, part: number): number {
	if (part < 0 || part >= entry.parts) return 0;
	const size = plainPartBytes(entry.form);
	return Math.min(size, entry.contentBytes - part * size) + PART_BYTES - size;
}

/** How many lists of part hashes it has: none when the descriptor names the parts itself. */
export function listCount(parts: number): number {
	return parts <= DIRECT_PARTS ? 0 : Math.ceil(parts / LIST_PARTS);
}

/** The list that names part `part`. */
export function listOf(part: number): number {
	return Math.floor(part / LIST_PARTS);
}

/** Whether `bytes` are list `list`, as the descriptor hashed it. */
export function checkList(entry: AttachmentEntry, list: number, bytes: Bytes, hash: Hash): boolean {
	if (list < 0 || list >= listCount(entry.parts)) return false;
	const parts = Math.min(LIST_PARTS, entry.parts - list * LIST_PARTS);
	return bytes.length === parts * HASH_BYTES && equalBytes(hash(bytes), hashAt(entry.hashes, list));
}

/** What part `part` must hash to; undefined without its `list`: the one that {@link listOf} names, already checked. */
export function partHash(entry: AttachmentEntry, part: number, list?: Bytes): Bytes | undefined {
	return listCount(entry.parts) === 0 ? hashAt(entry.hashes, part) : list && hashAt(list, part % LIST_PARTS);
}

/** Whether `bytes` are part `part` as it travels. `expected`: its {@link partHash}. */
export function checkPart(entry: AttachmentEntry, part: number, bytes: Bytes, expected: Expected): boolean {
	return bytes.length > 0 && bytes.length === partBytes(entry, part) && equalBytes(expected.hash(bytes), expected.is);
}

/** Cuts, seals and hashes content. `key`: the attachment key, not used in the clear form. */
export async function sealAttachment(
	crypto: Crypto, key: Bytes, place: AttachmentPlace, content: Bytes,
): Promise<SealedAttachment> {
	const { form, since } = place;
	const count = partCount(form, content.length);
	assert(count > 0 && listCount(count) <= MAX_LISTS, 'an attachment has content, and no more than the limits allow');
	const size = plainPartBytes(form);
	const plain = Array.from({ length: count }, (_, part) => content.subarray(part * size, (part + 1) * size));
	const travels = (bytes: Bytes, part: number) => sealPart(crypto, key, { ...place, part }, bytes);
	const parts = form === 'clear' ? plain.map((bytes) => bytes.slice()) : await Promise.all(plain.map(travels));
	const hashes = concat(...parts.map((bytes) => crypto.sha256Now(bytes)));
	const lists = Array.from({ length: listCount(count) }, (_, list) =>
		hashes.slice(list * LIST_PARTS * HASH_BYTES, (list + 1) * LIST_PARTS * HASH_BYTES));
	const named = lists.length === 0 ? hashes : concat(...lists.map((list) => crypto.sha256Now(list)));
	return { entry: { form, since, contentBytes: content.length, parts: count, hashes: named }, parts, lists };
}

/** The plain bytes of a part that {@link checkPart} has passed. `forged`: another key, or sealed for another place. */
export async function openPart(
	crypto: Crypto, key: Bytes, place: PartPlace, bytes: Bytes,
): Promise<Result<Bytes, 'forged'>> {
	if (place.form === 'clear') return { ok: true, value: bytes };
	if (bytes.length < SEAL_BYTES) return fail('forged');
	const nonce = bytes.subarray(0, NONCE_BYTES);
	return crypto.open({ key, nonce, associated: associatedOf(place) }, bytes.subarray(NONCE_BYTES));
}

/**
 * The nonce follows from key, place and content: whoever has the link and the same content makes the same part, so that
 * what a link lost can be made again. No nonce serves two contents.
 */
async function sealPart(crypto: Crypto, key: Bytes, place: PartPlace, plain: Bytes): Promise<Bytes> {
	const associated = associatedOf(place);
	const info = concat(NONCE_OF, associated, crypto.sha256Now(plain));
	const nonce = await crypto.hkdfSha256(key, info, NONCE_BYTES);
	return concat(nonce, await crypto.seal({ key, nonce, associated }, plain));
}

function associatedOf(place: PartPlace): Bytes {
	const w = new ByteWriter(ID_BYTES + KIND.length + 7).bytes(idBytes(place.id)).bytes(KIND);
	return w.u8(place.number).u16(place.part).u32(place.since).done();
}

function hashAt(hashes: Bytes, k: number): Bytes {
	return hashes.subarray(k * HASH_BYTES, (k + 1) * HASH_BYTES);
}
