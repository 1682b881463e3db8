/** Which descriptors a tracker keeps: each share's highest revision that verified. Contradictions change nothing. */
import { fail, ok, type Result } from '../../shared/base/result.ts';
import type { Ms } from '../../shared/base/units.ts';
import { supersedes, type DescriptorClaims } from '../../shared/protocol/descriptor.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';

/** Where descriptors are kept. Calls answer at once: a database in the process takes microseconds. */
export interface Shelf {
	/** The one kept for `share`, and notes that it was used. `unavailable`: the disk failed. */
	find(share: ShareId, now: Ms): Result<DescriptorClaims | undefined, 'unavailable'>;
	/** The one kept for `share`; looking through a catalogue is no use of it. */
	peek(share: ShareId): Result<DescriptorClaims | undefined, 'unavailable'>;
	/** Replaces what was kept. Once it returned `ok`, a crash of the process loses nothing. */
	keep(share: ShareId, claims: DescriptorClaims, now: Ms): Result<void, 'unavailable'>;
}

/** Why a descriptor whose signature holds is refused all the same. */
export type DescriptorRefusal = 'old-descriptor' | 'equivocation' | 'revoked';

/** Whether `offered` is to be kept in place of `kept`. `known`: it is the same. */
export function judge(
	kept: DescriptorClaims | undefined, offered: DescriptorClaims,
): Result<'keep' | 'known', DescriptorRefusal> {
	const succession = kept ? supersedes(kept, offered) : 'newer';
	if (succession === 'newer') return ok('keep');
	if (succession === 'same') return ok('known');
	if (kept?.state === 'revoked') return fail('revoked');
	return fail(succession === 'older' ? 'old-descriptor' : 'equivocation');
}
