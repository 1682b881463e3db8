/** How many browsers play a track: what a sharer should know before sending the link. Seen at the end of 2026. */
import type { FilmTrack } from './film.ts';
import { isCarried } from './stream-index.ts';

/** `most`: all common browsers, on common devices. `some`: it depends on browser and device. `none`: no browser. */
export type CodecReach = 'most' | 'some' | 'none';

const MOST = /^(avc[13]\.(42|4d|58|64)|vp09\.00|av01\.0|mp4a\.40\.(2|5|29)$|opus$|flac$|mp3$)/i;

/** Who can play a track. */
export function reachOf(track: FilmTrack): CodecReach {
	if (!isCarried(track)) return 'none';
	return MOST.test(track.codec) ? 'most' : 'some';
}
