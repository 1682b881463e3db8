/** What keeps a film from being shared, as far as it matters to a person. */
import type { IndexFault } from '../../shared/media/index-builder.ts';
import type { ReadFault } from '../../shared/ports/media-reader.ts';
import type { StoreFault } from '../../shared/ports/group-store.ts';
import type { ShareProblem } from './app-view.ts';

/** What a file says of itself that will not get better: it is no film, or none that can be watched. */
type Unwatchable = Exclude<IndexFault, ReadFault>;

/** Why the film cannot be watched. */
export function problemOfIndex(fault: Unwatchable): ShareProblem {
	switch (fault) {
		case 'truncated': case 'damaged': return 'truncated';
		case 'encrypted': return 'encrypted';
		default: return 'not-a-video';
	}
}

/** Why the file's bytes cannot be had. */
export function problemOfFile(fault: StoreFault): ShareProblem {
	switch (fault) {
		case 'changed': return 'file-changed';
		case 'gone': return 'file-gone';
		default: return 'storage';
	}
}
