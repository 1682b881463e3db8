/** Which codecs any browser plays while they arrive (MediaSource, inside MP4). */

/** Sample entries that some browser plays. Tracks of others are named in an index, not carried. */
const PLAYABLE = new Set([
	'avc1', 'avc3', 'hvc1', 'hev1', 'dvh1', 'dvhe', 'av01', 'vp08', 'vp09', 'mp4a', 'Opus', 'fLaC', 'ac-3', 'ec-3', '.mp3',
]);

/** Codecs whose name in MIME types does not begin with their sample entry. */
const RENAMED = new Set(['opus', 'flac', 'mp3']);

/** Codecs that play in some browsers only: HEVC and Dolby need the device's help, or Safari. */
const PLAYED_BY_SOME = new Set(['hvc1', 'hev1', 'dvh1', 'dvhe', 'ac-3', 'ec-3']);

/** Whether some browser plays tracks of a sample entry. */
export function isPlayableEntry(format: string): boolean { return PLAYABLE.has(format); }

/** How widely a codec, as MIME types spell it, is played. */
export function reachOf(codec: string): 'nowhere' | 'some' | 'most' {
	const [entry = ''] = codec.split('.', 1);
	if (PLAYED_BY_SOME.has(entry)) return 'some';
	return PLAYABLE.has(entry) || RENAMED.has(codec) ? 'most' : 'nowhere';
}
