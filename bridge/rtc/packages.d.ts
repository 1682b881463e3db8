/** What we use of two packages. simple-peer's main entry goes by a name that no bundler maps to its browser build. */
declare module 'simple-peer/index.js' {
	const SimplePeer: new (options: {
		readonly initiator: boolean;
		readonly config: object;
		readonly wrtc: object;
		readonly objectMode: true;
	}) => import('../../shared/rtc/data-peer.ts').DataPeer;
	export { SimplePeer as default };
}

/** Its own types want a browser's. */
declare module 'node-datachannel/polyfill' {
	export class RTCPeerConnection {
		constructor(config: object);
		addIceCandidate(candidate: { readonly candidate: string; readonly sdpMid: string }): Promise<void>;
		createOffer(): Promise<{ readonly type: string; readonly sdp: string }>;
		createAnswer(): Promise<{ readonly type: string; readonly sdp: string }>;
		createDataChannel(label: string, config: object): RTCDataChannel;
		addEventListener(type: 'datachannel', listener: (event: { readonly channel: RTCDataChannel }) => void): void;
	}
	export interface RTCDataChannel {
		onclose: ((event: unknown) => void) | null;
		close(): void;
	}
	export const RTCIceCandidate: unknown;
}
