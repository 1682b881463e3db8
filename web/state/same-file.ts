/** Whether a file that is given back is the film that was shared. */
import type { Bytes } from '../../shared/base/bytes.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import { FileGroupSource } from '../peer/file-group-source.ts';
import type { Records } from '../peer/records.ts';
import { isSameFilm } from '../../shared/runtime/same-film.ts';
import type { Sealing } from '../../shared/runtime/sealing.ts';

/** What is known of the film. */
export interface KnownFile { readonly share: ShareId; readonly size: number; readonly contentKey: Bytes }

/** Where its hashes are. */
export interface KnownHashes {
	readonly records: Pick<Records, 'certified' | 'certifiedGroups'>;
	readonly sealing: Pick<Sealing, 'found' | 'rootOf'>;
	readonly hash: (bytes: Bytes) => Bytes;
}

/** True for the same size, and the same bytes wherever it is looked at. */
export async function isSameFile(file: File, about: KnownFile, hashes: KnownHashes): Promise<boolean> {
	const { records, sealing, hash } = hashes;
	const { share, size, contentKey } = about;
	if (file.size !== size) return false;
	const found = Array.from({ length: sealing.found }, (_, group) => group);
	const certified = await records.certifiedGroups(share);
	const known = {
		groups: [...found, ...certified.filter((group) => group >= found.length)],
		rootOf: async (group: number) => sealing.rootOf(group) ?? (await records.certified(share, group))?.root,
	};
	const source = new FileGroupSource(file, contentKey);
	try {
		return await isSameFilm(source, known, hash);
	} finally {
		source.close();
	}
}
