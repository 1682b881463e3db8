/** Signals as strangers send them: checked before the browser's WebRTC sees a byte of them. */
import * as v from 'valibot';
import { fail, ok, type Result } from '../base/result.ts';
import { MAX_SIGNAL_BYTES } from '../protocol/limits.ts';
import type { PeerSignal } from './data-peer.ts';

/** UTF-16 units of one candidate line: they are near 100, 200 with IPv6 and a long mDNS name. */
const MAX_CANDIDATE = 512;

/** A description of one data channel and nothing else: no microphone, no camera, no second stream. */
const sdp = v.pipe(v.string(), v.maxLength(MAX_SIGNAL_BYTES), v.check(describesOneChannel));

const signal = v.variant('type', [
	v.object({ type: v.picklist(['offer', 'answer']), sdp }),
	v.object({
		type: v.literal('candidate'),
		candidate: v.object({
			candidate: v.pipe(v.string(), v.maxLength(MAX_CANDIDATE), v.regex(/^[^\r\n]*$/)),
			sdpMid: v.nullish(v.pipe(v.string(), v.maxLength(16)), null),
			sdpMLineIndex: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(16)), null),
		}),
	}),
]);

/** The signal that `text` spells in JSON; unlisted fields are dropped. */
export function parseSignal(text: string): Result<PeerSignal, 'bad-signal'> {
	if (text.length > MAX_SIGNAL_BYTES) return fail('bad-signal');
	const parsed = v.safeParse(signal, fromJson(text));
	return parsed.success ? ok(parsed.output) : fail('bad-signal');
}

/** The text of a signal that simple-peer emits; undefined for kinds that a data channel has no use for. */
export function signalText(emitted: { readonly type: string }): string | undefined {
	return ['offer', 'answer', 'candidate'].includes(emitted.type) ? JSON.stringify(emitted) : undefined;
}

function describesOneChannel(text: string): boolean {
	const media = text.split(/[\r\n]+/).filter((line) => line.startsWith('m='));
	return media.length === 1 && media.every((line) => line.startsWith('m=application '));
}

function fromJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined; // a text that is no JSON is no signal either
	}
}
