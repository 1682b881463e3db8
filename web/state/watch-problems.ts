/** What keeps a film from being watched, as far as it matters to a person. */
import type { IndexFault } from '../../shared/media/index-builder.ts';
import type { PlaybackFailure } from '../media/playback.ts';
import type { WatchProblem } from './app-view.ts';

/** Faults of reading: `closed` also when the script that makes an index did not come. */
const NOT_READ: readonly IndexFault[] = ['closed', 'cancelled', 'gone', 'changed'];

/** What it means that playback failed. */
export function problemOfPlayback(failure: PlaybackFailure): WatchProblem {
	switch (failure.reason) {
		case 'codec': case 'decode': return { problem: 'codec', codecs: failure.codecs };
		case 'browser': return { problem: 'no-media-source' };
		case 'index': return { problem: isAboutFilm(failure.fault) ? 'not-a-video' : 'internal' };
		case 'read': return { problem: 'internal' };
	}
}

/** Whether the index is at fault, rather than that it could not be read or made. */
function isAboutFilm(fault: IndexFault): boolean {
	return !NOT_READ.includes(fault);
}
