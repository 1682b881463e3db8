/** A browser's WebSocket as the line to a tracker. */
import type { OpenTrackerSocket, TrackerSocketEnd } from '../../shared/ports/tracker-socket.ts';
import { CLOSE_CODES } from '../../shared/protocol/tracker-message.ts';

/** Opens a WebSocket. An address the browser refuses is a line that closes at once. */
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
	socket.addEventListener('open', () => { if (live) events.opened(); });
	socket.addEventListener('message', (event: MessageEvent<unknown>) => {
		if (live && typeof event.data === 'string') events.message(event.data);
	});
	socket.addEventListener('close', ({ code }) => closed(code === CLOSE_CODES.replaced ? 'replaced' : 'lost'));
	return {
		send: (text) => { if (socket.readyState === WebSocket.OPEN) socket.send(text); },
		close: () => {
			live = false;
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
