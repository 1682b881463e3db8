/** An index that is in memory already. */
import type { Bytes } from '../../shared/base/bytes.ts';
import { ok } from '../../shared/base/result.ts';
import type { IndexSource } from './playback.ts';

/** The sharer's own, for playing its film on the page that shares it, and tests'. */
export function indexOfBytes(header: Bytes, pages: Bytes): IndexSource {
	return {
		header: () => Promise.resolve(ok(header)),
		pages: (from, to) => Promise.resolve(ok(pages.slice(from, to))),
	};
}
