/** Connects to one peer over WebRTC: signals go out and come in as text, and a transport or a reason comes of it. */
import { assert } from '../base/result.ts';
import type { Ms } from '../base/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { IceServer } from '../protocol/tracker-message.ts';
import { DataChannelTransport } from './data-channel-transport.ts';
import { parseSignal, signalText } from './rtc-signal.ts';
import type { DataPeer, MakeDataPeer, PeerSignal } from './data-peer.ts';

/**
 * Why no connection came about. `timeout`: not in time. `ice-failed`: no path between the two. `bad-signal`: the other
 * side sent what no browser sends. `unsupported`: there is no WebRTC here.
 */
export type RtcFault = 'timeout' | 'ice-failed' | 'bad-signal' | 'unsupported';

/** How to connect. Of two peers one is the initiator: who that is was agreed before. */
export interface RtcOptions {
	readonly initiator: boolean;
	readonly iceServers: readonly IceServer[];
	readonly timeout: Ms;
	readonly clock: Clock;
	readonly makePeer: MakeDataPeer;
}

/** What comes of it: signals, and either `connected` or `failed`, once and not from inside a call. */
export interface RtcEvents {
	/** Carry this to the other side, in order. At most `MAX_SIGNAL_BYTES`. May still come after `connected`. */
	signal(text: string): void;
	/** Start the transport before this returns. */
	connected(transport: DataChannelTransport): void;
	failed(fault: RtcFault): void;
}

/** Candidates taken from the other side: a machine has a dozen addresses at most. */
const MAX_CANDIDATES = 64;

/** One attempt. */
export class RtcConnector {
	readonly #options: RtcOptions;
	#peer: DataPeer | undefined;
	#events: RtcEvents | undefined;
	#fault: RtcFault | undefined;
	#cancelTimer: (() => void) | undefined;
	#isDescribed = false;
	#candidates = 0;

	constructor(options: RtcOptions) { this.#options = options; }

	/** Begins. Once. */
	start(events: RtcEvents): void {
		assert(!this.#events, 'a connector starts once');
		this.#events = events;
		const { initiator, iceServers, timeout, clock, makePeer } = this.#options;
		const made = makePeer(initiator, iceServers);
		if (!made.ok) {
			void Promise.resolve().then(() => this.#settle('unsupported'));
			return;
		}
		const peer = made.value;
		this.#peer = peer;
		this.#cancelTimer = clock.after(timeout, () => this.#fail('timeout'));
		peer.on('signal', (emitted) => {
			const text = signalText(emitted);
			if (text !== undefined) events.signal(text);
		});
		peer.on('connect', () => this.#connected(peer));
		peer.on('error', (error) => { this.#fault ??= faultOf(error.code); });
		peer.on('close', () => this.#settle(this.#fault ?? 'ice-failed'));
	}

	/** Takes a signal of the other side, as it came. Late candidates, after `connected`, are welcome. */
	accept(text: string): void {
		const peer = this.#peer;
		if (!peer || peer.destroyed || this.#fault) return;
		const parsed = parseSignal(text);
		try {
			if (parsed.ok && this.#isExpected(parsed.value)) peer.signal(parsed.value);
			else this.#fail('bad-signal');
		} catch {
			this.#fail('bad-signal'); // the browser would not take what passed our check
		}
	}

	/** Gives up; nothing is reported any more. No effect once connected. */
	cancel(): void {
		if (!this.#events) return;
		this.#events = undefined;
		this.#cancelTimer?.();
		this.#peer?.destroy();
	}

	/** One description of the right kind, and some candidates; after connecting only candidates. */
	#isExpected(signal: PeerSignal): boolean {
		if (signal.type === 'candidate') return ++this.#candidates <= MAX_CANDIDATES;
		const first = !this.#isDescribed;
		this.#isDescribed = true;
		return first && (signal.type === 'answer') === this.#options.initiator;
	}

	#connected(peer: DataPeer): void {
		this.#cancelTimer?.();
		const events = this.#events;
		this.#events = undefined;
		if (events) events.connected(new DataChannelTransport(peer, this.#options.clock));
		else peer.destroy();
	}

	#fail(fault: RtcFault): void {
		this.#fault ??= fault;
		this.#peer?.destroy(); // 'close' follows, and reports it
	}

	#settle(fault: RtcFault): void {
		this.#cancelTimer?.();
		const events = this.#events;
		this.#events = undefined;
		events?.failed(fault);
	}
}

function faultOf(code: string | undefined): RtcFault {
	switch (code) {
		case 'ERR_SET_REMOTE_DESCRIPTION': case 'ERR_ADD_ICE_CANDIDATE': case 'ERR_SIGNALING': return 'bad-signal';
		case 'ERR_PC_CONSTRUCTOR': return 'unsupported';
		default: return 'ice-failed';
	}
}
