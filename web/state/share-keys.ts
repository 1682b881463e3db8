/** The keys of a film I share: made at the drop, and made again from what was kept of it. */
import { deriveLinkKeys, makeShareKeys, shareKeysFrom, type LinkKeys, type ShareKeys } from '../../shared/protocol/keys.ts';
import type { Crypto } from '../../shared/protocol/primitives.ts';
import type { ShareRecord } from '../peer/records.ts';

/** Whoever has these is the sharer. */
export interface Keys { readonly share: ShareKeys; readonly link: LinkKeys }

/** A new share of a file, and what to keep of it. */
export async function newShare(
	crypto: Crypto, file: File, handle: FileSystemFileHandle | undefined,
): Promise<{ readonly keys: Keys; readonly record: ShareRecord }> {
	const [share, linkKey, contentKey] = [await makeShareKeys(crypto), crypto.random(32), crypto.random(32)];
	const record: ShareRecord = {
		id: share.id, secretKey: share.secretKey, linkKey, contentKey,
		fileName: file.name, fileType: file.type, size: file.size, lastModified: file.lastModified, handle,
		descriptor: undefined, createdAt: Date.now(), stopped: false,
	};
	return { keys: { share, link: await deriveLinkKeys(crypto, linkKey) }, record };
}

/** The keys of a share of a former visit. */
export async function keysOf(crypto: Crypto, { secretKey, linkKey }: ShareRecord): Promise<Keys> {
	return { share: await shareKeysFrom(crypto, secretKey), link: await deriveLinkKeys(crypto, linkKey) };
}
