/** A line of text messages to a tracker: a browser's WebSocket, or Node's. */

/** What a socket reports. Nothing comes after `closed`. */
export interface TrackerSocketEvents {
	opened(): void;
	message(text: string): void;
	/** Also when it could not be opened. */
	closed(reason: TrackerSocketEnd): void;
}

/** Why a socket is closed. `replaced`: another connection took our place at the tracker (PROTOCOL.md §6, 4000). */
export type TrackerSocketEnd = 'lost' | 'replaced';

/** A socket that is opening or open. */
export interface TrackerSocket {
	/** Only between `opened` and `closed`. */
	send(text: string): void;
	/** Nothing is reported any more. */
	close(): void;
}

/** Begins to open one. Reports nothing before it has returned. */
export type OpenTrackerSocket = (url: string, events: TrackerSocketEvents) => TrackerSocket;
