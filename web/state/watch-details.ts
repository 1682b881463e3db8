/** Details of a film that is being watched, as its page shows them. */
import type { LinkKeys } from '../../shared/protocol/keys.ts';
import type { NodeSnapshot } from '../../shared/runtime/snapshot.ts';
import type { PlaybackMetrics, PlayerView } from '../media/playback.ts';
import type { Rates, StatsView, WatchView } from './app-view.ts';
import type { RevivedFilm } from './revival.ts';

/** How a link was opened. */
export interface WatchedLink {
	readonly keys: LinkKeys;
	/** As it was opened, to be shown and copied. */
	readonly url: string;
	/** The film is here as a file: it is played, and given to others, out of that. */
	readonly film: RevivedFilm | undefined;
	/** That file was changed or is gone. */
	readonly lost: () => void;
}

const NOTHING_PLAYED: PlaybackMetrics = {
	startupMs: undefined, stalls: 0, stalledMs: 0, lastSeekMs: undefined, bufferedAheadSec: 0,
};

/** Undefined until the first byte came or went. */
export function statsOf(
	{ bytes, chunks }: NodeSnapshot, seconds: readonly Rates[], playback: PlaybackMetrics | undefined,
): StatsView | undefined {
	if (bytes.downloaded + bytes.uploaded === 0) return undefined;
	return {
		seconds, downloadedBytes: bytes.downloaded, uploadedBytes: bytes.uploaded, duplicateBytes: bytes.duplicate,
		verifiedChunks: chunks.verified, rejectedChunks: chunks.rejected, ...playback ?? NOTHING_PLAYED,
	};
}

/** The sound tracks this browser plays. */
export function audioTracksOf(player: PlayerView | undefined): WatchView['audioTracks'] {
	return player?.tracks.flatMap((track, id) => track.kind === 'audio' && player.playable.includes(id)
		? [{ id, label: track.label || track.language || `Track ${id}`, selected: id === player.audio }] : []) ?? [];
}

/** Whether the page was loaded anew where it stood. */
export function wasReloaded(): boolean {
	const [entry] = performance.getEntriesByType('navigation');
	return entry instanceof PerformanceNavigationTiming && entry.type === 'reload';
}
