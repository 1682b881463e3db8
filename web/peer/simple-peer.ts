/** WebRTC by the browser: the one file of the page that knows the package simple-peer (9.11). */
import SimplePeer from 'simple-peer/simplepeer.min.js';
import { fail, ok } from '../../shared/base/result.ts';
import type { MakeDataPeer } from '../../shared/rtc/data-peer.ts';

/** A connection of this page. */
export const makeDataPeer: MakeDataPeer = (initiator, iceServers) => {
	try {
		return ok(new SimplePeer({ initiator, config: { iceServers: [...iceServers] }, objectMode: true }));
	} catch {
		return fail('unsupported'); // it throws when there is no RTCPeerConnection
	}
};

/** Whether the browser has WebRTC at all; settings and extensions take it away. */
export function canConnect(): boolean { return 'RTCPeerConnection' in globalThis; }
