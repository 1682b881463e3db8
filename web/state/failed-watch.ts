/** A watch page whose link cannot be opened at all. */
import type { ShareId } from '../../shared/protocol/ids.ts';
import type { WatchProblem, WatchView } from './app-view.ts';

/** Nothing but the problem. */
export function failedWatch(link: string, problem: WatchProblem): WatchView {
	return {
		id: '' as ShareId, link, status: { state: 'failed', problem },
		title: undefined, sizeBytes: undefined, durationSec: undefined, posterUrl: undefined,
		people: [], held: [], heldFraction: 0, complete: false, downBps: 0, upBps: 0, stats: undefined,
		audioTracks: [], silentBecause: undefined, mutedByBrowser: false, unkept: undefined, spares: false,
		contradicted: false, resumeAtSec: undefined, revival: undefined,
	};
}
