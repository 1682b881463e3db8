/** What a sharer should know of a film's codecs before sending the link. */
import type { FilmTrack } from '../../shared/media/film.ts';
import { reachOf } from '../../shared/media/playable-codecs.ts';
import type { DescriptorBody } from '../../shared/protocol/descriptor-body.ts';
import { playedAs, type TypeProbe } from '../media/track-format.ts';
import type { CodecWarning } from './app-view.ts';

/** One for each codec that not every viewer's browser plays. `plays`: whether this one takes a MIME type. */
export function codecWarnings(tracks: DescriptorBody['tracks'], plays: TypeProbe): CodecWarning[] {
	const warnings = tracks.flatMap(({ kind, codec }): CodecWarning[] => {
		if (kind === 'subtitles') return [];
		const reach = reachOf(codec);
		if (reach !== 'most') return [{ kind, codec, plays: reach }];
		return playedAs({ kind, codec }, plays) === undefined ? [{ kind, codec, plays: 'not-here' }] : [];
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
