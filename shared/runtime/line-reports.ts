/** What a WebSocket reports as the line to a tracker, a browser's or Node's: its end once, and nothing after it. */
import type { TrackerSocket, TrackerSocketEvents } from '../ports/tracker-socket.ts';
import { CLOSE_CODES } from '../protocol/tracker-message.ts';

/** Stands between a socket and whoever listens to it. */
export class LineReports {
	readonly #events: TrackerSocketEvents;
	#live = true;

	constructor(events: TrackerSocketEvents) { this.#events = events; }

	opened(): void { if (this.#live) this.#events.opened(); }
	message(text: string): void { if (this.#live) this.#events.message(text); }

	/** @param code - why the socket was closed, if it ever was open */
	closed(code?: number): void {
		if (!this.#live) return;
		this.#live = false;
		this.#events.closed(code === CLOSE_CODES.replaced ? 'replaced' : 'lost');
	}

	/** Nothing is reported any more. */
	stop(): void { this.#live = false; }

	/** The line to an address that is none: it closes at once. */
	deadEnd(): TrackerSocket {
		void Promise.resolve().then(() => this.closed());
		return { send: () => undefined, close: () => this.stop() };
	}
}
