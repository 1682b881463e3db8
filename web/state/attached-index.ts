/** The stream index of a share, read from its attachments part by part. */
import type { Bytes } from '../../shared/base/bytes.ts';
import { fail, type Result } from '../../shared/base/result.ts';
import type { IndexFault } from '../../shared/media/index-builder.ts';
import type { AttachmentFault, Attachments } from '../../shared/runtime/attachments.ts';
import type { IndexSource } from '../media/playback.ts';

/** Where the two attachments are. */
export interface IndexPlaces {
	readonly attachments: Pick<Attachments, 'read'>;
	readonly key: Bytes;
	readonly index: { readonly number: number; readonly bytes: number };
	readonly pages: { readonly number: number };
}

/** Reads header and pages as playback asks for them. */
export function attachedIndex({ attachments, key, index, pages }: IndexPlaces): IndexSource {
	return {
		header: async () => asIndex(await attachments.read(index.number, { from: 0, to: index.bytes }, key)),
		pages: async (from, to) => asIndex(await attachments.read(pages.number, { from, to }, key)),
	};
}

/** An index that asks for what its own attachment lacks is damaged; one that was taken away says nothing. */
function asIndex(read: Result<Bytes, AttachmentFault>): Result<Bytes, IndexFault> {
	return read.ok ? read : fail(read.error === 'closed' || read.error === 'replaced' ? 'closed' : 'damaged');
}
