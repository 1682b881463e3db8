/** Slows redrawing down: what changes now and then is drawn at once, what changes all the time once a second. */

/** Changes that come together are drawn together: after so long. */
const GATHER_MS = 100;

/** Between two drawings that nobody asked for at once: figures that run faster are not read, but cost as much. */
const BEAT_MS = 1000;

/** Calls one function, soon or now, never twice for one beat. */
export class Pulse {
	readonly #draw: () => void;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#drawnAt = -Infinity;

	constructor(draw: () => void) { this.#draw = draw; }

	/** Something small changed. */
	soon(): void {
		this.#timer ??= setTimeout(() => this.now(), Math.max(GATHER_MS, this.#drawnAt + BEAT_MS - performance.now()));
	}

	/** A person waits for this. */
	now(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#drawnAt = performance.now();
		this.#draw();
	}
}
