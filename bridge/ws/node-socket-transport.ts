/** A WebSocket that a page opened, as a transport: one binary message is one frame (PROTOCOL.md §2). */
import type { WebSocket } from 'ws';
import type { Bytes } from '../../shared/base/bytes.ts';
import { MIB, type Ms } from '../../shared/base/units.ts';
import type { CloseReason, Transport, TransportEvents } from '../../shared/ports/transport.ts';
import { plain } from '../plain-bytes.ts';

/** Bytes waiting for the network above which `send` says to wait, and at which there is room again. */
const HIGH_WATER_BYTES = MIB / 4;
const LOW_WATER_BYTES = MIB / 16;

/** Bytes waiting for whoever asks and does not read: answers to pings and the like wait for no `drained`. */
const MAX_WAITING_BYTES = 4 * MIB;

/** How long `close` lets queued frames drain, by the port's contract. */
const CLOSE_DRAIN: Ms = 250;

/** Over an open socket of a server with `maxPayload: MAX_FRAME_BYTES`, the transport's from then on. */
export class NodeSocketTransport implements Transport {
	readonly #socket: WebSocket;
	#events: TransportEvents | undefined;
	#reason: CloseReason | undefined;
	#pressed = false;
	#deadline: ReturnType<typeof setTimeout> | undefined;

	constructor(socket: WebSocket) { this.#socket = socket; }

	start(events: TransportEvents): void {
		this.#events = events;
		const closed = (): void => {
			clearTimeout(this.#deadline);
			this.#reason ??= 'lost';
			events.closed(this.#reason);
		};
		if (this.#socket.readyState === this.#socket.CLOSED) {
			queueMicrotask(closed);
			return;
		}
		this.#socket.on('message', (data: Buffer, isBinary) => {
			if (this.#reason) return;
			if (isBinary && data.length > 0) events.frame(plain(data));
			else this.close('rejected');
		});
		// A frame that is too long or breaks RFC 6455; 'close' always follows. What the network does has other codes.
		this.#socket.on('error', (error: NodeJS.ErrnoException) => {
			if (error.code?.startsWith('WS_ERR_') === true) this.#reason ??= 'rejected';
		});
		this.#socket.on('close', closed);
	}

	send(frame: Bytes): boolean {
		if (this.#reason || this.#socket.readyState !== this.#socket.OPEN) return false;
		this.#socket.send(frame.slice(), () => this.#sent()); // a copy: the package keeps what it gets until it is written
		if (this.#socket.bufferedAmount > MAX_WAITING_BYTES) {
			this.#reason = 'lost';
			this.#socket.terminate();
			return false;
		}
		this.#pressed ||= this.#socket.bufferedAmount > HIGH_WATER_BYTES;
		return !this.#pressed;
	}

	close(reason: CloseReason): void {
		if (this.#reason) return;
		this.#reason = reason;
		this.#socket.close();
		this.#deadline = setTimeout(() => this.#socket.terminate(), CLOSE_DRAIN);
	}

	#sent(): void {
		if (this.#reason || !this.#pressed || this.#socket.bufferedAmount > LOW_WATER_BYTES) return;
		this.#pressed = false;
		this.#events?.drained();
	}
}
