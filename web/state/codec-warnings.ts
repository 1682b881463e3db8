/** What a sharer should know of a film's codecs before sending the link. */
import type { FilmTrack } from '../../shared/media/film.ts';
import { formatOf } from '../media/track-format.ts';
import type { CodecWarning } from './app-view.ts';

/** Codecs that play in some browsers only, whatever this one does: HEVC needs hardware or Firefox. */
const SOME = /^(hvc1|hev1)/;

/** One for each codec that not every viewer's browser plays. `plays`: whether this one does. */
export function codecWarnings(tracks: readonly FilmTrack[], plays: (mime: string) => boolean): CodecWarning[] {
	const warnings = tracks.flatMap((track): CodecWarning[] => {
		const { kind, codec } = track;
		if (SOME.test(codec)) return [{ kind, codec, plays: 'some' }];
		return formatOf(track, plays) === undefined ? [{ kind, codec, plays: 'nowhere' }] : [];
	});
	return [...new Map(warnings.map((warning) => [warning.codec, warning])).values()];
}

/** A track as a descriptor names it. */
interface DescribedTrack {
	kind: 'video' | 'audio';
	codec: string;
	language?: string;
	label?: string;
	width?: number;
	height?: number;
	channels?: number;
}

/** What would break or turn a line of text. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

/** Tracks as a descriptor names them. */
export function describedTracks(tracks: readonly FilmTrack[]): DescribedTrack[] {
	return tracks.map(({ kind, codec, language, label, width, height, channels }) => ({
		kind, codec: codec.slice(0, 64),
		...(language === '' ? {} : { language: language.slice(0, 35) }),
		...(label === '' ? {} : { label: label.slice(0, 100).replaceAll(UNPRINTABLE, ' ') }),
		...(width > 0 ? { width } : {}),
		...(height > 0 ? { height } : {}),
		...(channels > 0 && channels <= 64 ? { channels } : {}),
	}));
}
