/**
 * Whether a share of mine stands in the tracker's public catalogue. What I want is signed, kept on this device, and
 * said until the tracker has it; what the tracker says to that is shown.
 */
import type { ShareId } from '../../shared/protocol/ids.ts';
import { makeListing, readListing, type Listing } from '../../shared/protocol/listing.ts';
import type { TrackerSession } from '../../shared/runtime/tracker-session.ts';
import type { Bytes } from '../../shared/base/bytes.ts';
import type { ShareRecord } from '../peer/records.ts';
import type { ListingProblem, ListingView } from './app-view.ts';
import type { PageContext } from './page-context.ts';
import type { Keys } from './share-keys.ts';

/** What it is made of. */
export interface PublicListingInit {
	readonly context: PageContext;
	readonly keys: Keys;
	readonly record: () => ShareRecord;
	readonly keep: (statement: Bytes) => Promise<void>;
	/** Runs what only one tab may do. */
	readonly alone: (act: () => Promise<void>) => Promise<void>;
	readonly changed: () => void;
}

/** Of one share. */
export class PublicListing {
	readonly #init: PublicListingInit;
	readonly #stopListening: () => void;
	/** The newest statement; undefined when there never was one. */
	#latest: Listing | undefined;
	#isKnown = false;
	#problem: ListingProblem | undefined;

	constructor(init: PublicListingInit) {
		this.#init = init;
		this.#stopListening = this.#home.listen({
			listed: (share, number) => {
				if (share === this.#id && number === this.#latest?.number) this.#heard(undefined);
			},
			refused: (code, about, request) => {
				if (request !== 'list' || about !== this.#id) return;
				if (code === 'catalogue-full' || code === 'old-listing') this.#heard(code);
			},
		});
	}

	get view(): ListingView {
		return { wanted: this.#latest?.listed !== undefined, known: this.#isKnown, problem: this.#problem };
	}

	/** Lists the share, or takes it off the list. */
	set(on: boolean): Promise<void> {
		return this.#init.alone(async () => {
			await this.#recall();
			const { context, keys, record, keep } = this.#init;
			const number = Math.max(Date.now(), (this.#latest?.number ?? 0) + 1);
			const listed = on ? { linkKey: record().linkKey, name: context.name } : undefined;
			const listing = await makeListing(context.parts.crypto, keys.share, { number, listed });
			await keep(listing.bytes);
			this.#say(listing);
		});
	}

	/** My name is another one. */
	async renamed(): Promise<void> {
		if (this.#latest?.listed && this.#latest.listed.name !== this.#init.context.name) await this.set(true);
	}

	/** Says what a former visit, or another tab, left. */
	async resume(): Promise<void> {
		await this.#recall();
		if (this.#latest) this.#say(this.#latest);
	}

	close(): void { this.#stopListening(); }

	get #home(): TrackerSession { return this.#init.context.home; }
	get #id(): ShareId { return this.#init.keys.share.id; }

	async #recall(): Promise<void> {
		const bytes = this.#init.record().listing;
		const read = bytes && await readListing(this.#init.context.parts.crypto, this.#id, bytes);
		if (read?.ok && read.value.number > (this.#latest?.number ?? 0)) this.#latest = read.value;
	}

	#say(listing: Listing): void {
		this.#latest = listing;
		this.#isKnown = false;
		this.#problem = undefined;
		this.#home.list(listing);
		this.#init.changed();
	}

	#heard(problem: ListingProblem | undefined): void {
		this.#isKnown = problem === undefined;
		this.#problem = problem;
		this.#init.changed();
	}
}
