/** What this browser plays of a film, and in which form it takes it. */
import { concat } from '../../shared/base/bytes.ts';
import { type FilmHeader, type FilmTrack, mimeOf, type SampleTable } from '../../shared/media/film.ts';
import { type ReadRange, sampleBytes, writeFragment } from '../../shared/media/fragment.ts';
import { isCarried } from '../../shared/media/stream-index.ts';
import type { TrackFormat } from './track-feeder.ts';

/** Whether the browser's MediaSource takes a MIME type. */
export type TypeProbe = (mime: string) => boolean;

/** The form in which this browser takes a track; undefined when in none. */
export function formatOf(track: FilmTrack, isSupported: TypeProbe): TrackFormat | undefined {
	if (!isCarried(track)) return undefined;
	const mime = playedAs(track, isSupported);
	if (mime === BARE_MP3) return { mime, init: undefined, offset: undefined, write: bareFrames };
	return mime === undefined ? undefined : { mime, init: track.init, offset: track.offset, write: writeFragment };
}

/** The MIME type under which this browser takes a codec; undefined when under none. */
export function playedAs(track: Pick<FilmTrack, 'kind' | 'codec'>, isSupported: TypeProbe): string | undefined {
	const mime = mimeOf(track);
	if (isSupported(mime)) return mime;
	// Chromium takes no MP3 inside MP4; the bare frames it does take, one after the other from a time it is told.
	return track.codec === 'mp3' && isSupported(BARE_MP3) ? BARE_MP3 : undefined;
}

const BARE_MP3 = 'audio/mpeg';

function bareFrames(samples: SampleTable, ranges: readonly ReadRange[]) {
	return concat(...Array.from({ length: samples.count }, (_, k) => sampleBytes(samples, k, ranges)));
}

/** The tracks to play, indexes into the header's: pictures and sound that this browser knows. */
export interface Playable {
	readonly video: number | undefined;
	readonly audio: number | undefined;
	readonly all: readonly number[];
}

/** Chooses the first track of each kind that can be played. */
export function chooseTracks(header: FilmHeader, isSupported: TypeProbe): Playable {
	const all = header.tracks.flatMap((track, k) => (formatOf(track, isSupported) ? [k] : []));
	const first = (kind: FilmTrack['kind']) => all.find((k) => header.tracks[k]?.kind === kind);
	return { video: first('video'), audio: first('audio'), all };
}

/** The codecs of a kind, each once. */
export function codecsOf(header: FilmHeader, kind: FilmTrack['kind']): readonly string[] {
	return [...new Set(header.tracks.filter((track) => track.kind === kind).map(({ codec }) => codec))];
}
