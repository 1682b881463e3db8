/** What the page may know of playback: states, failures, measures. */
import type { Bytes } from '../../shared/base/bytes.ts';
import type { Result } from '../../shared/base/result.ts';
import type { Ms } from '../../shared/base/units.ts';
import type { FilmTrack, Seconds } from '../../shared/media/film.ts';
import type { IndexFault } from '../../shared/media/index-builder.ts';
import type { ReadFault } from '../../shared/ports/media-reader.ts';

/** Where the stream index comes from: attachments of the share, or the container itself. Calls may overlap. */
export interface IndexSource {
	header(): Promise<Result<Bytes, IndexFault>>;
	/** Bytes `from` to `to` - 1 of the pages. */
	pages(from: number, to: number): Promise<Result<Bytes, IndexFault>>;
}

/**
 * Why a film does not play, for good. `codec`: this browser knows none of its pictures' codecs. `browser`: nothing at
 * all.
 */
export type PlaybackFailure =
	| { readonly reason: 'codec'; readonly codecs: readonly string[] }
	/** The index is not there, or not one that makes sense. */
	| { readonly reason: 'index'; readonly fault: IndexFault }
	| { readonly reason: 'read'; readonly fault: ReadFault }
	/** The browser gave up on the film's bytes, several times. */
	| { readonly reason: 'decode'; readonly codecs: readonly string[] }
	| { readonly reason: 'browser' };

/** The bytes the playhead waits for. */
export interface Awaited { readonly offset: number; readonly length: number }

/** What playback does. `buffering`: without `awaited` it waits for the index or the decoder. */
export type PlaybackState =
	| { readonly state: 'loading-index' }
	| { readonly state: 'buffering'; readonly isSeeking: boolean; readonly awaited: Awaited | undefined }
	| { readonly state: 'playing' }
	| { readonly state: 'paused' }
	| { readonly state: 'ended' }
	| { readonly state: 'failed'; readonly failure: PlaybackFailure }
	| { readonly state: 'closed' };

/** Measures; undefined until there is something to measure. A stall: the film stood still for want of bytes. */
export interface PlaybackMetrics {
	readonly startupMs: Ms | undefined;
	readonly stalls: number;
	readonly stalledMs: Ms;
	readonly lastSeekMs: Ms | undefined;
	readonly bufferedAheadSec: Seconds;
}

/** All a page needs to draw a player. `tracks` and `duration`: empty and 0 until the index is here. */
export interface PlayerView {
	readonly playback: PlaybackState;
	readonly metrics: PlaybackMetrics;
	readonly duration: Seconds;
	readonly tracks: readonly FilmTrack[];
	/** Indexes into `tracks` that this browser plays. */
	readonly playable: readonly number[];
	/** The audio track that plays, an index into `tracks`. */
	readonly audio: number | undefined;
	/** Codecs of the sound, when the film has sound and this browser plays none of it. */
	readonly silentBecause: readonly string[];
}
