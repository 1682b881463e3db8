/** What is known of a film without its bytes: tracks, times and where each sample lies. */
import type { Bytes } from '../base/bytes.ts';
import { GROUP_BYTES } from '../protocol/limits.ts';

/** A time of the film, or a span of it, as media elements count. */
export type Seconds = number;

/** One track. Its samples' times are in ticks of its own. */
export interface FilmTrack {
	readonly kind: 'video' | 'audio';
	/** As MIME types spell it (RFC 6381): `avc1.64001f`, `mp4a.40.2`, `opus`; or what the file calls an odd one. */
	readonly codec: string;
	/** Ticks a second. */
	readonly timescale: number;
	/** The tick that the init segment's edit puts at zero. */
	readonly startTicks: number;
	/** How much later than that the film has it: a SourceBuffer's `timestampOffset`. */
	readonly offset: Seconds;
	/** BCP 47 or ISO 639-2; empty if nobody said. */
	readonly language: string;
	/** What its maker called it; mostly empty. */
	readonly label: string;
	/** Pixels; 0 for sound. */
	readonly width: number;
	readonly height: number;
	/** 0 for pictures. */
	readonly channels: number;
	readonly sampleRate: number;
	/** Initialization segment; empty when no browser plays the codec, and then the pages have no samples of it. */
	readonly init: Bytes;
}

/** Where the pages of an index lie and begin. Page k: bytes `offsets[k]` to `offsets[k + 1]`, from `starts[k]` on. */
export interface PageTable {
	/** Seconds, rounded down to a millisecond: no sample of the page is decoded earlier. */
	readonly starts: Float64Array;
	readonly offsets: Float64Array;
	/** {@link KEY_INSIDE} and {@link KEY_FIRST} of each page. */
	readonly keys: Uint8Array;
}

/** The page holds a key frame of the first carried track. */
export const KEY_INSIDE = 1;
/** The page's first sample of the first carried track is a key frame. */
export const KEY_FIRST = 2;

/** The whole of an index but its pages. */
export interface FilmHeader {
	readonly duration: Seconds;
	readonly tracks: readonly FilmTrack[];
	readonly pages: PageTable;
}

/** Samples of one track in decoding order, column by column: 29 bytes a sample. */
export interface SampleTable {
	readonly count: number;
	/** Bytes from the start of the share. */
	readonly offsets: Float64Array;
	readonly sizes: Uint32Array;
	/** Ticks. */
	readonly decodeTimes: Float64Array;
	/** Ticks from decoding to showing; may be negative. */
	readonly compositions: Int32Array;
	readonly durations: Uint32Array;
	/** 1: a key frame. */
	readonly keys: Uint8Array;
}

/** An empty table to fill, with room for `count` samples. */
export function emptySamples(count: number): SampleTable {
	return {
		count,
		offsets: new Float64Array(count),
		sizes: new Uint32Array(count),
		decodeTimes: new Float64Array(count),
		compositions: new Int32Array(count),
		durations: new Uint32Array(count),
		keys: new Uint8Array(count),
	};
}

/** Samples `from` to `to` - 1 of a table: views, not copies. */
export function sliceSamples(samples: SampleTable, from: number, to: number): SampleTable {
	return {
		count: to - from,
		offsets: samples.offsets.subarray(from, to),
		sizes: samples.sizes.subarray(from, to),
		decodeTimes: samples.decodeTimes.subarray(from, to),
		compositions: samples.compositions.subarray(from, to),
		durations: samples.durations.subarray(from, to),
		keys: samples.keys.subarray(from, to),
	};
}

/** When sample k is shown. */
export function shownAt(track: FilmTrack, samples: SampleTable, k: number): Seconds {
	return filmTime(track, (samples.decodeTimes[k] ?? 0) + (samples.compositions[k] ?? 0));
}

/** The film's time of a tick of a track. */
export function filmTime(track: FilmTrack, ticks: number): Seconds {
	return (ticks - track.startTicks) / track.timescale + track.offset;
}

/** The MIME type to ask a browser about. */
export function mimeOf(track: Pick<FilmTrack, 'kind' | 'codec'>): string {
	return `${track.kind}/mp4; codecs="${track.codec}"`;
}

/** Tracks of a film: more are left out. */
export const MAX_TRACKS = 32;
/** Samples of one track: 24 hours of 60 frames a second are 5 million. */
export const MAX_SAMPLES = 2 ** 24;
/** Pages of an index: more than {@link MAX_DURATION} needs at 1.5 s each. */
export const MAX_PAGES = 2 ** 18;
/** Bytes of one page: 2 s of a common film are 600. */
export const MAX_PAGE_BYTES = 2 ** 18;
/** Bytes of media one page may name: 2 s at 500 Mbit/s, and what a viewer may have to hold at once for one read. */
export const MAX_PAGE_MEDIA_BYTES = 128 * GROUP_BYTES;
/** Bytes of an initialization segment. */
export const MAX_INIT_BYTES = 2 ** 16;
/** Bytes of an index header: two hours are under 16 KiB. */
export const MAX_HEADER_BYTES = 2 ** 22;
/** Seconds of a film: a hundred hours. */
export const MAX_DURATION: Seconds = 360_000;
