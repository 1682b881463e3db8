/**
 * A viewer: plays at the film's bitrate, asks for segments of two seconds up to half a minute ahead, seeks, and stalls.
 */
import type { Ms } from '../base/units.ts';
import type { Input } from '../engine/events.ts';
import { CHUNK_BYTES } from '../protocol/limits.ts';
import type { EventQueue } from './event-queue.ts';
import type { SimFilm } from './film.ts';

/** As media pages ask for: FACTS, films. */
const SEGMENT_MS: Ms = 2000;
const AHEAD_MS: Ms = 30_000;

/** What a viewer has seen. Undefined: it has not come to that. */
export interface Watched {
	startUpMs: Ms | undefined;
	stalls: number;
	stalledMs: Ms;
	longestStallMs: Ms;
	readonly seekMs: Ms[];
	endedAt: Ms | undefined;
}

interface Segment {
	readonly read: number;
	readonly number: number;
	readonly first: number;
	readonly count: number;
	missing: number;
}

/** What playback needs of its peer. */
export interface PlaybackHost {
	holds(chunk: number): boolean;
	step(input: Input): void;
	/** The first picture is there. */
	began(): void;
}

/** The playhead of one viewer. */
export class Playback {
	readonly watched: Watched = {
		startUpMs: undefined, stalls: 0, stalledMs: 0, longestStallMs: 0, seekMs: [], endedAt: undefined,
	};
	readonly #queue: EventQueue;
	readonly #film: SimFilm;
	readonly #host: PlaybackHost;
	readonly #segments: number;
	readonly #waiting = new Map<number, Segment>();
	#asked = 0;
	#nextRead = 0;
	/** Segment under the playhead, and since when it plays; undefined: it waits. */
	#current = 0;
	#playingSince: Ms | undefined;
	#waitingSince: Ms;
	#waitsFor: 'start' | 'seek' | 'stall' = 'start';
	#generation = 0;

	constructor(queue: EventQueue, film: SimFilm, host: PlaybackHost) {
		this.#queue = queue;
		this.#film = film;
		this.#host = host;
		this.#segments = Math.ceil(film.layout.size / (film.bytesPerMs * SEGMENT_MS));
		this.#waitingSince = queue.now;
	}

	/** Whether it plays now, as opposed to waiting for bytes. */
	get isPlaying(): boolean { return this.#playingSince !== undefined; }
	/** Whether the end of the film was reached. */
	get isOver(): boolean { return this.watched.endedAt !== undefined; }

	/** From now on the film is wanted. */
	start(): void {
		this.#waitingSince = this.#queue.now;
		this.#askAhead();
		this.#goOn();
	}

	/** The playhead jumps. */
	seek(to: Ms): void {
		if (this.isOver) return;
		this.#endStall();
		this.#generation += 1;
		for (const { read } of this.#waiting.values()) this.#host.step({ type: 'unwant', read });
		this.#waiting.clear();
		this.#current = Math.min(this.#segments - 1, Math.floor(to / SEGMENT_MS));
		this.#asked = this.#current;
		this.#playingSince = undefined;
		this.#waitingSince = this.#queue.now;
		this.#waitsFor = 'seek';
		this.#askAhead();
		this.#goOn();
	}

	/** Whoever watches is gone: nothing plays, and nothing stalls. */
	stop(): void { this.#generation += 1; }

	/** A chunk is held from now on. */
	held(chunk: number): void {
		for (const segment of [...this.#waiting.values()]) {
			if (chunk < segment.first || chunk >= segment.first + segment.count) continue;
			segment.missing -= 1;
			if (segment.missing > 0) continue;
			this.#waiting.delete(segment.number);
			this.#host.step({ type: 'unwant', read: segment.read });
			this.#goOn();
		}
	}

	#askAhead(): void {
		const end = Math.min(this.#segments, this.#current + AHEAD_MS / SEGMENT_MS);
		for (; this.#asked < end; this.#asked++) this.#ask(this.#asked);
	}

	#ask(number: number): void {
		const from = number * SEGMENT_MS * this.#film.bytesPerMs;
		const first = Math.floor(from / CHUNK_BYTES);
		const end = Math.min(
			this.#film.layout.chunks, Math.ceil((from + SEGMENT_MS * this.#film.bytesPerMs) / CHUNK_BYTES),
		);
		let missing = 0;
		for (let chunk = first; chunk < end; chunk++) if (!this.#host.holds(chunk)) missing += 1;
		if (missing === 0) return;
		const read = this.#nextRead++;
		this.#waiting.set(number, { read, number, first, count: end - first, missing });
		this.#host.step({ type: 'want', read, first, count: end - first, dueAt: this.#dueAt(number) });
	}

	#dueAt(segment: number): Ms {
		return (this.#playingSince ?? this.#queue.now) + (segment - this.#current) * SEGMENT_MS;
	}

	/** Plays the current segment if it waits for nothing but that. */
	#goOn(): void {
		if (this.#playingSince !== undefined || this.isOver || this.#waiting.has(this.#current)) return;
		const waited = this.#queue.now - this.#waitingSince;
		if (this.#waitsFor === 'start') this.#begin(waited);
		else if (this.#waitsFor === 'seek') this.watched.seekMs.push(waited);
		else this.#noteStall(waited);
		this.#play();
	}

	#play(): void {
		this.#playingSince = this.#queue.now;
		this.#waitsFor = 'stall';
		const generation = ++this.#generation;
		for (const { read, number } of this.#waiting.values()) this.#host.step({ type: 'due', read, dueAt: this.#dueAt(number) });
		this.#queue.after(SEGMENT_MS, () => { if (generation === this.#generation) this.#advance(); });
	}

	#advance(): void {
		this.#current += 1;
		this.#playingSince = undefined;
		this.#waitingSince = this.#queue.now;
		if (this.#current >= this.#segments) {
			this.watched.endedAt = this.#queue.now;
			return;
		}
		this.#askAhead();
		if (!this.#waiting.has(this.#current)) return this.#play();
		this.watched.stalls += 1;
	}

	#endStall(): void {
		const isStalled = this.#playingSince === undefined && this.#waitsFor === 'stall';
		if (isStalled) this.#noteStall(this.#queue.now - this.#waitingSince);
		if (this.#playingSince === undefined && this.#waitsFor === 'seek') this.watched.seekMs.push(this.#queue.now - this.#waitingSince);
	}

	#begin(waited: Ms): void {
		this.watched.startUpMs = waited;
		this.#host.began();
	}

	#noteStall(waited: Ms): void {
		this.watched.stalledMs += waited;
		this.watched.longestStallMs = Math.max(this.watched.longestStallMs, waited);
	}
}
