/** The public catalogue: which shares are listed, in the order they came. An index; what lasts is on the shelf. */
import { equalBytes } from '../../shared/base/bytes.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import type { Result } from '../../shared/base/result.ts';
import type { Listing, PublicWords } from '../../shared/protocol/listing.ts';

/** Shares that one catalogue lists: some 3 MB. */
export const MAX_LISTED = 10_000;

/** The newest statement of a share that was kept. A withdrawal is kept too, or an old statement would count again. */
export type KeptListing = Pick<Listing, 'number' | 'bytes'>;

/** A share that is listed, as it is kept. */
export interface ListedShare extends PublicWords { readonly share: ShareId; readonly place: number }

/** Where statements are kept, beside the descriptors. Calls answer at once. */
export interface ListingShelf {
	/** The newest statement of a share. */
	listing(share: ShareId): Result<KeptListing | undefined, 'unavailable'>;
	/** Replaces it. `place`: where the share stands when it is listed. */
	keepListing(listing: Listing, place: number): Result<void, 'unavailable'>;
	/** All that are listed and whose descriptor is kept, lowest place first. */
	listed(): Result<readonly ListedShare[], 'unavailable'>;
}

/** An entry. `told`: how many are online, as everybody who browses was told last. */
interface Entry extends ListedShare { told: number }

/** The index. Invariant: `#ordered` holds the values of `#entries`, places ascending. */
export class Catalogue {
	readonly #entries = new Map<ShareId, Entry>();
	#ordered: Entry[] = [];
	/** The highest there was since this process began. */
	#lastPlace = 0;

	constructor(listed: readonly ListedShare[]) {
		for (const one of listed) this.put(one);
	}

	get size(): number { return this.#entries.size; }
	get isFull(): boolean { return this.size >= MAX_LISTED; }
	get shares(): readonly ShareId[] { return this.#ordered.map(({ share }) => share); }

	get(share: ShareId): Readonly<Entry> | undefined { return this.#entries.get(share); }

	/** Where a share goes that is listed now: where it stands, or before all others. */
	placeFor(share: ShareId): number { return this.#entries.get(share)?.place ?? this.#lastPlace + 1; }

	/** Lists it, or changes what is said of it. */
	put(listed: ListedShare): void {
		const former = this.#entries.get(listed.share);
		const entry = { ...listed, told: former?.told ?? 0 };
		this.#entries.set(listed.share, entry);
		if (former) this.#ordered[this.#ordered.indexOf(former)] = entry;
		else this.#ordered.push(entry);
		this.#lastPlace = Math.max(this.#lastPlace, listed.place);
	}

	/** False when it was not listed. */
	remove(share: ShareId): boolean {
		const entry = this.#entries.get(share);
		if (!entry) return false;
		this.#entries.delete(share);
		this.#ordered = this.#ordered.filter((other) => other !== entry);
		return true;
	}

	/** Up to `count` entries below a place, highest first, and whether there are more. */
	page(below: number, count: number): { readonly entries: readonly Readonly<Entry>[]; readonly hasMore: boolean } {
		const end = this.#ordered.findLastIndex(({ place }) => place < below) + 1;
		return { entries: this.#ordered.slice(Math.max(0, end - count), end).toReversed(), hasMore: end > count };
	}

	/** Notes how many are online; gives up to `most` entries where that is news. */
	news(online: (share: ShareId) => number, most: number): [ShareId, number][] {
		const news: [ShareId, number][] = [];
		for (const entry of this.#ordered) {
			const now = online(entry.share);
			if (now === entry.told) continue;
			entry.told = now;
			if (news.push([entry.share, now]) >= most) break;
		}
		return news;
	}
}

/** Whether a statement counts: only a later one does. `known`: it is the one that is kept. */
export function judgeListing(kept: KeptListing | undefined, offered: Listing): 'keep' | 'known' | 'old-listing' {
	if (!kept || offered.number > kept.number) return 'keep';
	return offered.number === kept.number && equalBytes(kept.bytes, offered.bytes) ? 'known' : 'old-listing';
}
