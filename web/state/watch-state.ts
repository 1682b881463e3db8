/** What watching is doing, out of what its parts are doing. */
import type { TrackerLine } from '../../shared/runtime/tracker-session.ts';
import type { PlaybackState } from '../media/playback.ts';
import type { WatchProblem, WatchState } from './app-view.ts';

/** All that the state follows from. */
export interface WatchFacts {
	readonly problem: WatchProblem | undefined;
	readonly line: TrackerLine;
	/** On the clock of `line.retryAt`. */
	readonly now: number;
	/** Connected, and being connected. */
	readonly people: number;
	readonly connecting: number;
	/** Undefined until there is something to play. */
	readonly playback: PlaybackState | undefined;
	readonly hasStarted: boolean;
	/** The browser has WebRTC. */
	readonly canConnect: boolean;
	/** The whole film is on this device. */
	readonly isComplete: boolean;
}

/** A film that plays says so, whatever the rest does; only when it cannot does the reason matter. */
export function watchState(facts: WatchFacts): WatchState {
	const { problem, playback } = facts;
	if (problem) return { state: 'failed', problem };
	if (facts.hasStarted && isThere(playback)) return { state: 'playing' };
	if (!facts.canConnect && !facts.isComplete) return { state: 'failed', problem: { problem: 'no-webrtc' } };
	if (facts.hasStarted && playback?.state === 'buffering') {
		return { state: 'buffering', because: whyBuffering(facts, playback.isSeeking) };
	}
	if (facts.people > 0 || facts.isComplete) return { state: 'starting' };
	if (facts.connecting > 0) return { state: 'connecting', peers: facts.connecting };
	return whyAlone(facts);
}

function isThere(playback: PlaybackState | undefined): boolean {
	return playback?.state === 'playing' || playback?.state === 'paused' || playback?.state === 'ended';
}

function whyBuffering(facts: WatchFacts, isSeeking: boolean): 'slow-peers' | 'no-peers' | 'seek' {
	if (facts.people === 0 && !facts.isComplete) return 'no-peers';
	return isSeeking ? 'seek' : 'slow-peers';
}

function whyAlone(facts: WatchFacts): WatchState {
	switch (facts.line.state) {
		case 'offline': {
			const retryInSec = Math.max(0, Math.ceil((facts.line.retryAt - facts.now) / 1000));
			const { because } = facts.line;
			return { state: 'tracker-unreachable', retryInSec, ...(because && { because }) };
		}
		case 'replaced': return { state: 'tracker-replaced' };
		case 'connecting': return { state: 'opening' };
		case 'online': return { state: 'waiting' };
	}
}
