/**
 * Links of virtual time: reliable and ordered like a data channel. A frame waits in the sender's buffer, then for the
 * sender's uplink, which its links share in turn; then it travels, and waits for the receiver's downlink. Loss is what
 * it is above a reliable transport: a delay, for the frame and all behind it.
 */
import type { Bytes } from '../base/bytes.ts';
import type { Rng } from '../base/rng.ts';
import type { Ms } from '../base/units.ts';
import { WaterMarks } from '../base/water-marks.ts';
import type { CloseReason } from '../ports/transport.ts';
import type { EventQueue } from './event-queue.ts';

/** Bytes of a frame that travels in one packet. */
const PACKET_BYTES = 1150;

/** One machine's connection. Rates in bytes per millisecond; Infinity: no limit. */
export interface Access {
	readonly upBytesPerMs: number;
	readonly downBytesPerMs: number;
	readonly latencyMs: Ms;
	readonly lossRate: number;
}

/** What an end of a link hears. */
export interface LinkEvents {
	frame(bytes: Bytes): void;
	writable(): void;
	closed(reason: CloseReason): void;
}

/** The network side of one machine: its uplink takes one frame of each of its links in turn. */
export class SimPort {
	readonly access: Access;
	readonly #queue: EventQueue;
	readonly #ready: SimEnd[] = [];
	#isSending = false;
	#downFreeAt: Ms = 0;
	/** Bytes that left and came. */
	sentBytes = 0;
	receivedBytes = 0;

	constructor(queue: EventQueue, access: Access) {
		this.#queue = queue;
		this.access = access;
	}

	/** A link has something to send. What fits one packet slips in between those of the other links' frames. */
	offer(end: SimEnd): void {
		if (this.#isSending && end.headBytes <= PACKET_BYTES) return this.#slipIn(end);
		this.#ready.push(end);
		if (!this.#isSending) this.#sendNext();
	}

	/** A frame reached the downlink: `arrived` is called when it is through. */
	receive(bytes: number, arrived: () => void): void {
		this.receivedBytes += bytes;
		const at = Math.max(this.#queue.now, this.#downFreeAt) + bytes / this.access.downBytesPerMs;
		this.#downFreeAt = at;
		if (at <= this.#queue.now) arrived();
		else this.#queue.at(at, arrived);
	}

	#slipIn(end: SimEnd): void {
		this.sentBytes += end.headBytes;
		this.#queue.after(end.headBytes / this.access.upBytesPerMs, () => { if (end.departed()) this.offer(end); });
	}

	#sendNext(): void {
		const end = this.#ready.shift();
		this.#isSending = end !== undefined;
		if (!end) return;
		const bytes = end.headBytes;
		this.sentBytes += bytes;
		this.#queue.after(bytes / this.access.upBytesPerMs, () => {
			if (end.departed()) this.#ready.push(end);
			this.#sendNext();
		});
	}
}

/** One end of a link. */
export class SimEnd {
	readonly #queue: EventQueue;
	readonly #port: SimPort;
	readonly #rng: Rng;
	readonly #events: LinkEvents;
	#other: SimEnd | undefined;
	#waiting: (Bytes | 'end')[] = [];
	#buffered = 0;
	readonly #marks = new WaterMarks();
	#lastArrival: Ms = 0;
	#state: 'open' | 'closing' | 'closed' = 'open';

	constructor(queue: EventQueue, port: SimPort, rng: Rng, events: LinkEvents) {
		this.#queue = queue;
		this.#port = port;
		this.#rng = rng;
		this.#events = events;
	}

	/** Names the other end; once, before all else. */
	join(other: SimEnd): void { this.#other = other; }

	/** Wire bytes of the frame that goes next. */
	get headBytes(): number {
		const [head] = this.#waiting;
		return head === undefined || head === 'end' ? 0 : head.length;
	}

	/** False: wait for `writable`. */
	send(frame: Bytes): boolean {
		if (this.#state !== 'open') return false;
		this.#buffered += frame.length;
		this.#push(frame);
		return this.#marks.queued(this.#buffered, this.#queue.now);
	}

	/** What was sent before still arrives. */
	close(reason: CloseReason): void {
		if (this.#state !== 'open') return;
		this.#state = 'closing';
		this.#push('end');
		this.#queue.after(0, () => this.end(reason));
	}

	/** It is over at this end, whatever is under way. */
	end(reason: CloseReason): void {
		if (this.#state === 'closed') return;
		this.#state = 'closed';
		this.#events.closed(reason);
	}

	/** The path broke: what was not sent never will be. */
	cut(): void {
		this.#waiting = [];
		this.end('lost');
	}

	/** The frame that goes next has left the uplink. Whether another waits. */
	departed(): boolean {
		const frame = this.#waiting.shift();
		if (frame === undefined) return false;
		if (frame !== 'end') this.#buffered -= frame.length;
		this.#travel(frame);
		if (this.#marks.drained(this.#buffered, this.#queue.now) && this.#state === 'open') this.#events.writable();
		return this.#waiting.length > 0;
	}

	/** A frame is through the downlink of this end. */
	arrive(frame: Bytes | 'end'): void {
		if (this.#state !== 'open') return;
		if (frame === 'end') this.end('lost');
		else this.#events.frame(frame);
	}

	#push(item: Bytes | 'end'): void {
		this.#waiting.push(item);
		if (this.#waiting.length === 1) this.#port.offer(this);
	}

	#travel(frame: Bytes | 'end'): void {
		const other = this.#other;
		if (!other) return;
		const oneWay = this.#port.access.latencyMs + other.#port.access.latencyMs;
		const isLost = this.#rng() < this.#port.access.lossRate;
		this.#lastArrival = Math.max(this.#lastArrival, this.#queue.now + oneWay * (isLost ? 3 : 1) + (isLost ? 10 : 0));
		this.#queue.at(this.#lastArrival, () => {
			other.#port.receive(frame === 'end' ? 0 : frame.length, () => other.arrive(frame));
		});
	}
}
