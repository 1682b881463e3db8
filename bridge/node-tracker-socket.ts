/** A WebSocket of Node as the line to a tracker. */
import { WebSocket } from 'ws';
import type { OpenTrackerSocket, TrackerSocketEnd } from '../shared/ports/tracker-socket.ts';
import { CLOSE_CODES } from '../shared/protocol/tracker-message.ts';

/** Trackers say less than a page of text at a time; four times what they take themselves. */
const MAX_MESSAGE_BYTES = 256 * 1024;

/** Opens a WebSocket. An address that is none is a line that closes at once. */
export const openTrackerSocket: OpenTrackerSocket = (url, events) => {
	let live = true;
	const closed = (reason: TrackerSocketEnd): void => {
		if (!live) return;
		live = false;
		events.closed(reason);
	};
	const socket = connect(url);
	if (!socket) {
		queueMicrotask(() => closed('lost'));
		return { send: () => undefined, close: () => { live = false; } };
	}
	socket.on('error', () => {}); // 'close' always follows it
	socket.on('open', () => { if (live) events.opened(); });
	socket.on('message', (data: Buffer, isBinary) => { if (live && !isBinary) events.message(data.toString('utf8')); });
	socket.on('close', (code) => closed(code === CLOSE_CODES.replaced ? 'replaced' : 'lost'));
	return {
		send: (text) => { if (socket.readyState === WebSocket.OPEN) socket.send(text); },
		close: () => {
			live = false;
			socket.close();
		},
	};
};

function connect(url: string): WebSocket | undefined {
	try {
		return new WebSocket(url, { perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES });
	} catch {
		return undefined; // not an address
	}
}
