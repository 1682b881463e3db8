import { describe, expect, test } from 'vitest';
import type { PlaybackState } from '../media/playback.ts';
import type { WatchProblem } from './app-view.ts';
import { watchState, type WatchFacts } from './watch-state.ts';

const ALONE: WatchFacts = {
	problem: undefined, line: { state: 'online', name: 'Ada' }, now: 5000, people: 0, connecting: 0,
	playback: undefined, hasStarted: false, canConnect: true, isComplete: false,
};
const BUFFERING: PlaybackState = { state: 'buffering', isSeeking: false, awaited: undefined };
const SEEKING: PlaybackState = { state: 'buffering', isSeeking: true, awaited: undefined };

/** The state when all is as for somebody alone but for `facts`. */
const stateWith = (facts: Partial<WatchFacts>) => watchState({ ...ALONE, ...facts });

describe('nobody who has the film is here', () => {
	test('and the tracker is up: we wait', () => {
		expect(stateWith({})).toEqual({ state: 'waiting' });
	});

	test('and the tracker is being reached: it opens', () => {
		expect(stateWith({ line: { state: 'connecting' } })).toEqual({ state: 'opening' });
	});

	test('and the tracker is down: it says when it is tried again, in whole seconds, never less than none', () => {
		const offline = (retryAt: number) => stateWith({ line: { state: 'offline', retryAt } });
		expect(offline(7001)).toEqual({ state: 'tracker-unreachable', retryInSec: 3 });
		expect(offline(7000)).toEqual({ state: 'tracker-unreachable', retryInSec: 2 });
		expect(offline(4000)).toEqual({ state: 'tracker-unreachable', retryInSec: 0 });
	});

	test('and the tracker said why it ended the line: that is passed on', () => {
		expect(stateWith({ line: { state: 'offline', retryAt: 7000, because: 'too-many-connections' } }))
			.toEqual({ state: 'tracker-unreachable', retryInSec: 2, because: 'too-many-connections' });
	});

	test('and nobody ever can be: the browser has no WebRTC', () => {
		const failed = { state: 'failed', problem: { problem: 'no-webrtc' } };
		expect(stateWith({ canConnect: false })).toEqual(failed);
		expect(stateWith({ canConnect: false, hasStarted: true, playback: BUFFERING })).toEqual(failed);
	});

	test('and another connection has our place at the tracker: it says so, for nothing happens by itself', () => {
		expect(stateWith({ line: { state: 'replaced' } })).toEqual({ state: 'tracker-replaced' });
	});

	test('but some are being connected to', () => {
		expect(stateWith({ connecting: 3 })).toEqual({ state: 'connecting', peers: 3 });
		expect(stateWith({ connecting: 1, line: { state: 'offline', retryAt: 9000 } }))
			.toEqual({ state: 'connecting', peers: 1 });
	});
});

describe('before the first picture', () => {
	test.each<[string, PlaybackState | undefined]>([
		['nothing to play yet', undefined],
		['an index that loads', { state: 'loading-index' }],
		['a buffer that fills', BUFFERING],
		['a player that says it plays', { state: 'playing' }],
	])('with people and %s, it starts', (_, playback) => {
		expect(stateWith({ people: 1, playback })).toEqual({ state: 'starting' });
	});

	test('with the whole film on this device it starts alone, whatever the tracker does', () => {
		expect(stateWith({ isComplete: true, line: { state: 'connecting' } })).toEqual({ state: 'starting' });
	});

	test('what is on this device plays without WebRTC', () => {
		expect(stateWith({ canConnect: false, isComplete: true })).toEqual({ state: 'starting' });
		expect(stateWith({ canConnect: false, hasStarted: true, playback: { state: 'playing' } })).toEqual({ state: 'playing' });
	});

	test('alone and without the film it still says whom it waits for', () => {
		expect(stateWith({ playback: BUFFERING })).toEqual({ state: 'waiting' });
	});
});

describe('a film that has started', () => {
	test.each(['playing', 'paused', 'ended'] as const)('and is %s plays, whatever else is wrong', (state) => {
		const facts = { hasStarted: true, playback: { state } } as const;
		expect(stateWith(facts)).toEqual({ state: 'playing' });
		expect(stateWith({ ...facts, line: { state: 'offline', retryAt: 9000 } })).toEqual({ state: 'playing' });
	});

	test('and stands still because everybody left, says so, even in a seek', () => {
		const expected = { state: 'buffering', because: 'no-peers' };
		expect(stateWith({ hasStarted: true, playback: BUFFERING })).toEqual(expected);
		expect(stateWith({ hasStarted: true, playback: SEEKING })).toEqual(expected);
	});

	test('and stands still while people are here, blames them, unless the viewer jumped', () => {
		const facts = { hasStarted: true, people: 2 };
		expect(stateWith({ ...facts, playback: BUFFERING })).toEqual({ state: 'buffering', because: 'slow-peers' });
		expect(stateWith({ ...facts, playback: SEEKING })).toEqual({ state: 'buffering', because: 'seek' });
	});

	test('and is all here misses nobody', () => {
		const facts = { hasStarted: true, isComplete: true, playback: SEEKING };
		expect(stateWith(facts)).toEqual({ state: 'buffering', because: 'seek' });
	});
});

describe('a problem', () => {
	test.each<WatchProblem>([{ problem: 'wrong-key' }, { problem: 'codec', codecs: ['hvc1.1.6'] }])(
		'of the kind $problem comes before all else', (problem) => {
			expect(stateWith({ problem, hasStarted: true, people: 3, playback: { state: 'playing' } }))
				.toEqual({ state: 'failed', problem });
		},
	);
});
