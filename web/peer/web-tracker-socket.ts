/** A browser's WebSocket as the line to a tracker. */
import type { OpenTrackerSocket } from '../../shared/ports/tracker-socket.ts';
import { LineReports } from '../../shared/runtime/line-reports.ts';

/** Opens a WebSocket. An address the browser refuses is a line that closes at once. */
export const openTrackerSocket: OpenTrackerSocket = (url, events) => {
	const reports = new LineReports(events);
	const socket = connect(url);
	if (!socket) return reports.deadEnd();
	socket.addEventListener('open', () => reports.opened());
	socket.addEventListener('message', (event: MessageEvent<unknown>) => {
		if (typeof event.data === 'string') reports.message(event.data);
	});
	socket.addEventListener('close', ({ code }) => reports.closed(code));
	return {
		send: (text) => { if (socket.readyState === WebSocket.OPEN) socket.send(text); },
		close: () => {
			reports.stop();
			socket.close();
		},
	};
};

/** The tracker that served this page. */
export function trackerUrlOf(page: Location): string {
	return `${page.protocol === 'https:' ? 'wss' : 'ws'}://${page.host}/ws`;
}

function connect(url: string): WebSocket | undefined {
	try {
		return new WebSocket(url);
	} catch {
		return undefined; // not an address, or `ws:` from a secure page
	}
}
