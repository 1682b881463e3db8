/**
 * A TCP socket as a transport: frames stand behind their length (PROTOCOL.md §2), and what waits for a slow reader is
 * bounded.
 */
import type { Socket } from 'node:net';
import type { Bytes } from '../../shared/base/bytes.ts';
import { MIB, type Ms } from '../../shared/base/units.ts';
import type { CloseReason, Transport, TransportEvents } from '../../shared/ports/transport.ts';
import { FrameSplitter, withLength } from '../../shared/protocol/stream-frames.ts';
import { plain } from '../plain-bytes.ts';

/** Bytes waiting for the network above which `send` says to wait: as for data channels. */
const HIGH_WATER_BYTES = MIB / 4;

/** Bytes waiting for whoever asks and does not read: answers to pings and the like wait for no `drained`. */
const MAX_WAITING_BYTES = 4 * MIB;

/** How long `close` lets queued frames drain, by the port's contract. */
const CLOSE_DRAIN: Ms = 250;

/** Over a connected socket, which is the transport's from then on. */
export class TcpTransport implements Transport {
	readonly #socket: Socket;
	readonly #splitter = new FrameSplitter();
	#reason: CloseReason | undefined;
	#pressed = false;
	#deadline: ReturnType<typeof setTimeout> | undefined;

	constructor(socket: Socket) { this.#socket = socket; }

	start(events: TransportEvents): void {
		const closed = (): void => {
			clearTimeout(this.#deadline);
			this.#reason ??= 'lost';
			events.closed(this.#reason);
		};
		if (this.#socket.destroyed) {
			queueMicrotask(closed);
			return;
		}
		this.#socket.setNoDelay(true); // a request is small, and a playhead may wait for it
		this.#socket.on('data', (bytes) => this.#hear(bytes, events));
		this.#socket.on('drain', () => {
			if (this.#reason || !this.#pressed) return;
			this.#pressed = false;
			events.drained();
		});
		this.#socket.on('end', () => this.close('lost'));
		this.#socket.on('error', () => {}); // 'close' always follows it
		this.#socket.on('close', closed);
	}

	send(frame: Bytes): boolean {
		if (this.#reason || !this.#socket.writable) return false;
		this.#socket.write(withLength(frame));
		if (this.#socket.writableLength > MAX_WAITING_BYTES) {
			this.#reason = 'lost';
			this.#socket.destroy();
			return false;
		}
		this.#pressed ||= this.#socket.writableLength > HIGH_WATER_BYTES;
		return !this.#pressed;
	}

	/** What still comes is read and dropped: unread bytes would make the system reset what was queued. */
	close(reason: CloseReason): void {
		if (this.#reason) return;
		this.#reason = reason;
		this.#socket.end();
		this.#deadline = setTimeout(() => this.#socket.destroy(), CLOSE_DRAIN);
	}

	#hear(bytes: Buffer, events: TransportEvents): void {
		if (this.#reason) return;
		const isSound = this.#splitter.push(plain(bytes), (frame) => {
			if (!this.#reason) events.frame(frame); // the one before may have closed us
		});
		if (!isSound) this.close('rejected');
	}
}
