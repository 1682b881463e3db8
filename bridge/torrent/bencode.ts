/** The encoding of BitTorrent's files (BEP 3). Keys are sorted as bytes and never empty, as some programs insist. */
import { concat, type Bytes } from '../../shared/base/bytes.ts';
import { utf8 } from '../../shared/base/text.ts';

/** What can be encoded. A map's keys are ASCII; `encoded` stands as it is. */
export type Bencodable =
	| number | string | Bytes | { readonly encoded: Bytes } | ReadonlyMap<string, Bencodable>;

/** The bytes of a value. */
export function bencode(value: Bencodable): Bytes {
	if (typeof value === 'number') return utf8(`i${value}e`);
	if (typeof value === 'string') return bencode(utf8(value));
	if (value instanceof Uint8Array) return concat(utf8(`${value.length}:`), value);
	if ('encoded' in value) return value.encoded;
	const entries = [...value].sort(([a], [b]) => (a < b ? -1 : 1));
	return concat(utf8('d'), ...entries.flatMap(([key, entry]) => [bencode(key), bencode(entry)]), utf8('e'));
}
