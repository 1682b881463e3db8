/**
 * A pipe of whole frames to one peer: a data channel, a TCP socket, a WebSocket. `testkit/transport-contract.ts` is
 * its suite.
 */
import type { Bytes } from '../base/bytes.ts';

/** Why a transport ended. `lost`: the network's doing. `rejected`: somebody misbehaved. */
export type CloseReason = 'done' | 'lost' | 'rejected';

/** What a transport reports to its one listener. */
export interface TransportEvents {
	/** One whole frame, exactly as the other side sent it. The buffer is the listener's to keep. */
	frame(bytes: Bytes): void;
	/** After `send` returned false: there is room again. */
	drained(): void;
	/** Once, last, and never from inside `send` or `close`. */
	closed(reason: CloseReason): void;
}

/** A reliable, ordered pipe of whole frames to one peer, already open. */
export interface Transport {
	/** Attach the one listener, in the tick that made the transport. Frames that came earlier are delivered first. */
	start(events: TransportEvents): void;
	/**
	 * Queue a frame of at most `MAX_FRAME_BYTES`; it was read when this returns, and its memory is the caller's again.
	 * False: wait for `drained`. Once closed: no effect, false.
	 */
	send(frame: Bytes): boolean;
	/** No frame is delivered after this; what was queued drains for up to 250 ms. Idempotent; the first reason stands. */
	close(reason: CloseReason): void;
}
