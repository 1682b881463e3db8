/**
 * One MediaSource's worth of playback: its buffers and what feeds them. When the browser breaks it, the player throws
 * it away and makes another at the same place.
 */
import type { FilmTrack, Seconds } from '../../shared/media/film.ts';
import type { MediaReader } from '../../shared/ports/media-reader.ts';
import type { FilmTimeline } from './film-timeline.ts';
import { MediaAttachment } from './media-attachment.ts';
import type { Awaited, PlaybackFailure } from './playback.ts';
import { SourceBufferQueue } from './source-buffer-queue.ts';
import { type FeederParts, type Playhead, type TrackFormat, TrackFeeder } from './track-feeder.ts';

/** A track and how the browser takes it. */
export interface FormattedTrack { readonly track: FilmTrack; readonly format: TrackFormat }

/** What a session needs and whom it tells. */
export interface SessionParts {
	readonly attachment: MediaAttachment;
	readonly timeline: FilmTimeline;
	readonly reader: MediaReader;
	readonly playhead: () => Playhead;
	readonly changed: () => void;
	readonly failed: (failure: PlaybackFailure) => void;
	readonly broken: () => void;
}

interface Lane { readonly queue: SourceBufferQueue; readonly mime: string; feeder: TrackFeeder }

/** Buffers and feeders of the tracks that play. */
export class FilmSession {
	readonly #parts: SessionParts;
	readonly #lanes: Lane[] = [];
	#isClosed = false;

	constructor(parts: SessionParts) { this.#parts = parts; }

	/** Once the attachment is open: makes the buffers and begins at `time`. False: the browser would not. */
	start(tracks: readonly FormattedTrack[], time: Seconds): boolean {
		const { source } = this.#parts.attachment;
		try {
			// All buffers first: browsers refuse more once one has data.
			const queues = tracks.map(({ format }) => new SourceBufferQueue(source.addSourceBuffer(format.mime)));
			source.duration = this.#parts.timeline.header.duration;
			for (const [k, queue] of queues.entries()) {
				const track = tracks[k];
				if (track) this.#lanes.push({ queue, mime: track.format.mime, feeder: this.#feed(queue, track) });
			}
		} catch {
			return false; // closed under our hands, or a type that is supported only in words
		}
		for (const { queue, feeder } of this.#lanes) {
			queue.start();
			feeder.open();
			feeder.restart(time);
		}
		return true;
	}

	/** Whether nothing before this time will still be appended. */
	get settledUntil(): Seconds { return Math.min(Infinity, ...this.#lanes.map(({ feeder }) => feeder.settledUntil)); }

	/** The bytes that the playhead waits for. */
	get awaited(): Awaited | undefined {
		return this.#lanes.map(({ feeder }) => feeder.awaited).find((each) => each !== undefined);
	}

	/** The playhead jumped. */
	jump(): void { for (const { feeder } of this.#lanes) feeder.jump(); }

	/** Buffers go on; the film ends when all have all. */
	fill(): void {
		if (this.#isClosed) return;
		for (const { feeder } of this.#lanes) feeder.fill();
		const isDone = this.#lanes.length > 0 && this.#lanes.every(({ feeder, queue }) => feeder.isDone && queue.isIdle);
		if (isDone && this.#parts.attachment.isOpen) this.#parts.attachment.source.endOfStream();
	}

	/** Replaces the sound by another track's, from the playhead on. */
	async replaceSound(next: FormattedTrack): Promise<void> {
		const lane = this.#lanes.find(({ feeder }) => feeder.track.kind === 'audio');
		if (!lane) return;
		lane.feeder.close();
		lane.feeder = this.#feed(lane.queue, next);
		void lane.queue.remove({ from: 0, to: Infinity });
		await lane.queue.changeType(next.format.mime);
		if (this.#isClosed || lane.feeder.track !== next.track) return;
		lane.feeder.open();
		lane.feeder.restart(this.#parts.playhead().time);
	}

	/** Cancels reads, drops what is queued, leaves the element. Idempotent. */
	close(): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		for (const { feeder, queue } of this.#lanes) {
			feeder.close();
			queue.close();
		}
		this.#parts.attachment.close();
	}

	#feed(queue: SourceBufferQueue, { track, format }: FormattedTrack): TrackFeeder {
		const { timeline, reader, playhead, changed, failed, broken } = this.#parts;
		const parts: FeederParts = { track, format, timeline, reader, queue, playhead, changed, failed, broken };
		return new TrackFeeder(parts);
	}
}
