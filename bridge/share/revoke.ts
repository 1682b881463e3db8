/** Ends a share for good, whether its film is still here or not. */
import { basename } from 'node:path';
import { defer } from '../../shared/base/deferred.ts';
import { SECOND, type Ms } from '../../shared/base/units.ts';
import { titleOf, typeOf } from '../../shared/media/file-names.ts';
import { deriveLinkKeys, shareKeysFrom } from '../../shared/protocol/keys.ts';
import { Publication } from '../../shared/runtime/publication.ts';
import type { ShareFiles, ShareRecord } from './share-records.ts';
import type { SharerParts } from './shared-film.ts';

/** A tracker that has not heard of it by then cannot be reached. */
const TOLD_WITHIN: Ms = 8 * SECOND;

/** Signs the last revision, keeps it, and tells the tracker. False: the tracker has not heard; it may be told again. */
export async function revoke(
	parts: Pick<SharerParts, 'crypto' | 'clock' | 'tracker'>, record: ShareRecord, files: ShareFiles,
): Promise<boolean> {
	const { crypto, clock, tracker } = parts;
	const [share, link] = [await shareKeysFrom(crypto, record.secretKey), await deriveLinkKeys(crypto, record.linkKey)];
	const fileName = basename(record.path);
	const publication = new Publication({
		crypto, keys: { share, link }, contentKey: record.contentKey, size: record.size, parts: files.parts,
		publish: (descriptor) => files.putDescriptor(descriptor.bytes),
	}, { title: titleOf(fileName), type: typeOf(fileName, '') });
	const before = await files.descriptor();
	if (before) await publication.resume(before);
	await publication.revoke();
	const { latest } = publication;
	if (!latest) return false;
	const { promise: told, resolve } = defer<boolean>();
	const stopListening = tracker.listen({
		published: (share, revision) => { if (share === record.id && revision >= latest.revision) resolve(true); },
	});
	const cancel = clock.after(TOLD_WITHIN, () => resolve(false));
	tracker.publish(record.id, latest);
	const isTold = await told;
	cancel();
	stopListening();
	return isTold;
}
