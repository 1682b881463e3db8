/**
 * The policy of what to keep in a SourceBuffer: a window around the playhead. Pure; the numbers are hls.js's and
 * shaka's unless said otherwise.
 */
import type { Seconds } from '../../shared/media/film.ts';

/** A stretch of time, `from` to before `to`. */
export interface Span { readonly from: Seconds; readonly to: Seconds }

/** How far ahead to buffer. */
export const FORWARD_GOAL: Seconds = 30;
/** The goal shrinks down to this when the browser has no room. */
export const LEAST_GOAL: Seconds = 8;
/** How far ahead to ask for bytes while nothing can be shown yet: read-ahead would compete with what is waited for. */
export const BLOCKED_GOAL: Seconds = 2;
/** What stays behind the playhead, for the impatient who skip back. */
export const BACK_WINDOW: Seconds = 30;
/** What stays behind when the browser has no room. */
export const LEAST_BACK: Seconds = 10;
/** Eviction waits for this much to evict: each costs the browser a few milliseconds. */
const EVICTION_STEP: Seconds = 5;
/** Bytes on their way to one SourceBuffer: Chromium's own quotas are 150 MB for pictures and 12 MB for sound. */
export const MAX_PENDING_BYTES = { video: 60e6, audio: 12e6 } as const;
/** Holes in the buffer up to this are jumped over. */
const LARGEST_GAP: Seconds = 0.5;
/** Where to land behind a hole: a frame beyond its edge. */
const BEYOND: Seconds = 0.05;
/** Two times as one: browsers round to microseconds, indexes to milliseconds. */
export const EPSILON: Seconds = 0.05;

/** Seconds of the n-th fragment since playback began or jumped: the first ones short, so that something shows soon. */
export function fragmentSeconds(n: number): Seconds {
	return [0.5, 1][n] ?? 2;
}

/** The spans of a browser's `TimeRanges`. */
export function spansOf(ranges: TimeRanges): Span[] {
	return Array.from({ length: ranges.length }, (_, k) => ({ from: ranges.start(k), to: ranges.end(k) }));
}

/** The span that covers a time. */
export function spanAt(spans: readonly Span[], time: Seconds): Span | undefined {
	return spans.find(({ from, to }) => from - EPSILON <= time && time < to);
}

/** Seconds of film from the playhead to the end of what is there without a hole. */
export function bufferedAhead(spans: readonly Span[], playhead: Seconds): Seconds {
	const span = spanAt(spans, playhead);
	return span ? span.to - playhead : 0;
}

/** What to remove, if anything: the oldest, once there is enough of it. */
export function spanToEvict(spans: readonly Span[], playhead: Seconds, back: Seconds): Span | undefined {
	const from = spans[0]?.from ?? playhead;
	const to = playhead - back;
	return to - from >= EVICTION_STEP ? { from: 0, to } : undefined;
}

/** What the film's hole at the playhead is like. `settledUntil`: nothing before will still be appended. */
export interface Hole { readonly spans: readonly Span[]; readonly playhead: Seconds; readonly settledUntil: Seconds }

/**
 * Where to jump when playback hangs before a hole that nothing will fill: over a small one, or over one of any size at
 * the beginning of the film, whose tracks need not begin at the same time.
 */
export function placeBehindGap({ spans, playhead, settledUntil }: Hole): Seconds | undefined {
	const next = spans.find(({ from }) => from > playhead);
	const here = spanAt(spans, playhead);
	if (!next || (here && here.to - playhead > LARGEST_GAP)) return undefined;
	const isBeginning = spans[0] === next;
	if (next.from > settledUntil || (!isBeginning && next.from - playhead > LARGEST_GAP + EPSILON)) return undefined;
	return next.from + BEYOND;
}
