import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { someBytes } from '../testkit/test-crypto.ts';
import { idBytes, Layout, parsePeerId, parseShareId, peerIdFrom, shareIdFrom } from './ids.ts';
import { CHUNK_BYTES, GROUP_BYTES } from './limits.ts';

test('an id has one spelling of 22 letters', () => {
	const id = shareIdFrom(someBytes(16));
	expect(parseShareId(id)).toBe(id);
	expect(idBytes(id)).toEqual(someBytes(16));
	const last = id.at(-1) === 'A' ? 'B' : String.fromCharCode(id.charCodeAt(21) + 1); // a stray bit
	for (const text of ['', id.slice(1), `${id}A`, id.slice(0, 21) + '=', id.slice(0, 21) + last]) {
		expect(parseShareId(text), text).toBeUndefined();
		expect(parsePeerId(text), text).toBeUndefined();
	}
	expect(parsePeerId(peerIdFrom(new Uint8Array(16)))).toBe('A'.repeat(22));
});

test('a layout cuts every byte into one chunk and every chunk into one group', () => {
	fc.assert(fc.property(fc.integer({ min: 1, max: 5 * GROUP_BYTES }), (size) => {
		const layout = new Layout(size);
		const { chunks, groups } = layout;
		expect(sumOf(chunks, (k) => layout.chunkBytes(k))).toBe(size);
		expect(sumOf(groups, (g) => layout.bytesIn(g))).toBe(size);
		expect(sumOf(groups, (g) => layout.chunksIn(g))).toBe(chunks);
		expect([-1, 0, groups - 1, groups].map((g) => layout.hasGroup(g))).toEqual([false, true, true, false]);
		expect([-1, 0, chunks - 1, chunks].map((k) => layout.hasChunk(k))).toEqual([false, true, true, false]);
	}), { numRuns: 30 });
});

function sumOf(count: number, each: (k: number) => number): number {
	return Array.from({ length: count }, (_, k) => each(k)).reduce((a, b) => a + b, 0);
}

test('a last chunk of one byte is a chunk, and a whole last chunk has no empty one behind it', () => {
	expect(new Layout(CHUNK_BYTES + 1)).toMatchObject({ chunks: 2, groups: 1 });
	expect(new Layout(CHUNK_BYTES + 1).chunkBytes(1)).toBe(1);
	expect(new Layout(GROUP_BYTES)).toMatchObject({ chunks: 128, groups: 1 });
	expect(new Layout(GROUP_BYTES + 1).chunksIn(1)).toBe(1);
});
