/** Tracks of a film as its description names them. */
import type { FilmTrack } from './film.ts';

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
