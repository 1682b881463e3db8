/**
 * The signed description of a share. Its clear part is all that a tracker or a parked copy needs to verify and serve;
 * the body, which says what the film is, opens with the link. The bytes are kept as they came: they are what is signed.
 * PROTOCOL.md §4.
 */
import { ByteReader, ByteWriter, concat, equalBytes, type Bytes } from '../base/bytes.ts';
import { assert, fail, ok, type Result } from '../base/result.ts';
import { utf8 } from '../base/text.ts';
import { listCount, partCount, type AttachmentEntry } from './attachment.ts';
import { parseBody, type DescriptorBody } from './descriptor-body.ts';
import { ID_BYTES, idBytes, type ShareId } from './ids.ts';
import { shareIdOf, type LinkKeys, type ShareKeys } from './keys.ts';
import { HASH_BYTES, MAX_ATTACHMENTS, MAX_DESCRIPTOR_BYTES, MAX_LISTS, MAX_SHARE_BYTES, SEAL_BYTES } from './limits.ts';
import type { Crypto } from './primitives.ts';

/** The version that this program writes and reads. */
const VERSION = 1;
const CONTEXT = utf8('streamlet descriptor v1');
const KIND = utf8('descriptor');
const SIGNATURE_BYTES = 64;
const NONCE_BYTES = 12;
/** Version, revision, state, size, root, public key and the number of attachments. */
const HEAD_BYTES = 1 + 4 + 1 + 8 + HASH_BYTES + 32 + 1;
/** Form, revision, length and number of parts of an attachment; its hashes follow. */
const ENTRY_BYTES = 1 + 4 + 4 + 2;
const NO_ROOT = new Uint8Array(HASH_BYTES);
const FORMS = ['sealed', 'clear'] as const;
const STATES = ['open', 'sealed', 'revoked'] as const;

/** What anybody can read of a descriptor whose signature holds. */
export interface ClearDescriptor {
	readonly id: ShareId;
	readonly revision: number;
	/** `open`: still being hashed. `sealed`: size and root are final. `revoked`: stopped for good. */
	readonly state: (typeof STATES)[number];
	/** Bytes of the stream; 0 while an open share does not know, and when revoked. */
	readonly size: number;
	/** Once sealed. */
	readonly root: Bytes | undefined;
	readonly publicKey: Bytes;
	readonly attachments: readonly AttachmentEntry[];
	/** For {@link openDescriptor}. */
	readonly sealedBody: Bytes;
	/** The whole, as it is signed, kept and passed on. */
	readonly bytes: Bytes;
}

/** What of it later revisions are held to: all that a tracker needs to keep. */
export type DescriptorClaims = Pick<ClearDescriptor, 'revision' | 'state' | 'size' | 'root' | 'bytes'>;

/** What a sharer says. */
export type DescriptorDraft = LiveDraft & { readonly state: 'open' }
	| LiveDraft & { readonly state: 'sealed'; readonly root: Bytes }
	| { readonly state: 'revoked'; readonly revision: number };

/** What open and sealed shares both say. `body.attachments` describes `attachments`, in the same order. */
interface LiveDraft {
	readonly revision: number;
	readonly size: number;
	readonly attachments: readonly AttachmentEntry[];
	readonly body: DescriptorBody;
}

/** Why bytes are no descriptor of a share. `version`: of a later program. `wrong-share`: its key is not the id's. */
export type DescriptorFault = 'malformed' | 'version' | 'wrong-share' | 'bad-signature';

/** How a descriptor that came stands to ours. `equivocation`: the sharer contradicts itself, and ours stands. */
export type Succession = 'newer' | 'same' | 'older' | 'equivocation';

/** Signs a draft. `oversize`: its words and attachments do not fit `MAX_DESCRIPTOR_BYTES`. */
export async function makeDescriptor(
	crypto: Crypto, draft: DescriptorDraft, keys: { readonly share: ShareKeys; readonly link: Pick<LinkKeys, 'descriptor'> },
): Promise<Result<ClearDescriptor, 'oversize'>> {
	const { share, link } = keys;
	const at = { id: share.id, key: link.descriptor };
	const sealedBody = draft.state === 'revoked' ? new Uint8Array(0) : await sealBody(crypto, draft, at);
	const unsigned = encodeUnsigned(draft, share.publicKey, sealedBody);
	if (unsigned.length + SIGNATURE_BYTES > MAX_DESCRIPTOR_BYTES) return fail('oversize');
	const bytes = concat(unsigned, await crypto.sign(share.secretKey, concat(CONTEXT, unsigned)));
	const made = await readDescriptor(crypto, share.id, bytes);
	assert(made.ok, 'what we sign, we can read');
	return made;
}

/** Checks shape, key and signature, which takes no key of ours: what a tracker and a parked copy do. */
export async function readDescriptor(
	crypto: Pick<Crypto, 'sha256Now' | 'verify'>, id: ShareId, bytes: Bytes,
): Promise<Result<ClearDescriptor, DescriptorFault>> {
	if (bytes[0] !== undefined && bytes[0] !== VERSION) return fail('version');
	if (bytes.length > MAX_DESCRIPTOR_BYTES || bytes.length < SIGNATURE_BYTES) return fail('malformed');
	const signed = bytes.subarray(0, -SIGNATURE_BYTES);
	const clear = readUnsigned(id, bytes, new ByteReader(signed));
	if (!clear || !isConsistent(clear)) return fail('malformed');
	if (shareIdOf(crypto, clear.publicKey) !== id) return fail('wrong-share');
	const holds = await crypto.verify(clear.publicKey, bytes.subarray(-SIGNATURE_BYTES), concat(CONTEXT, signed));
	return holds ? ok(clear) : fail('bad-signature');
}

/** What the film is. `wrong-key`: the link's key is not this share's. A revoked one, empty, is `malformed`. */
export async function openDescriptor(
	crypto: Crypto, clear: ClearDescriptor, descriptorKey: Bytes,
): Promise<Result<DescriptorBody, 'wrong-key' | 'malformed'>> {
	if (clear.sealedBody.length < SEAL_BYTES) return fail('malformed');
	const nonce = clear.sealedBody.subarray(0, NONCE_BYTES);
	const associated = associatedOf(clear.id, clear.revision);
	const opened = await crypto.open({ key: descriptorKey, nonce, associated }, clear.sealedBody.subarray(NONCE_BYTES));
	if (!opened.ok) return fail('wrong-key');
	const body = parseBody(opened.value);
	return body?.attachments.length === clear.attachments.length ? ok(body) : fail('malformed');
}

/** Whether `next` takes the place of `current`, a descriptor of the same share. */
export function supersedes(current: DescriptorClaims, next: DescriptorClaims): Succession {
	if (next.revision < current.revision) return 'older';
	if (next.revision === current.revision) return equalBytes(current.bytes, next.bytes) ? 'same' : 'equivocation';
	return contradicts(current, next) ? 'equivocation' : 'newer';
}

function contradicts(current: DescriptorClaims, next: DescriptorClaims): boolean {
	if (current.state === 'revoked') return true;
	if (next.state === 'revoked') return false;
	if (current.size !== 0 && next.size !== current.size) return true;
	return current.root !== undefined && !(next.root && equalBytes(current.root, next.root));
}

async function sealBody(
	crypto: Crypto, draft: LiveDraft, at: { readonly id: ShareId; readonly key: Bytes },
): Promise<Bytes> {
	const plain = utf8(JSON.stringify(draft.body));
	assert(parseBody(plain)?.attachments.length === draft.attachments.length, 'the body is one that viewers take');
	const nonce = crypto.random(NONCE_BYTES);
	const associated = associatedOf(at.id, draft.revision);
	return concat(nonce, await crypto.seal({ key: at.key, nonce, associated }, plain));
}

function associatedOf(id: ShareId, revision: number): Bytes {
	return new ByteWriter(ID_BYTES + KIND.length + 4).bytes(idBytes(id)).bytes(KIND).u32(revision).done();
}

function encodeUnsigned(draft: DescriptorDraft, publicKey: Bytes, sealedBody: Bytes): Bytes {
	const attachments = draft.state === 'revoked' ? [] : draft.attachments;
	const entryBytes = attachments.reduce((sum, entry) => sum + ENTRY_BYTES + entry.hashes.length, 0);
	const w = new ByteWriter(HEAD_BYTES + entryBytes + 2 + sealedBody.length).u8(VERSION);
	w.u32(draft.revision).u8(STATES.indexOf(draft.state)).u64(draft.state === 'revoked' ? 0 : draft.size);
	w.bytes(draft.state === 'sealed' ? draft.root : NO_ROOT).bytes(publicKey).u8(attachments.length);
	for (const { form, since, contentBytes, parts, hashes } of attachments) {
		w.u8(FORMS.indexOf(form)).u32(since).u32(contentBytes).u16(parts).bytes(hashes);
	}
	return w.u16(sealedBody.length).bytes(sealedBody).done();
}

function readUnsigned(id: ShareId, bytes: Bytes, r: ByteReader): ClearDescriptor | undefined {
	r.u8(); // the version, which was looked at
	const revision = r.u32();
	const state = STATES[r.u8()];
	const size = r.u64();
	const root = r.bytes(HASH_BYTES);
	const publicKey = r.bytes(32);
	const attachments = readEntries(r);
	const sealedBody = r.bytes(r.u16());
	if (!state || !r.end(true).ok || (state !== 'sealed' && !equalBytes(root, NO_ROOT))) return undefined;
	const sealedRoot = state === 'sealed' ? root : undefined;
	return { id, revision, state, size, root: sealedRoot, publicKey, attachments, sealedBody, bytes };
}

function readEntries(r: ByteReader): AttachmentEntry[] {
	const count = r.u8();
	if (count > MAX_ATTACHMENTS) r.fault('malformed');
	return Array.from({ length: Math.min(count, MAX_ATTACHMENTS) }, () => readEntry(r));
}

/** How many hashes follow is never the sender's to choose: it follows from the length of the content. */
function readEntry(r: ByteReader): AttachmentEntry {
	const form = FORMS[r.u8()];
	const since = r.u32();
	const contentBytes = r.u32();
	const parts = r.u16();
	const fits = form !== undefined && parts > 0 && parts === partCount(form, contentBytes);
	if (!fits || listCount(parts) > MAX_LISTS) r.fault('malformed');
	return { form: form ?? 'sealed', since, contentBytes, parts, hashes: r.bytes((listCount(parts) || parts) * HASH_BYTES) };
}

function isConsistent(clear: ClearDescriptor): boolean {
	const { revision, state, size, attachments, sealedBody } = clear;
	const dated = revision >= 1 && attachments.every(({ since }) => since >= 1 && since <= revision);
	if (state === 'revoked') return dated && size === 0 && attachments.length === 0 && sealedBody.length === 0;
	return dated && sealedBody.length >= SEAL_BYTES && size <= MAX_SHARE_BYTES && (state === 'open' || size > 0);
}
