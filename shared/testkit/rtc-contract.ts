/** What every way to make WebRTC connections must hold: connecting, and the data channels that come of it. */
import { describe, expect, test } from 'vitest';
import { equalBytes } from '../base/bytes.ts';
import type { Clock } from '../ports/clock.ts';
import type { DataChannelTransport } from '../rtc/data-channel-transport.ts';
import type { MakeDataPeer } from '../rtc/data-peer.ts';
import { RtcConnector, type RtcFault } from '../rtc/rtc-connector.ts';
import { frameOf, TransportRecorder, transportContract } from './transport-contract.ts';

/** How one program connects. */
export interface RtcMeans { readonly makePeer: MakeDataPeer; readonly clock: Clock }

const SDP = 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n';
const candidate = { candidate: 'candidate:1 1 udp 2113937151 192.0.2.1 50000 typ host', sdpMid: '0', sdpMLineIndex: 0 };

/** Two ends in one process. */
interface ChannelPair { readonly near: DataChannelTransport; readonly far: DataChannelTransport }

/** Times to try: libdatachannel fails one connection in fifty where nothing takes time, and engines try again too. */
const ATTEMPTS = 5;

/** Two ends in this process; each is handed over in the tick that made it, as the port wants. */
export function connectPair(means: RtcMeans): Promise<ChannelPair> {
	return persistently(() => tryConnecting(means));
}

async function persistently<T>(connect: () => Promise<T>): Promise<T> {
	for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
		const connected = await connect().catch(() => undefined);
		if (connected !== undefined) return connected;
	}
	return connect();
}

async function tryConnecting(means: RtcMeans): Promise<ChannelPair> {
	const options = { ...means, iceServers: [], timeout: 10_000 };
	const one = new RtcConnector({ ...options, initiator: true });
	const two = new RtcConnector({ ...options, initiator: false });
	const end = (connector: RtcConnector, other: RtcConnector) => new Promise<DataChannelTransport>((resolve, reject) => {
		connector.start({
			signal: (text) => other.accept(text),
			connected: resolve,
			failed: (fault) => reject(new Error(fault)),
		});
	});
	const far = end(two, one);
	const [near, other] = await Promise.all([end(one, two), far]);
	return { near, far: other };
}

/** Deadlines are so many times longer here: a busy machine drains a channel late, and is no fault of the code. */
const PATIENCE = 4;

/** Declares the tests. */
export function rtcContract(name: string, { makePeer, clock }: RtcMeans): void {
	const patient: Clock = { now: () => clock.now(), after: (delay, wake) => clock.after(PATIENCE * delay, wake) };
	const means = { makePeer, clock: patient };
	transportContract(`a data channel, ${name}`, () => connectPair(means));
	describe(`data channels: ${name}`, () => describeChannels(means));
	describe(`connecting: ${name}`, () => describeConnecting(means));
}

function describeChannels(means: RtcMeans): void {
	test('the fingerprints of one end are those of the other, swapped', async () => {
		const { near, far } = await connectPair(means);
		const [a, b] = [near.fingerprints()!, far.fingerprints()!];
		expect(a.local.length).toBe(32);
		expect(equalBytes(a.local, b.remote) && equalBytes(a.remote, b.local)).toBe(true);
		expect(equalBytes(a.local, a.remote)).toBe(false);
		near.close('done');
		far.close('done');
	});

	test('a path within one machine is a LAN path', async () => {
		const { near, far } = await connectPair(means);
		near.start(new TransportRecorder());
		expect((await near.path())?.route).toBe('lan');
		near.close('done');
		far.close('done');
		expect(await near.path()).toBe(undefined);
	});

	test('a frame is a plain view on memory of its own', async () => {
		const { near, far } = await connectPair(means);
		const frames: Uint8Array[] = [];
		const atFar = new TransportRecorder();
		far.start({ frame: (bytes) => { frames.push(bytes); atFar.frame(bytes); }, drained() {}, closed() {} });
		near.send(frameOf(8197, 1));
		await atFar.until(() => atFar.frames.length === 1);
		expect(frames[0]?.constructor).toBe(Uint8Array);
		expect(frames[0]?.buffer.byteLength).toBe(8197);
		near.close('done');
		far.close('done');
	});
}

function describeConnecting(means: RtcMeans): void {
	const faultOf = (initiator: boolean, act: (connector: RtcConnector) => void, timeout = 10_000): Promise<RtcFault> => {
		const connector = new RtcConnector({ ...means, initiator, iceServers: [], timeout });
		return new Promise((resolve, reject) => {
			connector.start({ signal: () => {}, connected: () => reject(new Error('connected')), failed: resolve });
			act(connector);
		});
	};

	test('nobody answering is a timeout', async () => {
		expect(await faultOf(true, () => {}, 50)).toBe('timeout');
	});

	test.each([
		['garbage', true, ['{']],
		['an answer to who did not ask', false, [JSON.stringify({ type: 'answer', sdp: SDP })]],
		['an offer to who offers', true, [JSON.stringify({ type: 'offer', sdp: SDP })]],
		['a description that WebRTC refuses', false, [JSON.stringify({ type: 'offer', sdp: SDP })]],
		['two descriptions', false, Array.from({ length: 2 }, () => JSON.stringify({ type: 'offer', sdp: SDP }))],
		['candidates without end', false, Array.from({ length: 65 }, () => JSON.stringify({ type: 'candidate', candidate }))],
		['a candidate for no stream', false, [
			JSON.stringify({ type: 'candidate', candidate: { candidate: 'x' } }), JSON.stringify({ type: 'offer', sdp: SDP }),
		]],
	])('%s is a bad signal', async (_, initiator, signals) => {
		expect(await faultOf(initiator, (connector) => { for (const text of signals) connector.accept(text); })).toBe('bad-signal');
	});

	test('a server whose address nobody understands is unsupported', async () => {
		const connector = new RtcConnector({ ...means, initiator: true, iceServers: [{ urls: 'nonsense' }], timeout: 1000 });
		const fault = await new Promise((resolve) => {
			connector.start({ signal: () => {}, connected: resolve, failed: resolve });
		});
		expect(fault).toBe('unsupported');
	});

	test('after cancel nothing is reported', async () => {
		const heard: string[] = [];
		const connector = new RtcConnector({ ...means, initiator: true, iceServers: [], timeout: 1 });
		connector.start({ signal: (text) => heard.push(text), connected: () => heard.push('connected'), failed: (f) => heard.push(f) });
		connector.cancel();
		connector.accept('{');
		await faultOf(true, () => {}, 50);
		expect(heard).toEqual([]);
	});

	test('candidates that come before the offer are kept for it', async () => {
		const early = () => candidatesFirst(means);
		(await persistently(early)).close('done');
	});
}

function candidatesFirst(means: RtcMeans): Promise<DataChannelTransport> {
	const options = { ...means, iceServers: [], timeout: 10_000 };
	const one = new RtcConnector({ ...options, initiator: true });
	const two = new RtcConnector({ ...options, initiator: false });
	const held: string[] = [];
	let isCandidateOut = false;
	return new Promise<DataChannelTransport>((resolve, reject) => {
		two.start({ signal: (text) => one.accept(text), connected: resolve, failed: reject });
		one.start({
			signal: (text) => {
				if (text.includes('"offer"') && !isCandidateOut) return void held.push(text);
				isCandidateOut = true;
				for (const signal of [text, ...held.splice(0)]) two.accept(signal);
			},
			connected: (transport) => transport.start({ frame() {}, drained() {}, closed() {} }),
			failed: reject,
		});
	});
}
