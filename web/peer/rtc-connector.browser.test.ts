import { expect, test } from 'vitest';
import { RtcConnector, type RtcFault } from './rtc-connector.ts';

const SDP = 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n';
const candidate = { candidate: 'candidate:1 1 udp 2113937151 192.0.2.1 50000 typ host', sdpMid: '0', sdpMLineIndex: 0 };

function faultOf(initiator: boolean, act: (connector: RtcConnector) => void, timeout = 10_000): Promise<RtcFault> {
	const connector = new RtcConnector({ initiator, iceServers: [], timeout });
	return new Promise((resolve, reject) => {
		connector.start({ signal: () => {}, connected: () => reject(new Error('connected')), failed: resolve });
		act(connector);
	});
}

test('nobody answering is a timeout', async () => {
	expect(await faultOf(true, () => {}, 50)).toBe('timeout');
});

test.each([
	['garbage', true, ['{']],
	['an answer to who did not ask', false, [JSON.stringify({ type: 'answer', sdp: SDP })]],
	['an offer to who offers', true, [JSON.stringify({ type: 'offer', sdp: SDP })]],
	['a description the browser refuses', false, [JSON.stringify({ type: 'offer', sdp: SDP })]],
	['two descriptions', false, Array.from({ length: 2 }, () => JSON.stringify({ type: 'offer', sdp: SDP }))],
	['candidates without end', false, Array.from({ length: 65 }, () => JSON.stringify({ type: 'candidate', candidate }))],
	['a candidate for no stream', false, [
		JSON.stringify({ type: 'candidate', candidate: { candidate: 'x' } }), JSON.stringify({ type: 'offer', sdp: SDP }),
	]],
])('%s is a bad signal', async (_, initiator, signals) => {
	expect(await faultOf(initiator, (connector) => { for (const text of signals) connector.accept(text); })).toBe('bad-signal');
});

test('a server whose address nobody understands is unsupported', async () => {
	const connector = new RtcConnector({ initiator: true, iceServers: [{ urls: 'nonsense' }], timeout: 1000 });
	const fault = await new Promise((resolve) => {
		connector.start({ signal: () => {}, connected: resolve, failed: resolve });
	});
	expect(fault).toBe('unsupported');
});

test('after cancel nothing is reported', async () => {
	const heard: string[] = [];
	const connector = new RtcConnector({ initiator: true, iceServers: [], timeout: 1 });
	connector.start({ signal: (text) => heard.push(text), connected: () => heard.push('connected'), failed: (f) => heard.push(f) });
	connector.cancel();
	connector.accept('{');
	await faultOf(true, () => {}, 50);
	expect(heard).toEqual([]);
});

test('candidates that come before the offer are kept for it', async () => {
	const options = { iceServers: [], timeout: 10_000 };
	const one = new RtcConnector({ ...options, initiator: true });
	const two = new RtcConnector({ ...options, initiator: false });
	const offers: string[] = [];
	const connected = new Promise((resolve, reject) => {
		two.start({ signal: (text) => one.accept(text), connected: resolve, failed: reject });
		one.start({
			signal: (text) => {
				if (text.includes('"offer"')) return void offers.push(text);
				two.accept(text);
				for (const offer of offers.splice(0)) two.accept(offer);
			},
			connected: (transport) => transport.start({ frame() {}, drained() {}, closed() {} }),
			failed: reject,
		});
	});
	await expect(connected).resolves.toBeDefined();
});
