/** What a sharer should know of a film's codecs before sending the link. */
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
