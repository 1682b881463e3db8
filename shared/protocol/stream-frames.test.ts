import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, type Bytes } from '../base/bytes.ts';
import { MAX_FRAME_BYTES } from './limits.ts';
import { FrameSplitter, withLength } from './stream-frames.ts';

const length = (bytes: number) => withLength(new Uint8Array(bytes)).slice(0, 4);

/** What a splitter makes of a stream that comes in these pieces. */
function split(...pieces: readonly Bytes[]): { readonly frames: readonly Bytes[]; readonly sound: boolean } {
	const splitter = new FrameSplitter();
	const frames: Bytes[] = [];
	const sound = pieces.every((piece) => splitter.push(piece.slice(), (frame) => frames.push(frame.slice())));
	return { frames, sound };
}

const frame = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Uint8Array.from(bytes));

describe('a stream of frames', () => {
	test('gives each frame whole and in order, wherever the network cuts it', () => {
		const some = [fc.array(frame, { maxLength: 8 }), fc.array(fc.nat(3000), { maxLength: 20 })] as const;
		fc.assert(fc.property(...some, (frames, cuts) => {
			const stream = concat(...frames.map(withLength));
			const at = [0, ...cuts.map((cut) => Math.min(cut, stream.length)).sort((a, b) => a - b), stream.length];
			const pieces = at.slice(1).map((end, k) => stream.slice(at[k], end));
			expect(split(...pieces)).toEqual({ frames, sound: true });
		}));
	});

	test('byte by byte gives the largest frame too', () => {
		const largest = Uint8Array.from({ length: MAX_FRAME_BYTES }, (_, k) => k % 251);
		const stream = concat(withLength(largest), withLength(Uint8Array.of(7)));
		const byByte = split(...Array.from(stream, (byte) => Uint8Array.of(byte)));
		expect(byByte).toEqual({ frames: [largest, Uint8Array.of(7)], sound: true });
	});

	test('is cut without copying what comes whole', () => {
		const piece = concat(withLength(Uint8Array.of(1, 2)), withLength(Uint8Array.of(3)));
		const frames: Bytes[] = [];
		new FrameSplitter().push(piece, (whole) => frames.push(whole));
		expect(frames.map((whole) => whole.buffer === piece.buffer)).toEqual([true, true]);
	});

	test.each([
		['nothing', Uint8Array.of(0, 0, 0, 0)],
		['one byte too much', length(MAX_FRAME_BYTES + 1)],
		['four gigabytes', Uint8Array.of(255, 255, 255, 255)],
		['the words of another protocol', Uint8Array.from('GET / HTTP/1.1', (letter) => letter.charCodeAt(0))],
	])('ends at a length of %s, after the frames before it', (_, bad) => {
		const good = withLength(Uint8Array.of(1, 2, 3));
		expect(split(concat(good, bad))).toEqual({ frames: [Uint8Array.of(1, 2, 3)], sound: false });
		expect(split(good, ...Array.from(bad, (byte) => Uint8Array.of(byte))).sound).toBe(false);
	});
});
