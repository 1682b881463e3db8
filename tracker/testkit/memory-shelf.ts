/** A shelf in memory, for tests of the rules. */
import { fail, ok, type Result } from '../../shared/base/result.ts';
import type { DescriptorClaims } from '../../shared/protocol/descriptor.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import type { KeptListing, ListedShare, ListingShelf } from '../core/catalogue.ts';
import type { Shelf } from '../core/descriptors.ts';
import type { Listing } from '../../shared/protocol/listing.ts';

/** Keeps what it is given; fails while `isBroken`. */
export class MemoryShelf implements Shelf, ListingShelf {
	readonly kept = new Map<ShareId, DescriptorClaims>();
	readonly listings = new Map<ShareId, { readonly listing: Listing; readonly place: number }>();
	isBroken = false;

	find(share: ShareId): Result<DescriptorClaims | undefined, 'unavailable'> {
		return this.isBroken ? fail('unavailable') : ok(this.kept.get(share));
	}

	keep(share: ShareId, claims: DescriptorClaims): Result<void, 'unavailable'> {
		if (this.isBroken) return fail('unavailable');
		this.kept.set(share, claims);
		return ok(undefined);
	}

	peek(share: ShareId): Result<DescriptorClaims | undefined, 'unavailable'> { return this.find(share); }

	listing(share: ShareId): Result<KeptListing | undefined, 'unavailable'> {
		return this.isBroken ? fail('unavailable') : ok(this.listings.get(share)?.listing);
	}

	keepListing(listing: Listing, place: number): Result<void, 'unavailable'> {
		if (this.isBroken) return fail('unavailable');
		this.listings.set(listing.share, { listing, place });
		return ok(undefined);
	}

	listed(): Result<readonly ListedShare[], 'unavailable'> {
		if (this.isBroken) return fail('unavailable');
		const all = [...this.listings.values()].filter(({ listing }) => this.kept.has(listing.share));
		const listed = all.flatMap(({ listing: { share, listed: words }, place }) =>
			(words ? [{ ...words, share, place }] : []));
		return ok(listed.sort((a, b) => a.place - b.place));
	}
}
