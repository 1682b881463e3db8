/**
 * WebRTC on Node: simple-peer over libdatachannel (node-datachannel). The one file of the bridge that knows the two,
 * which may be missing.
 */
import { fail, ok, type Result } from '../../shared/base/result.ts';
import type { RTCDataChannel } from 'node-datachannel/polyfill';
import type { MakeDataPeer } from '../../shared/rtc/data-peer.ts';

/** Bytes of a packet. 1400 go through nearly all paths, and a quarter faster to a browser than the library's 1280. */
const MTU = 1400;

/** `unsupported`: there is no build of the native library for this machine, or it was not installed. */
export async function loadDataPeers(): Promise<Result<MakeDataPeer, 'unsupported'>> {
	try {
		const [{ default: SimplePeer }, native] = await Promise.all([
			import('simple-peer/index.js'), import('node-datachannel/polyfill'),
		]);
		const { RTCIceCandidate } = native;
		const wrtc = { RTCPeerConnection: connectionClass(native), RTCIceCandidate, RTCSessionDescription: Description };
		return ok((initiator, iceServers) => {
			const config = { iceServers: [...iceServers], mtu: MTU };
			const peer = new SimplePeer({ initiator, config, wrtc, objectMode: true });
			return peer.destroyed ? fail('unsupported') : ok(peer);
		});
	} catch {
		return fail('unsupported');
	}
}

/**
 * A session description; the library's own is read-only, and simple-peer writes to it. Candidates come one by one, so
 * nothing says that there are no more: libdatachannel would give up before it has looked at those that came along.
 */
class Description {
	type: string;
	sdp: string;

	constructor({ type, sdp }: { readonly type: string; readonly sdp: string }) {
		this.type = type;
		this.sdp = sdp.replaceAll(/^a=end-of-candidates\r?\n/gm, '');
	}
}

/** What was sent before a channel is closed has this long to be read: the library forgets the rest at the end. */
const LINGER_MS = 150;

/**
 * A channel that we close says so at once, before what was queued has left; simple-peer would end the connection then,
 * and with it what is on its way. So it is closed a little later, and simple-peer is not told: the transport ends the
 * connection when the time for that is over.
 */
function linger(channel: RTCDataChannel): RTCDataChannel {
	let [isOurs, onclose] = [false, channel.onclose];
	const close = channel.close.bind(channel);
	Object.defineProperty(channel, 'onclose', {
		get: () => (isOurs ? null : onclose), set: (listener: typeof onclose) => { onclose = listener; },
	});
	channel.close = () => {
		if (!isOurs) setTimeout(close, LINGER_MS);
		isOurs = true;
	};
	return channel;
}

/** The library's connection, with descriptions that can be written to, and no rejection that nobody hears of. */
function connectionClass({ RTCPeerConnection }: typeof import('node-datachannel/polyfill')) {
	return class extends RTCPeerConnection {
		constructor(config: object) {
			super(config);
			// Both promises exist from the start, and may fail before anybody asks for them: that would end the process.
			for (const description of [super.createOffer(), super.createAnswer()]) description.catch(() => undefined);
			this.addEventListener('datachannel', ({ channel }) => linger(channel));
		}

		override createDataChannel(label: string, config: object) { return linger(super.createDataChannel(label, config)); }

		/** A name that nobody here can look up leads nowhere; simple-peer would say so on the terminal, each time. */
		override async addIceCandidate(candidate: { readonly candidate: string; readonly sdpMid: string }) {
			await super.addIceCandidate(candidate).catch(() => undefined);
		}

		override async createOffer() { return new Description(await super.createOffer()); }
		override async createAnswer() { return new Description(await super.createAnswer()); }
	};
}
