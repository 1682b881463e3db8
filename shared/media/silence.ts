/**
 * Frames of silence, for sound that begins later than its film: browsers do not start a film at a place where one of
 * its tracks has nothing (Chromium: more than a second of nothing).
 */
import type { Bytes } from '../base/bytes.ts';
import { emptySamples, filmTime, type FilmTrack, type SampleTable, type Seconds } from './film.ts';
import type { ReadRange } from './fragment.ts';

/** What ffmpeg's AAC encoder makes of silence, by number of channels. Any sample rate: the frame does not say. */
const AAC_SILENCE: Readonly<Record<number, readonly number[]>> = {
	1: [0x01, 0x18, 0x20, 0x07],
	2: [0x21, 0x10, 0x04, 0x60, 0x8c, 0x1c],
	6: [
		0x01, 0x18, 0x20, 0x01, 0x08, 0x80, 0x23, 0x04, 0x60, 0x23, 0x10, 0x04, 0x60, 0x8c, 0x0c, 0x23, 0x00, 0x00, 0xe0,
	],
};
/** What libopus makes of 20 ms of silence, in mono or stereo. */
const OPUS_SILENCE = [0xfc, 0xff, 0xfe];
/** Seconds of silence at most: a film whose sound begins later than this plays from there. */
const LONGEST: Seconds = 600;

/** A fragment's worth of silence, its bytes, and the `timestampOffset` it is to be appended with. */
export interface Silence {
	readonly samples: SampleTable;
	readonly ranges: readonly ReadRange[];
	readonly offset: Seconds;
}

/** Silence from `from` up to `to`; undefined for a codec or a span there is none for. */
export function silence(track: FilmTrack, from: Seconds, to: Seconds): Silence | undefined {
	const bytes = silentFrame(track);
	const seconds = track.codec === 'opus' ? 0.02 : 1024 / (track.sampleRate || track.timescale);
	const ticks = seconds * track.timescale;
	const count = Math.floor(((to - from) * track.timescale) / ticks);
	if (!bytes || to - from > LONGEST || count < 1) return undefined;
	const samples = emptySamples(count);
	// Its own time line: the track's may have no ticks so early.
	const offset = from - filmTime({ ...track, offset: 0 }, Math.max(0, track.startTicks));
	for (let k = 0; k < count; k++) {
		samples.sizes[k] = bytes.length;
		samples.decodeTimes[k] = Math.max(0, track.startTicks) + Math.round(k * ticks);
		samples.durations[k] = Math.round((k + 1) * ticks) - Math.round(k * ticks);
		samples.keys[k] = 1;
	}
	return { samples, ranges: [{ offset: 0, bytes }], offset };
}

function silentFrame(track: FilmTrack): Bytes | undefined {
	if (track.codec === 'opus' && track.channels <= 2) return Uint8Array.from(OPUS_SILENCE);
	const frame = track.codec === 'mp4a.40.2' ? AAC_SILENCE[track.channels] : undefined;
	return frame && Uint8Array.from(frame);
}
