/** Where pages connect that no data channel reaches: each WebSocket is a peer of one share. PROTOCOL.md §2. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { MAX_FRAME_BYTES } from '../../shared/protocol/limits.ts';
import type { Reception } from '../reception.ts';
import { NodeSocketTransport } from './node-socket-transport.ts';

/** No compression (it is ciphertext), few fragments, a frame at most. */
const OPTIONS = {
	noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES,
	maxFragments: 16, maxBufferedChunks: 256,
};

/** Behind an HTTP server, whose upgrades for the peers' path it is given. */
export class WebSocketFace {
	readonly #reception: Reception;
	readonly #server = new WebSocketServer(OPTIONS);
	readonly #sockets = new Set<WebSocket>();

	constructor(reception: Reception) { this.#reception = reception; }

	/**
	 * Takes a connection in, or ends it where there is no place. Pages of any origin are welcome: the link admits.
	 *
	 * @param address - where it comes from, as the server in front knows best
	 */
	upgrade(request: IncomingMessage, stream: Duplex, head: Buffer, address = request.socket.remoteAddress): void {
		stream.on('error', () => {}); // a connection that breaks in mid-handshake is nobody's loss
		const place = this.#reception.place(address, () => stream.destroy());
		if (!place) {
			stream.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
			return;
		}
		stream.once('close', () => place.leave());
		this.#server.handleUpgrade(request, stream, head, (socket) => {
			this.#sockets.add(socket);
			socket.once('close', () => this.#sockets.delete(socket));
			void this.#reception.welcome(new NodeSocketTransport(socket), place);
		});
	}

	/** Ends all connections. Nodes say goodbye before. */
	close(): void {
		for (const socket of this.#sockets) socket.close(1001);
	}
}
