/**
 * WebRTC as we use it: the part of simple-peer's interface that is the same over a browser's connections and over those
 * of a library on Node. Two of its fields are private, and needed: `_channel`, to send and to hear without its streams
 * and to close without losing what is queued; `_pc`, for the session descriptions that count.
 */
import type { Bytes } from '../base/bytes.ts';
import type { Result } from '../base/result.ts';
import type { IceServer } from '../protocol/tracker-message.ts';

/** A candidate, as `RTCIceCandidateInit` has it. */
export interface CandidateInit {
	readonly candidate: string;
	readonly sdpMid: string | null;
	readonly sdpMLineIndex: number | null;
}

/** Part of what one side tells the other to connect, as simple-peer emits it. */
export type PeerSignal =
	| { readonly type: 'offer' | 'answer'; readonly sdp: string }
	| { readonly type: 'candidate'; readonly candidate: CandidateInit };

/** What simple-peer tells. `iceStateChange`: an `RTCIceConnectionState`. */
export interface DataPeerEvents {
	signal: [signal: { readonly type: string }];
	connect: [];
	iceStateChange: [connection: string];
	error: [error: Error & { readonly code?: string }];
	close: [];
}

/** One report of `RTCPeerConnection.getStats`: fields depend on who made it and are checked where they are read. */
export type StatsReport = Readonly<Record<string, unknown>>;

/** What we use of an `RTCDataChannel`. */
export interface DataChannel {
	readonly readyState: string;
	readonly bufferedAmount: number;
	bufferedAmountLowThreshold: number;
	onmessage: ((message: { readonly data: unknown }) => void) | null;
	onbufferedamountlow: (() => void) | null;
	/** @throws when it is closing, or its buffer is full */
	send(frame: Bytes): void;
	close(): void;
}

/** What we use of an `RTCPeerConnection`. */
export interface PeerConnection {
	readonly localDescription: { readonly sdp: string } | null;
	readonly remoteDescription: { readonly sdp: string } | null;
}

/** A connection with one data channel. `close` comes last, after `error` if there was one. */
export interface DataPeer {
	readonly destroyed: boolean;
	readonly _channel: DataChannel | null;
	readonly _pc: PeerConnection | null;
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

/** Makes a connection that has not begun; `unsupported`: no WebRTC here, or it refuses the servers' addresses. */
export type MakeDataPeer = (initiator: boolean, iceServers: readonly IceServer[]) => Result<DataPeer, 'unsupported'>;
