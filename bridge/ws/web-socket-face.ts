/**
 * Where pages connect that no data channel reaches: each WebSocket is a peer of one share (PROTOCOL.md §2), or one end
 * of a line to another page, or a sharer who asks for a parked copy (§7).
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { MAX_FRAME_BYTES } from '../../shared/protocol/limits.ts';
import { LINE_PATH } from '../../shared/protocol/bridge-call.ts';
import { addressGroup } from '../../node/address-group.ts';
import { PARK_PATH } from '../../shared/protocol/parking.ts';
import type { ParkingDesk } from '../parking/parking-desk.ts';
import type { PeerId } from '../../shared/protocol/ids.ts';
import type { Place } from '../places.ts';
import type { Reception } from '../reception.ts';
import type { Lines } from './lines.ts';
import { NodeSocketTransport } from './node-socket-transport.ts';

/** No compression (it is ciphertext), few fragments, a frame at most. */
const OPTIONS = {
	noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES,
	maxFragments: 16, maxBufferedChunks: 256,
};

/** What is behind the face. `self`: the bridge as a peer. */
export interface WebSocketParts {
	readonly reception: Reception;
	readonly lines: Lines;
	readonly desk: ParkingDesk;
	readonly self: PeerId;
}

/** Behind an HTTP server, whose upgrades it is given. */
export class WebSocketFace {
	readonly #parts: WebSocketParts;
	readonly #server = new WebSocketServer(OPTIONS);
	readonly #sockets = new Set<WebSocket>();

	constructor(parts: WebSocketParts) { this.#parts = parts; }

	/**
	 * Takes a connection in, or ends it where there is no place. Pages of any origin are welcome: the link admits.
	 *
	 * @param address - where it comes from, as the server in front knows best
	 */
	upgrade(request: IncomingMessage, stream: Duplex, head: Buffer, address = request.socket.remoteAddress): void {
		stream.on('error', () => {}); // a connection that breaks in mid-handshake is nobody's loss
		const place = this.#parts.reception.place(address, () => stream.destroy());
		if (!place) {
			stream.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
			return;
		}
		stream.once('close', () => place.leave());
		this.#server.handleUpgrade(request, stream, head, (socket) => {
			this.#sockets.add(socket);
			socket.once('close', () => this.#sockets.delete(socket));
			const path = request.url?.split('?', 1)[0] ?? '';
			const visitor = { socket, place, address: addressGroup(address) };
			if (path.endsWith(LINE_PATH)) this.#call(visitor);
			else if (path.endsWith(PARK_PATH)) this.#parts.desk.receive(visitor);
			else this.#welcome(socket, place);
		});
	}

	/** Pages call each other, or the bridge like any other peer. */
	#call(caller: { readonly socket: WebSocket; readonly place: Place; readonly address: string }): void {
		this.#parts.lines.accept(caller, ({ to }) => {
			if (to !== this.#parts.self) return false;
			this.#welcome(caller.socket, caller.place);
			return true;
		});
	}

	#welcome(socket: WebSocket, place: Place): void {
		void this.#parts.reception.welcome(new NodeSocketTransport(socket), place);
	}

	/** Ends all connections. Nodes say goodbye before. */
	close(): void {
		for (const socket of this.#sockets) socket.close(1001);
	}
}
