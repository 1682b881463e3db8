/**
 * Where the parts of one share's attachments are kept, as they travel. What it hands out was checked before it was
 * put.
 */
import type { Bytes } from '../base/bytes.ts';

/** Names one part or list for good: an attachment of another revision has another `since`. */
export interface StoredPartName {
	readonly attachment: number;
	readonly since: number;
	readonly of: 'part' | 'list';
	readonly part: number;
}

/**
 * The parts of one share. Losing some costs a viewer fetching them again, so faults are not told apart.
 * `testkit/part-store-contract.ts` is the suite.
 */
export interface PartStore {
	/** Undefined when it is not here. */
	get(name: StoredPartName): Promise<Bytes | undefined>;
	/**
	 * A `get` that is called after this finds the part, whether this has settled or not. Settles with false when it could
	 * not be kept.
	 */
	put(name: StoredPartName, bytes: Bytes): Promise<boolean>;
}
