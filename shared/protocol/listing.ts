/**
 * A sharer's word on whether the public catalogue of a tracker has a share: signed by the share's key, so that nobody
 * else lists or unlists it, and numbered, so that an old word never undoes a later one. PROTOCOL.md §4.
 */
import { ByteReader, ByteWriter, concat, type Bytes } from '../base/bytes.ts';
import { assert, fail, ok, type Result } from '../base/result.ts';
import { fromUtf8, utf8 } from '../base/text.ts';
import { idBytes, type ShareId } from './ids.ts';
import { KEY_BYTES, shareIdOf, type ShareKeys } from './keys.ts';
import { MAX_LISTING_BYTES, MAX_NAME_BYTES, MAX_NAME_LENGTH } from './limits.ts';
import type { Crypto } from './primitives.ts';

const CONTEXT = utf8('streamlet listing v1');
const VERSION = 1;
const SIGNATURE_BYTES = 64;
/** Version, number, public key, kind. */
const HEAD_BYTES = 42;

/** What the catalogue gets of a share that is listed. `name`: of whoever shares it, one line; empty: not told. */
export interface PublicWords { readonly linkKey: Bytes; readonly name: string }

/** One statement. `listed`: undefined takes the share off the list. */
export interface Listing {
	readonly share: ShareId;
	/** Grows with each statement of a share: milliseconds since 1970, or one more than the last. */
	readonly number: number;
	readonly listed: PublicWords | undefined;
	readonly bytes: Bytes;
}

/** What can be wrong with a statement. */
export type ListingFault = 'version' | 'malformed' | 'wrong-share' | 'bad-signature';

/** Signs a statement. `name` is cut to what fits. */
export async function makeListing(
	crypto: Crypto, keys: ShareKeys, { number, listed }: Pick<Listing, 'number' | 'listed'>,
): Promise<Listing> {
	const name = utf8(plainName(listed?.name ?? '')); // 32 units are 96 bytes at most
	const w = new ByteWriter(HEAD_BYTES + (listed ? KEY_BYTES + 1 + name.length : 0));
	w.u8(VERSION).u64(number).bytes(keys.publicKey).u8(listed ? 1 : 0);
	if (listed) w.bytes(listed.linkKey).u8(name.length).bytes(name);
	const unsigned = w.done();
	const bytes = concat(unsigned, await crypto.sign(keys.secretKey, signedBytes(keys.id, unsigned)));
	const made = await readListing(crypto, keys.id, bytes);
	assert(made.ok, 'what we sign, we can read');
	return made.value;
}

/** Checks shape, key and signature, as for a descriptor. */
export async function readListing(
	crypto: Pick<Crypto, 'sha256Now' | 'verify'>, share: ShareId, bytes: Bytes,
): Promise<Result<Listing, ListingFault>> {
	if (bytes[0] !== undefined && bytes[0] !== VERSION) return fail('version');
	if (bytes.length > MAX_LISTING_BYTES || bytes.length < HEAD_BYTES + SIGNATURE_BYTES) return fail('malformed');
	const unsigned = bytes.subarray(0, -SIGNATURE_BYTES);
	const said = readUnsigned(unsigned);
	if (!said) return fail('malformed');
	if (shareIdOf(crypto, said.publicKey) !== share) return fail('wrong-share');
	const holds = await crypto.verify(said.publicKey, bytes.subarray(-SIGNATURE_BYTES), signedBytes(share, unsigned));
	return holds ? ok({ share, number: said.number, listed: said.listed, bytes }) : fail('bad-signature');
}

function readUnsigned(
	unsigned: Bytes,
): { readonly number: number; readonly publicKey: Bytes; readonly listed: PublicWords | undefined } | undefined {
	const r = new ByteReader(unsigned);
	r.u8(); // the version, which was looked at
	const number = r.u64();
	const publicKey = r.bytes(KEY_BYTES);
	const kind = r.u8();
	const linkKey = kind === 1 ? r.bytes(KEY_BYTES) : undefined;
	const name = kind === 1 ? nameIn(r.bytes(r.u8())) : '';
	if (kind > 1 || name === undefined || !r.end(true).ok) return undefined;
	return { number, publicKey, listed: linkKey && { linkKey, name } };
}

/** Undefined unless it is a name as trackers take it, or empty. */
function nameIn(bytes: Bytes): string | undefined {
	const name = bytes.length > MAX_NAME_BYTES ? undefined : fromUtf8(bytes);
	return name !== undefined && name === plainName(name) ? name : undefined;
}

/** One line without invisible characters, of at most 32 UTF-16 units; half a pair is no character. */
function plainName(name: string): string {
	const line = name.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').trim().slice(0, MAX_NAME_LENGTH);
	return line.replaceAll(/\p{Cs}/gu, '').trim();
}

function signedBytes(share: ShareId, unsigned: Bytes): Bytes {
	return concat(CONTEXT, idBytes(share), unsigned);
}
