/**
 * A data channel as a transport: it keeps message boundaries, so a frame is a message. Frames go straight to the
 * channel and come straight from it; the package's stream in between would buffer a second time, and pays two timers
 * and a `Buffer` for each message.
 */
import type { Bytes } from '../base/bytes.ts';
import type { Ms } from '../base/units.ts';
import { WaterMarks } from '../base/water-marks.ts';
import type { Clock } from '../ports/clock.ts';
import type { CloseReason, Transport, TransportEvents } from '../ports/transport.ts';
import { fingerprintFromSdp } from '../protocol/hello.ts';
import { pathFromStats, type RtcPath } from './rtc-route.ts';
import type { DataChannel, DataPeer } from './data-peer.ts';

/** How long `close` lets queued frames drain, by the port's contract. */
const CLOSE_DRAIN: Ms = 250;

/** How long a path may stay silent after a browser noticed it (some 5 s); browsers give up after some 17 s. */
const DEAD_AFTER: Ms = 3000;

/** The SHA-256 fingerprints of both ends' DTLS certificates, 32 bytes each. */
export interface Fingerprints { readonly local: Bytes; readonly remote: Bytes }

/** Over a connected peer whose channel is open. */
export class DataChannelTransport implements Transport {
	readonly #peer: DataPeer;
	readonly #clock: Clock;
	readonly #channel: DataChannel | null;
	#reason: CloseReason | undefined;
	readonly #marks = new WaterMarks();
	#cancelDeadline: (() => void) | undefined;

	constructor(peer: DataPeer, clock: Clock) {
		this.#peer = peer;
		this.#clock = clock;
		this.#channel = peer._channel;
	}

	start(events: TransportEvents): void {
		const closed = (): void => {
			this.#cancelDeadline?.();
			this.#reason ??= 'lost';
			events.closed(this.#reason);
		};
		if (this.#peer.destroyed) {
			void Promise.resolve().then(closed);
			return;
		}
		this.#peer.on('error', () => {}); // 'close' always follows it
		this.#peer.on('close', closed);
		this.#peer.on('iceStateChange', (state) => this.#watch(state));
		if (this.#channel) this.#listen(this.#channel, events);
	}

	send(frame: Bytes): boolean {
		if (this.#reason || this.#channel?.readyState !== 'open') return false;
		try {
			this.#channel.send(frame);
		} catch {
			this.close('lost'); // the channel is closing, or its buffer overflowed because nobody waited
			return false;
		}
		return this.#marks.queued(this.#channel.bufferedAmount, this.#clock.now());
	}

	/** The channel's own close sends what is queued, has it acknowledged, and then tells the other side. */
	close(reason: CloseReason): void {
		if (this.#reason) return;
		this.#reason = reason;
		this.#cancelDeadline?.();
		this.#channel?.close();
		this.#cancelDeadline = this.#clock.after(CLOSE_DRAIN, () => this.#peer.destroy());
	}

	/** What the hello of each side binds itself to; undefined when a description names none, or several. */
	fingerprints(): Fingerprints | undefined {
		const local = fingerprintFromSdp(this.#peer._pc?.localDescription?.sdp ?? '');
		const remote = fingerprintFromSdp(this.#peer._pc?.remoteDescription?.sdp ?? '');
		return local && remote && { local, remote };
	}

	/** The path in use; undefined once closed. Asks WebRTC, so not for every frame. */
	path(): Promise<RtcPath | undefined> {
		return new Promise((resolve) => {
			if (this.#reason || this.#peer.destroyed) resolve(undefined);
			else this.#peer.getStats((_, reports) => resolve(pathFromStats(reports ?? [])));
		});
	}

	/** Takes the channel's messages and its room over from the package, which has kept what came before. */
	#listen(channel: DataChannel, events: TransportEvents): void {
		const hear = (data: unknown): void => {
			if (this.#reason) return;
			if (data instanceof ArrayBuffer) events.frame(new Uint8Array(data));
			else this.close('rejected');
		};
		const early: unknown[] = [];
		for (let data = this.#peer.read(); data !== null; data = this.#peer.read()) early.push(memoryOf(data));
		if (early.length > 0) void Promise.resolve().then(() => early.forEach(hear)); // before any that is still to come
		channel.onmessage = ({ data }) => hear(data);
		channel.bufferedAmountLowThreshold = this.#marks.low;
		channel.onbufferedamountlow = () => {
			if (this.#reason || !this.#marks.drained(channel.bufferedAmount, this.#clock.now())) return;
			channel.bufferedAmountLowThreshold = this.#marks.low;
			events.drained();
		};
	}

	#watch(state: string): void {
		if (this.#reason) return;
		this.#cancelDeadline?.();
		if (state !== 'disconnected') return;
		this.#cancelDeadline = this.#clock.after(DEAD_AFTER, () => {
			this.#reason ??= 'lost';
			this.#peer.destroy();
		});
	}
}

/** The message's own memory: simple-peer's `Buffer` is a view on all of it. A string stays one. */
function memoryOf(data: Bytes | string): ArrayBuffer | string {
	return typeof data === 'string' ? data : data.buffer;
}
