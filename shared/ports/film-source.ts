/** A film that lies on this device as groups: read when somebody needs them, never kept. */
import type { Bytes } from '../base/bytes.ts';
import type { Result } from '../base/result.ts';
import type { StoreFault } from './group-store.ts';

/** A group as it is sent, and the leaf hashes of its chunks. */
export interface LoadedGroup { readonly bytes: Bytes; readonly leaves: Bytes }

/** What a sealing pass hears of each group: to go on, or that it is not what was signed. */
export type SealStep = 'go-on' | 'changed';

/** Where a sharer's groups come from. */
export interface FilmSource {
	/** A group, encrypted and hashed. `changed`: the file was written to. `gone`: it cannot be found. */
	loadGroup(group: number): Promise<Result<LoadedGroup, StoreFault>>;
	/**
	 * Reads the film once, gently, and tells each group's root, in order.
	 *
	 * @param first - the group to begin with: those before it were found in a former visit
	 * @param each - is waited for before the next group is told
	 * @returns `changed` when `each` said so, or the file was written to; `gone` also when closed meanwhile
	 */
	seal(first: number, each: (group: number, root: Bytes) => Promise<SealStep>): Promise<Result<void, StoreFault>>;
}
