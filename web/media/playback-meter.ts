/** Measures playback as the person in front of it feels it: until the first frame, standing still, seeking. */
import type { Ms } from '../../shared/base/units.ts';
import type { PlaybackMetrics } from './playback.ts';

/** A stop watch with three hands. */
export class PlaybackMeter {
	readonly #now: () => Ms;
	#startedAt: Ms | undefined;
	#startupMs: Ms | undefined;
	#stalls = 0;
	#stalledMs: Ms = 0;
	#stalledAt: Ms | undefined;
	#seekingAt: Ms | undefined;
	#hasMoved = false;
	#lastSeekMs: Ms | undefined;

	constructor(now: () => Ms) { this.#now = now; }

	/** Whether a frame has been shown. */
	get hasStarted(): boolean { return this.#startupMs !== undefined; }

	started(): void { this.#startedAt ??= this.#now(); }
	showed(): void { this.#startupMs ??= this.#now() - (this.#startedAt ?? this.#now()); }

	seeking(): void {
		this.flowing();
		this.#hasMoved = false;
		if (this.hasStarted) this.#seekingAt ??= this.#now();
	}

	seeked(): void {
		if (this.#seekingAt !== undefined) this.#lastSeekMs = this.#now() - this.#seekingAt;
		this.#seekingAt = undefined;
	}

	/** The film plays on. */
	moved(): void {
		this.#hasMoved = true;
		this.flowing();
	}

	/** The film stands still. Only what has moved, since the beginning or the last seek, can stall. */
	stalled(): void {
		if (!this.#hasMoved || this.#stalledAt !== undefined) return;
		this.#stalls += 1;
		this.#stalledAt = this.#now();
	}

	/** The film does not stand still, or is not meant to move. */
	flowing(): void {
		if (this.#stalledAt !== undefined) this.#stalledMs += this.#now() - this.#stalledAt;
		this.#stalledAt = undefined;
	}

	read(bufferedAheadSec: number): PlaybackMetrics {
		const running = this.#stalledAt === undefined ? 0 : this.#now() - this.#stalledAt;
		return {
			startupMs: this.#startupMs,
			stalls: this.#stalls,
			stalledMs: this.#stalledMs + running,
			lastSeekMs: this.#lastSeekMs,
			bufferedAheadSec,
		};
	}
}
