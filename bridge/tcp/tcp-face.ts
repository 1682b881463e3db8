/** Where programs without WebRTC connect: each TCP connection is a peer of one share. PROTOCOL.md §2. */
import type { Socket } from 'node:net';
import type { Reception } from '../reception.ts';
import { TcpTransport } from './tcp-transport.ts';

/** Behind a `net.Server` whose connections it is given. */
export class TcpFace {
	readonly #reception: Reception;
	readonly #sockets = new Set<Socket>();

	constructor(reception: Reception) { this.#reception = reception; }

	/** Takes a connection in, or ends it where there is no place. In the tick in which the server reports it. */
	accept(socket: Socket): void {
		const place = this.#reception.place(socket.remoteAddress, () => socket.destroy());
		if (!place) {
			socket.destroy();
			return;
		}
		this.#sockets.add(socket);
		socket.once('close', () => {
			this.#sockets.delete(socket);
			place.leave();
		});
		void this.#reception.welcome(new TcpTransport(socket), place);
	}

	/** Ends all connections. Nodes say goodbye before. */
	close(): void {
		for (const socket of this.#sockets) socket.destroySoon();
	}
}
