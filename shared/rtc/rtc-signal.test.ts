import { expect, test } from 'vitest';
import { MAX_SIGNAL_BYTES } from '../protocol/limits.ts';
import { parseSignal, signalText } from './rtc-signal.ts';

const SDP = 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\n';
const candidate = { candidate: 'candidate:1 1 udp 2113937151 a.local 50000 typ host', sdpMid: '0', sdpMLineIndex: 0 };

const parsed = (value: unknown) => parseSignal(JSON.stringify(value));
const bad = { ok: false, error: 'bad-signal' };

test('offers, answers and candidates pass, without fields nobody listed', () => {
	expect(parsed({ type: 'offer', sdp: SDP, renegotiate: true })).toEqual({ ok: true, value: { type: 'offer', sdp: SDP } });
	expect(parsed({ type: 'answer', sdp: SDP })).toEqual({ ok: true, value: { type: 'answer', sdp: SDP } });
	expect(parsed({ type: 'candidate', candidate: { ...candidate, extra: 1 } }))
		.toEqual({ ok: true, value: { type: 'candidate', candidate } });
});

test('the last candidate, which is empty, passes', () => {
	expect(parsed({ type: 'candidate', candidate: { candidate: '', sdpMid: '0' } }).ok).toBe(true);
});

test.each([
	['no JSON', '{'],
	['nothing', ''],
	['null', 'null'],
	['a list', '[]'],
	['another type', JSON.stringify({ type: 'renegotiate', renegotiate: true })],
	['a request for media', JSON.stringify({ type: 'transceiverRequest', transceiverRequest: { kind: 'video' } })],
	['a rollback', JSON.stringify({ type: 'rollback', sdp: SDP })],
	['an offer without description', JSON.stringify({ type: 'offer' })],
	['a description that is no text', JSON.stringify({ type: 'offer', sdp: { toString: 1 } })],
	['a candidate of two lines', JSON.stringify({ type: 'candidate', candidate: { candidate: 'a\r\nb', sdpMid: '0' } })],
	['an endless candidate', JSON.stringify({ type: 'candidate', candidate: { candidate: 'a'.repeat(513), sdpMid: '0' } })],
	['a text beyond the limit', JSON.stringify({ type: 'offer', sdp: SDP, pad: 'a'.repeat(MAX_SIGNAL_BYTES) })],
])('%s is a bad signal', (_, text) => {
	expect(parseSignal(text)).toEqual(bad);
});

test.each([
	['audio', `${SDP}m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n`],
	['video', SDP.replace('m=application', 'm=video')],
	['two channels', `${SDP}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n`],
	['video behind a bare line feed', `${SDP}\nm=video 9 X 1\n`],
	['nothing', 'v=0\r\n'],
])('a description of %s is a bad signal', (_, sdp) => {
	expect(parsed({ type: 'offer', sdp })).toEqual(bad);
});

test('only what a data channel needs is sent', () => {
	expect(signalText({ type: 'renegotiate' })).toBe(undefined);
	expect(parseSignal(signalText({ type: 'offer', sdp: SDP } as { type: string }) ?? '').ok).toBe(true);
});
