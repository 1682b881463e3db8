/** A WebSocket of Node as the line to a tracker. */
import { WebSocket } from 'ws';
import type { OpenTrackerSocket } from '../shared/ports/tracker-socket.ts';
import { LineReports } from '../shared/runtime/line-reports.ts';

/** Trackers say less than a page of text at a time; four times what they take themselves. */
const MAX_MESSAGE_BYTES = 256 * 1024;

/** Opens a WebSocket. An address that is none is a line that closes at once. */
export const openTrackerSocket: OpenTrackerSocket = (url, events) => {
	const reports = new LineReports(events);
	const socket = connect(url);
	if (!socket) return reports.deadEnd();
	socket.on('error', () => {}); // 'close' always follows it
	socket.on('open', () => reports.opened());
	socket.on('message', (data: Buffer, isBinary) => { if (!isBinary) reports.message(data.toString('utf8')); });
	socket.on('close', (code) => reports.closed(code));
	return {
		send: (text) => { if (socket.readyState === WebSocket.OPEN) socket.send(text); },
		close: () => {
			reports.stop();
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
