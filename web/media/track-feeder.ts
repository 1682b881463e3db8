/**
 * Keeps one SourceBuffer filled around the playhead. Fragments are planned ahead, their bytes asked for all at once
 * with the time each is due, and appended in order as they come. A jump bumps the generation: what belongs to an older
 * one is cancelled or falls on deaf ears.
 */
import type { Bytes } from '../../shared/base/bytes.ts';
import type { FilmTrack, SampleTable, Seconds } from '../../shared/media/film.ts';
import { byteRanges, type ByteRange, type ReadRange } from '../../shared/media/fragment.ts';
import type { IndexFault } from '../../shared/media/index-builder.ts';
import { silence } from '../../shared/media/silence.ts';
import type { MediaReader, PendingRead, ReadFault } from '../../shared/ports/media-reader.ts';
import {
	BACK_WINDOW, BLOCKED_GOAL, EPSILON, FORWARD_GOAL, fragmentSeconds, LEAST_BACK, LEAST_GOAL, MAX_PENDING_BYTES, spanAt,
	spanToEvict,
} from './buffer-window.ts';
import type { FilmTimeline, Place, Run } from './film-timeline.ts';
import type { Awaited, PlaybackFailure } from './playback.ts';
import type { SourceBufferQueue } from './source-buffer-queue.ts';

/** Where the film is. `rate`: film seconds a second. */
export interface Playhead { readonly time: Seconds; readonly rate: number }

/** How a browser takes a track: its type, and how samples become what it takes. */
export interface TrackFormat {
	readonly mime: string;
	/** Appended before all else; undefined where fragments speak for themselves. */
	readonly init: Bytes | undefined;
	/** Added by the browser to the fragment's times; undefined: it is `from`, the fragment having none. */
	readonly offset: Seconds | undefined;
	readonly write: (samples: SampleTable, ranges: readonly ReadRange[]) => Bytes;
}

/** What a feeder is made of. */
export interface FeederParts {
	readonly track: FilmTrack;
	readonly format: TrackFormat;
	readonly timeline: FilmTimeline;
	readonly reader: MediaReader;
	readonly queue: SourceBufferQueue;
	readonly playhead: () => Playhead;
	/** Something changed: there is more to do or to show. */
	readonly changed: () => void;
	readonly failed: (failure: PlaybackFailure) => void;
	/** The browser refused bytes: it, or they, must be looked at. */
	readonly broken: () => void;
}

interface Planned {
	readonly run: Run;
	readonly ranges: readonly ByteRange[];
	readonly reads: readonly PendingRead[];
	readonly bytes: number;
	/** All ranges read; undefined while some are on their way. */
	data: readonly ReadRange[] | undefined;
}

/** Feeds one track. */
export class TrackFeeder {
	readonly track: FilmTrack;
	readonly #parts: FeederParts;
	#generation = 0;
	#planned: Planned[] = [];
	#next: Place | undefined;
	#isLocating = false;
	#isAppending = false;
	#count = 0;
	#goal = FORWARD_GOAL;
	#full: Playhead | undefined;
	#from: Seconds = 0;
	#appendedTo: Seconds = 0;
	#plannedTo: Seconds = 0;

	constructor(parts: FeederParts) {
		this.track = parts.track;
		this.#parts = parts;
	}

	/** Whether all that will ever come is in the buffer. */
	get isDone(): boolean {
		return !this.#isLocating && !this.#isAppending && this.#next === undefined && this.#planned.length === 0;
	}

	/** Nothing before this time will still be appended, playing on from where it began. */
	get settledUntil(): Seconds { return this.isDone ? Infinity : this.#appendedTo; }

	/** The first bytes that are waited for. */
	get awaited(): Awaited | undefined {
		const first = this.#planned.find(({ data }) => !data);
		return first?.ranges[0];
	}

	/** The browser's buffer is new: begin with the init segment. */
	open(): void {
		const { format, queue } = this.#parts;
		if (format.init) void queue.append(format.init, format.offset);
	}

	/** The playhead jumped: go on if that is within what is being fed, else begin there. */
	jump(): void {
		const playhead = this.#parts.playhead();
		const span = spanAt(this.#parts.queue.spans, playhead.time);
		const isComing = span !== undefined || playhead.time >= this.#appendedTo - EPSILON;
		if (isComing && !this.#isAstray(playhead)) return this.fill();
		this.restart(span ? span.to : playhead.time);
	}

	/** Begins anew at a time, whatever is there. */
	restart(time: Seconds): void { void this.#begin(time); }

	/** Plans, reads and appends as far as the window goes; tells each read its new due time. */
	fill(): void {
		const playhead = this.#parts.playhead();
		// The clock of a `<video>` jumps before it says so: what lies between must not be taken for missing.
		if (this.#isAstray(playhead)) return this.jump();
		for (const planned of this.#planned) {
			if (!planned.data) for (const read of planned.reads) read.due(dueInMs(planned.run, playhead));
		}
		void this.#plan(this.#generation);
		this.#append(playhead);
		this.#evict(playhead);
	}

	#evict(playhead: Playhead): void {
		// Removing anything would reopen a film that has been told it is whole, which makes browsers stop for a moment;
		// and what is waited for comes first.
		if (this.isDone || this.#isBlocked(playhead) || !this.#parts.queue.isIdle) return;
		const evicted = spanToEvict(this.#parts.queue.spans, playhead.time, BACK_WINDOW);
		if (evicted) void this.#parts.queue.remove(evicted);
	}

	/** Whether the playhead is elsewhere than where this feeds. Where the track has ended, it may go on without. */
	#isAstray({ time }: Playhead): boolean {
		if (this.#isLocating && this.#count === 0) return Math.abs(time - this.#from) > EPSILON;
		return time < this.#from - EPSILON || (time > this.#plannedTo + EPSILON && !this.isDone);
	}

	/** Cancels all that is on its way. */
	close(): void {
		this.#generation += 1;
		this.#drop();
		this.#next = undefined;
	}

	#drop(): void {
		for (const { reads } of this.#planned.splice(0)) for (const read of reads) read.cancel();
		this.#parts.queue.clear();
	}

	async #begin(time: Seconds): Promise<void> {
		const generation = ++this.#generation;
		this.#drop();
		[this.#isLocating, this.#isAppending, this.#next, this.#count, this.#full] = [true, false, undefined, 0, undefined];
		[this.#from, this.#appendedTo, this.#plannedTo] = [time, time, time];
		const place = await this.#parts.timeline.placeFor(this.track, time);
		if (generation !== this.#generation) return;
		this.#isLocating = false;
		if (!place.ok) return this.#parts.failed(failureOf(place.error));
		this.#next = place.value;
		this.fill();
		this.#parts.changed();
	}

	/** Whether bytes are on their way for what the playhead stands at. */
	#isBlocked(playhead: Playhead): boolean { return this.#appendedTo <= playhead.time + EPSILON; }

	async #plan(generation: number): Promise<void> {
		while (this.#next && !this.#isLocating && this.#wantsMore()) {
			this.#isLocating = true;
			const playhead = this.#parts.playhead();
			// Up to the playhead at once, then a short fragment, so that a frame shows soon.
			const until = Math.max(this.#plannedTo, playhead.time) + fragmentSeconds(this.#count);
			const run = await this.#parts.timeline.runFrom(this.track, this.#next, until);
			if (generation !== this.#generation) return;
			this.#isLocating = false;
			if (!run.ok) return this.#parts.failed(failureOf(run.error));
			this.#next = run.value?.next;
			if (run.value && this.#count === 0) this.#fillLeadIn(run.value.from);
			if (run.value) this.#read(run.value);
			this.#parts.changed();
		}
	}

	/** Sound that begins later than the place where playback does is preceded by silence. */
	#fillLeadIn(from: Seconds): void {
		const { format, queue } = this.#parts;
		const quiet = this.track.kind === 'audio' && format.init ? silence(this.track, this.#from, from) : undefined;
		if (quiet) void queue.append(format.write(quiet.samples, quiet.ranges), quiet.offset);
	}

	#wantsMore(): boolean {
		const playhead = this.#parts.playhead();
		const pendingBytes = this.#planned.reduce((sum, { bytes }) => sum + bytes, 0);
		const goal = this.#isBlocked(playhead) ? Math.min(BLOCKED_GOAL, this.#goal) : this.#goal;
		return this.#plannedTo < playhead.time + goal && pendingBytes < MAX_PENDING_BYTES[this.track.kind];
	}

	#read(run: Run): void {
		const playhead = this.#parts.playhead();
		const generation = this.#generation;
		const ranges = byteRanges(run.samples);
		const due = dueInMs(run, playhead);
		const reads = ranges.map(({ offset, length }) => this.#parts.reader.read(offset, length, due));
		const bytes = ranges.reduce((sum, { length }) => sum + length, 0);
		const planned: Planned = { run, ranges, reads, bytes, data: undefined };
		this.#planned.push(planned);
		this.#plannedTo = Math.max(this.#plannedTo, run.to);
		if (this.#plannedTo > playhead.time) this.#count += 1;
		void Promise.all(reads.map((read) => read.bytes)).then((results) => {
			if (generation !== this.#generation) return;
			const fault = results.find((result) => !result.ok);
			if (fault) return this.#fail(fault.error);
			planned.data = results.flatMap((result, k) => {
				return result.ok ? [{ offset: ranges[k]?.offset ?? 0, bytes: result.value }] : [];
			});
			this.#parts.changed();
		});
	}

	#fail(fault: ReadFault): void {
		this.close();
		this.#parts.failed({ reason: 'read', fault });
	}

	#append(playhead: Playhead): void {
		const [first] = this.#planned;
		const isWaiting = this.#full && playhead.time < this.#full.time + 2 && playhead.time >= this.#full.time;
		if (!first?.data || this.#isAppending || isWaiting) return;
		this.#isAppending = true;
		void this.#appendFragment(first, first.data);
	}

	async #appendFragment(planned: Planned, data: readonly ReadRange[]): Promise<void> {
		const generation = this.#generation;
		const { format, queue } = this.#parts;
		const fragment = format.write(planned.run.samples, data);
		const offset = format.offset ?? planned.run.from;
		let appended = await queue.append(fragment, offset);
		if (!appended.ok && appended.error === 'full') {
			await queue.remove({ from: 0, to: Math.max(0.001, this.#parts.playhead().time - LEAST_BACK) });
			appended = await queue.append(fragment, offset);
		}
		if (generation !== this.#generation) return;
		this.#isAppending = false;
		if (appended.ok) {
			this.#planned.shift();
			this.#appendedTo = Math.max(this.#appendedTo, planned.run.to);
		} else if (appended.error === 'full') {
			this.#goal = Math.max(LEAST_GOAL, this.#goal * 0.8);
			this.#full = this.#parts.playhead();
		} else if (appended.error === 'broken') {
			return this.#parts.broken();
		}
		this.#parts.changed();
	}
}

function dueInMs(run: Run, playhead: Playhead): number {
	return Math.max(0, ((run.from - playhead.time) / Math.max(0.25, playhead.rate)) * 1000);
}

function failureOf(fault: IndexFault): PlaybackFailure {
	return { reason: 'index', fault };
}
