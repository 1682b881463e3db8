/**
 * A WebSocket to a bridge as a transport: one binary message is one frame (PROTOCOL.md §2). For pages that no data
 * channel gets out of.
 *
 * A browser's WebSocket does not say when there is room again. So its buffer is looked at whenever a frame comes (who
 * is sent chunks goes on asking for them) and, in case none does, every few milliseconds: a hidden tab, whose timers
 * are slow, is paced by those who ask.
 */
import type { Bytes } from '../../shared/base/bytes.ts';
import type { Ms } from '../../shared/base/units.ts';
import type { CloseReason, Transport, TransportEvents } from '../../shared/ports/transport.ts';
import { MAX_FRAME_BYTES } from '../../shared/protocol/limits.ts';

/** Bytes in the socket's buffer above which `send` says to wait, and at which there is room again. */
const HIGH_WATER_BYTES = 256 * 1024;
const LOW_WATER_BYTES = 64 * 1024;

/** How often a full buffer is looked at. */
const LOOK_EVERY: Ms = 5;

/** How long `close` lets queued frames drain, by the port's contract. */
const CLOSE_DRAIN: Ms = 250;

/** What of a browser's WebSocket is needed. */
export type OpenSocket = Pick<
	WebSocket, 'readyState' | 'OPEN' | 'CLOSED' | 'bufferedAmount' | 'binaryType' | 'send' | 'close' | 'onmessage' | 'onclose'
>;

/** Over an open socket, which is the transport's from then on. */
export class WebSocketTransport implements Transport {
	readonly #socket: OpenSocket;
	#events: TransportEvents | undefined;
	#reason: CloseReason | undefined;
	#looking: ReturnType<typeof setTimeout> | undefined;
	#isOver = false;

	constructor(socket: OpenSocket) { this.#socket = socket; }

	start(events: TransportEvents): void {
		this.#events = events;
		this.#socket.binaryType = 'arraybuffer';
		this.#socket.onmessage = ({ data }: MessageEvent<unknown>) => this.#hear(data);
		this.#socket.onclose = () => this.#ended();
		if (this.#socket.readyState === this.#socket.CLOSED) queueMicrotask(() => this.#ended());
	}

	send(frame: Bytes): boolean {
		if (this.#reason || this.#socket.readyState !== this.#socket.OPEN) return false;
		this.#socket.send(frame);
		if (this.#looking === undefined && this.#socket.bufferedAmount > HIGH_WATER_BYTES) this.#lookLater();
		return this.#looking === undefined;
	}

	/** The browser sends what is queued before it closes; one that cannot is not waited for. */
	close(reason: CloseReason): void {
		if (this.#reason) return;
		this.#reason = reason;
		this.#socket.close();
		clearTimeout(this.#looking);
		setTimeout(() => this.#ended(), CLOSE_DRAIN);
	}

	#hear(data: unknown): void {
		if (this.#reason) return;
		const isFrame = data instanceof ArrayBuffer && data.byteLength > 0 && data.byteLength <= MAX_FRAME_BYTES;
		if (!isFrame) return this.close('rejected');
		this.#look();
		this.#events?.frame(new Uint8Array(data));
	}

	#lookLater(): void {
		this.#looking = setTimeout(() => this.#look(), LOOK_EVERY);
	}

	#look(): void {
		if (this.#looking === undefined) return;
		clearTimeout(this.#looking);
		if (this.#socket.bufferedAmount > LOW_WATER_BYTES) return this.#lookLater();
		this.#looking = undefined;
		this.#events?.drained();
	}

	#ended(): void {
		if (this.#isOver) return;
		this.#isOver = true;
		clearTimeout(this.#looking);
		this.#reason ??= 'lost';
		this.#events?.closed(this.#reason);
	}
}
