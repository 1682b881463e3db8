/** A shelf in memory, for tests of the rules. */
import { fail, ok, type Result } from '../../shared/base/result.ts';
import type { DescriptorClaims } from '../../shared/protocol/descriptor.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import type { Shelf } from '../core/descriptors.ts';

/** Keeps what it is given; fails while `isBroken`. */
export class MemoryShelf implements Shelf {
	readonly kept = new Map<ShareId, DescriptorClaims>();
	isBroken = false;

	find(share: ShareId): Result<DescriptorClaims | undefined, 'unavailable'> {
		return this.isBroken ? fail('unavailable') : ok(this.kept.get(share));
	}

	keep(share: ShareId, claims: DescriptorClaims): Result<void, 'unavailable'> {
		if (this.isBroken) return fail('unavailable');
		this.kept.set(share, claims);
		return ok(undefined);
	}
}
