/** A transport whose first frame is for whoever opens it; what follows is kept until it has a listener of its own. */
import type { Bytes } from '../base/bytes.ts';
import { defer } from '../base/deferred.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Ms } from '../base/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { CloseReason, Transport, TransportEvents } from '../ports/transport.ts';

/** Frames kept for the listener to come: what a peer sends while its first frame is being checked. */
const MAX_EARLY_FRAMES = 256;

/** Their bytes: a descriptor, a map, what is said of partial groups. Chunks are not sent before they are asked for. */
const MAX_EARLY_BYTES = 256 * 1024;

/** Passes everything after the first frame on. */
export class HeadedTransport implements Transport {
	readonly #inner: Transport;
	#events: TransportEvents | undefined;
	#early: Bytes[] = [];
	#earlyBytes = 0;
	#closed: CloseReason | undefined;
	#isClosing = false;

	constructor(inner: Transport) { this.#inner = inner; }

	/** The first frame. Once, in the tick that made the transport. When none comes in time, the transport is closed. */
	first(clock: Clock, withinMs: Ms): Promise<Result<Bytes, 'closed' | 'timeout'>> {
		const { promise, resolve } = defer<Result<Bytes, 'closed' | 'timeout'>>();
		let isHeaded = false;
		const stopWaiting = clock.after(withinMs, () => {
			resolve(fail('timeout'));
			this.close('lost');
		});
		this.#inner.start({
			frame: (bytes) => {
				if (isHeaded) return this.#pass(bytes);
				isHeaded = true;
				stopWaiting();
				resolve(ok(bytes));
			},
			drained: () => this.#events?.drained(),
			closed: (reason) => {
				stopWaiting();
				this.#closed = reason;
				resolve(fail('closed'));
				this.#events?.closed(reason);
			},
		});
		return promise;
	}

	start(events: TransportEvents): void {
		this.#events = events;
		for (const frame of this.#early.splice(0)) if (!this.#isClosing) events.frame(frame);
		const reason = this.#closed;
		if (reason !== undefined) void Promise.resolve().then(() => events.closed(reason));
	}

	send(frame: Bytes): boolean { return this.#inner.send(frame); }

	close(reason: CloseReason): void {
		this.#isClosing = true;
		this.#early = [];
		this.#inner.close(reason);
	}

	#pass(frame: Bytes): void {
		if (this.#events) return this.#events.frame(frame);
		this.#earlyBytes += frame.length;
		if (this.#early.length < MAX_EARLY_FRAMES && this.#earlyBytes <= MAX_EARLY_BYTES) this.#early.push(frame);
		else this.close('rejected');
	}
}
