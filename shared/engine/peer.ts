/** What the parts of an engine know of each other. */
import type { Ms } from '../base/units.ts';
import type { LinkId } from '../protocol/ids.ts';
import type { Described } from './events.ts';
import type { PartialGroup } from './inventory.ts';
import type { Link } from './link.ts';
import type { Neighbours } from './neighbours.ts';
import type { Outbox } from './outbox.ts';
import type { Parts } from './parts.ts';
import type { Requests } from './requests.ts';
import type { Serving } from './serving.ts';

/** The part of the engine that its parts share. */
export interface Peer {
	readonly links: Map<LinkId, Link>;
	readonly out: Outbox;
	readonly neighbours: Neighbours;
	readonly parts: Parts;
	readonly serving: Serving;
	readonly requests: Requests | undefined;
	readonly descriptor: Described | undefined;
	/** Everything of the newest revision is held: chunks, attachments, roots. */
	readonly isComplete: boolean;
	/** Closes a link whose peer broke a rule; with evidence it is banned. */
	reject(link: Link, kind: 'fault' | 'evidence', now: Ms): void;
	/** Tells everything we hold to a link. */
	tellHoldings(link: Link): void;
	/** Tells which chunks of a group that is not whole we hold to those who do not hold it whole. */
	tellPartial(partial: PartialGroup): void;
	/** Lets go of a link that is closed or about to be. */
	drop(link: Link, now: Ms): void;
	/** Counts: chunks checked, and bytes that came twice. */
	readonly counts: Counts;
}

/** What an engine counts for people and tests. */
export interface Counts {
	verified: number;
	rejected: number;
	duplicateBytes: number;
	downloadedBytes: number;
	uploadedBytes: number;
}
