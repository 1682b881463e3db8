/** A film that a bridge can read: what the descriptor says of it, and its bytes. */
import type { Bytes } from '../shared/base/bytes.ts';
import type { ShareId } from '../shared/protocol/ids.ts';
import type { MediaReader } from '../shared/ports/media-reader.ts';

/** What is known of a film before anything of it is here. `size`: its bytes. */
export interface FilmWords {
	readonly id: ShareId;
	readonly title: string;
	readonly type: string;
	readonly size: number;
}

/** Opened with the link's key. `title` and `type` are what the sharer wrote. */
export interface Film {
	readonly id: ShareId;
	readonly title: string;
	readonly type: string;
	/** Undefined when the sharer does not know. */
	readonly durationSec: number | undefined;
	readonly reader: MediaReader;
	/** Of its tree; undefined until its sharer has sealed it. */
	readonly root: Bytes | undefined;
	/** Whether all of it is here. */
	readonly isWhole: () => boolean;
}

/**
 * What there is of a share. `unlisted`: nobody told us of it, and no catalogue has it. `unasked`: whether one has
 * could not be asked. `busy`: as many listed films are served as may be. `unknown`: nobody who has it was met yet.
 * `stopped`: by its sharer, for good. `wrong-key`: the link we were given does not open it.
 */
export type FilmOutcome =
	| { readonly state: 'here'; readonly film: Film }
	| { readonly state: 'unlisted' | 'unasked' | 'busy' | 'unknown' | 'stopped' | 'wrong-key' };
