/** The way from HTTP to a socket: `/ws`, open to pages of any origin, bounded by address before the handshake. */
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { BridgeDoor } from './bridge-door.ts';
import type { Hub } from './hub.ts';
import { addressOf, originOf } from './requester.ts';

/** Where pages and bridges connect to a tracker. */
export const SOCKET_PATH = '/ws';

/** Bytes of one message; the largest in the protocol, a `publish`, has 22 KB. */
export const MAX_MESSAGE_BYTES = 64 * 1024;

/** No compression (it costs memory per socket and helps nobody here), few fragments, two seconds to close. */
const OPTIONS = {
	noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES,
	maxFragments: 16, maxBufferedChunks: 256, closeTimeout: 2_000,
};

/** Lets sockets through to `hub`, and to a bridge behind `door`, until the server closes. */
export function acceptSockets(
	server: Server, { hub, door }: { readonly hub: Hub; readonly door: BridgeDoor }, proxyHops: number,
): void {
	const sockets = new WebSocketServer(OPTIONS);
	server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
		stream.on('error', () => {}); // a connection that breaks in mid-handshake is nobody's loss
		const address = addressOf(request, proxyHops);
		if (door.pass(request, stream, head, address)) return;
		const isOurs = request.url?.split('?', 1)[0] === SOCKET_PATH;
		const session = isOurs ? hub.open(address) : 'no-such-path';
		if (session === 'no-such-path' || session === 'too-fast') {
			decline(stream, isOurs ? 429 : 404);
			return;
		}
		stream.once('close', () => { if (session !== 'too-many-connections') hub.forget(session); });
		sockets.handleUpgrade(request, stream, head, (socket) => {
			if (session === 'too-many-connections') hub.turnAway(socket, session);
			else hub.serve(socket, session, originOf(request, proxyHops));
		});
	});
}

function decline(stream: Duplex, status: 404 | 429): void {
	stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
