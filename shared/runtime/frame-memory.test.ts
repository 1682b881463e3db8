import { expect, test } from 'vitest';
import { FrameMemory } from './frame-memory.ts';

/** A memory, and what of it was given back. */
function memoryWithFreed(): { memory: FrameMemory; freed: ArrayBuffer[] } {
	const freed: ArrayBuffer[] = [];
	return { memory: new FrameMemory((each) => freed.push(each)), freed };
}

test('a frame is given back when its last chunk was looked at, not before', () => {
	const { memory, freed } = memoryWithFreed();
	const bytes = new Uint8Array(20);
	const [first, last] = [bytes.subarray(4, 8), bytes.subarray(8)];
	memory.during(bytes, () => {
		memory.take(first);
		memory.take(last);
	});
	memory.done(last);
	expect(freed).toEqual([]);
	memory.done(first);
	expect(freed).toEqual([bytes.buffer]);
});

test('a frame without chunks is whose who handled it', () => {
	const { memory, freed } = memoryWithFreed();
	const bytes = new Uint8Array(20);
	memory.during(bytes, () => undefined);
	memory.done(bytes);
	expect(freed).toEqual([]);
});

test('a frame cut out of more memory is left alone', () => {
	const { memory, freed } = memoryWithFreed();
	const part = new Uint8Array(20).subarray(0, 10);
	memory.during(part, () => memory.take(part));
	memory.done(part);
	expect(freed).toEqual([]);
});
