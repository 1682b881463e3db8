/** Two transports joined in memory, which move frames only when told: tests decide what has arrived. */
import type { Bytes } from '../base/bytes.ts';
import { MIB } from '../base/units.ts';
import type { CloseReason, Transport, TransportEvents } from '../ports/transport.ts';

/** Bytes under way in one direction from which on `send` says to wait. */
export const MEMORY_ROOM_BYTES = MIB / 4;

/** A pair of joined transports. */
export interface MemoryWire {
	readonly near: Transport;
	readonly far: Transport;
	/** Delivers everything that is under way, and what that causes, until nothing is. */
	deliver(): void;
	/** Delivers the next thing under way; false when there is none. */
	deliverOne(): boolean;
	/** Cuts the wire: what is under way is lost, and both sides will hear `lost`. */
	cut(): void;
}

/** A fresh pair, neither end started. */
export function memoryWire(): MemoryWire {
	const queue: (() => void)[] = [];
	const near = new MemoryTransport(queue);
	const far = new MemoryTransport(queue);
	near.join(far);
	far.join(near);
	const deliverOne = (): boolean => {
		const next = queue.shift();
		next?.();
		return next !== undefined;
	};
	const cut = (): void => {
		queue.length = 0;
		queue.push(() => near.end('lost'), () => far.end('lost'));
	};
	return { near, far, deliverOne, cut, deliver: () => { while (deliverOne()); } };
}

class MemoryTransport implements Transport {
	readonly #queue: (() => void)[];
	#other: MemoryTransport | undefined;
	#events: TransportEvents | undefined;
	#early: Bytes[] = [];
	#queuedBytes = 0;
	#waiting = false;
	#reason: CloseReason | undefined;
	#ended = false;

	constructor(queue: (() => void)[]) { this.#queue = queue; }

	/** Names the other end; once, before all else. */
	join(other: MemoryTransport): void { this.#other = other; }

	start(events: TransportEvents): void {
		this.#events = events;
		this.#queue.unshift(...this.#early.map((frame) => () => this.receive(frame)));
		this.#early = [];
		if (this.#ended) this.#queue.push(() => events.closed(this.#reason ?? 'lost'));
	}

	send(frame: Bytes): boolean {
		if (this.#reason) return false;
		const copy = frame.slice();
		this.#queuedBytes += copy.length;
		this.#queue.push(() => this.#arrive(copy));
		this.#waiting ||= this.#queuedBytes >= MEMORY_ROOM_BYTES;
		return !this.#waiting;
	}

	close(reason: CloseReason): void {
		if (this.#reason) return;
		this.#reason = reason;
		this.#queue.push(() => this.#other?.end('lost'), () => this.end(reason));
	}

	/** A frame came out of the wire at this end. */
	receive(frame: Bytes): void {
		if (this.#reason) return;
		if (this.#events) this.#events.frame(frame);
		else this.#early.push(frame);
	}

	/** The wire ended at this end. */
	end(reason: CloseReason): void {
		if (this.#ended) return;
		this.#ended = true;
		this.#reason ??= reason;
		this.#events?.closed(this.#reason);
	}

	#arrive(frame: Bytes): void {
		this.#queuedBytes -= frame.length;
		this.#other?.receive(frame);
		if (!this.#waiting || this.#queuedBytes > MEMORY_ROOM_BYTES / 4) return;
		this.#waiting = false;
		if (!this.#reason) this.#events?.drained();
	}
}
