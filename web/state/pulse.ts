/** Slows redrawing down: many changes, a few drawings a second. */

/** Between two drawings that nobody asked for at once. */
const BEAT_MS = 400;

/** Calls one function, soon or now, never twice for one beat. */
export class Pulse {
	readonly #draw: () => void;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(draw: () => void) { this.#draw = draw; }

	/** Something small changed. */
	soon(): void {
		this.#timer ??= setTimeout(() => {
			this.#timer = undefined;
			this.#draw();
		}, BEAT_MS);
	}

	/** A person waits for this. */
	now(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#draw();
	}
}
