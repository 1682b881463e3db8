/** A film I share, as the screen shows it. */
import type { Publication } from '../../shared/runtime/publication.ts';
import type { NodeSnapshot } from '../../shared/runtime/snapshot.ts';
import { isTypeTaken } from '../media/media-attachment.ts';
import type { ShareRecord } from '../peer/records.ts';
import type { PersonView, ShareView } from './app-view.ts';
import { codecWarnings } from './codec-warnings.ts';
import { peopleOf, type Routes } from './people.ts';

/** What it is drawn from. `sealedRevision`: the first that tells the sealed film's root; 0 until there is one. */
export interface ShareFacts extends Pick<
	ShareView, 'link' | 'copied' | 'status' | 'fileUrl' | 'posterUrl' | 'indexed' | 'parking' | 'listing'
> {
	readonly record: Pick<ShareRecord, 'id' | 'fileName' | 'size'>;
	readonly publication: Pick<Publication, 'body' | 'root'>;
	/** Part of it that is hashed. */
	readonly hashed: number;
	readonly sealedRevision: number;
	readonly snapshot: NodeSnapshot | undefined;
	readonly routes: Routes | undefined;
	readonly now: number;
}

/** The view of the moment. */
export function drawShare(facts: ShareFacts): ShareView {
	const { link, copied, status, fileUrl, posterUrl, indexed, parking, listing } = facts;
	const { record, publication: { body, root }, snapshot, sealedRevision: sealed } = facts;
	const people: readonly PersonView[] = snapshot ? peopleOf(snapshot, facts.routes, facts.now) : [];
	const complete = snapshot?.links.filter((each) => sealed > 0 && each.completeRevision >= sealed);
	return {
		link, copied, status, fileUrl, posterUrl, indexed, parking, listing, people,
		id: record.id, title: body.title, fileName: record.fileName, sizeBytes: record.size, durationSec: body.durationSec,
		warnings: codecWarnings(body.tracks, isTypeTaken), sealed: root ? 1 : facts.hashed,
		fullCopies: complete?.length ?? 0, uploadedBytes: snapshot?.bytes.uploaded ?? 0,
		upBps: people.reduce((sum, person) => sum + person.upBps, 0),
	};
}
