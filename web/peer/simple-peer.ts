/**
 * The one file that knows the package simple-peer (9.11): what we use of it, in types of our own. Two of its fields are
 * private, and needed: `_channel`, to send and to hear without its streams and to close without losing what is queued;
 * `_pc`, for the session descriptions that count.
 */
import SimplePeer from 'simple-peer/simplepeer.min.js';
import type { Bytes } from '../../shared/base/bytes.ts';
import { fail, ok, type Result } from '../../shared/base/result.ts';

/** Part of what one side tells the other to connect, as simple-peer emits it. */
export type PeerSignal =
	| { readonly type: 'offer' | 'answer'; readonly sdp: string }
	| { readonly type: 'candidate'; readonly candidate: RTCIceCandidateInit };

/** What simple-peer tells. */
export interface DataPeerEvents {
	signal: [signal: { readonly type: string }];
	connect: [];
	iceStateChange: [connection: RTCIceConnectionState];
	error: [error: Error & { readonly code?: string }];
	close: [];
}

/** One report of `RTCPeerConnection.getStats`: fields depend on the browser and are checked where they are read. */
export type StatsReport = Readonly<Record<string, unknown>>;

/** A connection with one data channel. `close` comes last, after `error` if there was one. */
export interface DataPeer {
	readonly destroyed: boolean;
	readonly _channel: RTCDataChannel | null;
	readonly _pc: RTCPeerConnection | null;
	on<E extends keyof DataPeerEvents>(event: E, listener: (...args: DataPeerEvents[E]) => void): this;
	/** @throws for candidates and descriptions of no known shape */
	signal(signal: PeerSignal): void;
	/**
	 * The next message that came before anybody listened to the channel: a view on all of its buffer, a string only if
	 * the other side sent one. Null: there is none.
	 */
	read(): Bytes | string | null;
	getStats(answer: (error: Error | null, reports?: readonly StatsReport[]) => void): void;
	destroy(): void;
}

/** A connection that has not begun; `unsupported` where the browser has no WebRTC or refuses the servers' addresses. */
export function makeDataPeer(initiator: boolean, iceServers: readonly RTCIceServer[]): Result<DataPeer, 'unsupported'> {
	try {
		return ok(new SimplePeer({ initiator, config: { iceServers: [...iceServers] }, objectMode: true }));
	} catch {
		return fail('unsupported'); // it throws when there is no RTCPeerConnection
	}
}
