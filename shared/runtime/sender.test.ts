import { describe, expect, test } from 'vitest';
import { BitSet } from '../base/bit-set.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { StoredGroup, StoreFault } from '../ports/group-store.ts';
import { CHUNK_BYTES, GROUP_BYTES, HASH_BYTES } from '../protocol/limits.ts';
import { decode } from '../protocol/peer-message.ts';
import { memoryWire } from '../testkit/memory-transport.ts';
import { Sender, type ServeOutcome } from './sender.ts';

const part = { attachment: 0, of: 'part', part: 2 } as const;

/** A sender of a store that answers when told. */
class Bed {
	readonly wire = memoryWire();
	readonly got: string[] = [];
	readonly outcomes: ServeOutcome[] = [];
	readonly inMemory = new Map<number, StoredGroup>();
	readonly answers: ((result: Result<StoredGroup | undefined, StoreFault>) => void)[] = [];
	readonly sender: Sender;

	constructor() {
		this.wire.near.start({ frame: () => undefined, drained: () => this.got.push('drained'), closed: () => undefined });
		this.wire.far.start(
			{ frame: (bytes) => this.got.push(word(bytes)), drained: () => undefined, closed: () => undefined },
		);
		this.sender = new Sender(this.wire.near, {
			peek: (group) => this.inMemory.get(group),
			read: () => new Promise((resolve) => { this.answers.push(resolve); }),
			part: () => Promise.resolve(undefined),
		}, (outcome) => this.outcomes.push(outcome));
	}

	async settle(): Promise<void> {
		for (let k = 0; k < 20; k++) await Promise.resolve();
		this.wire.deliver();
	}
}

function word(bytes: Uint8Array<ArrayBuffer>): string {
	const message = decode(bytes);
	if (!message.ok) return 'nonsense';
	if (message.value.type !== 'chunk') return message.value.type;
	const { index, bytes: run } = message.value;
	return run.length > CHUNK_BYTES ? `chunks ${index} to ${index + run.length / CHUNK_BYTES - 1}` : `chunk ${index}`;
}

function group(held: BitSet = BitSet.full(128)): StoredGroup {
	return {
		bytes: new Uint8Array(GROUP_BYTES), held: held.bytes(), leaves: new Uint8Array(128 * HASH_BYTES),
		certificate: { form: 'signature', bytes: new Uint8Array(64) },
	};
}

describe('chunks', () => {
	test('of a group in memory go out, reported after the call', async () => {
		const bed = new Bed();
		bed.inMemory.set(1, group());
		bed.sender.serve({ group: 1, chunks: [3, 0], run: 8 });
		expect(bed.outcomes).toEqual([]);
		await bed.settle();
		expect(bed.got).toEqual(['chunk 128', 'chunk 131']);
		expect(bed.outcomes).toEqual([{ type: 'served', group: 1, bytes: 2 * CHUNK_BYTES, full: false, failed: false }]);
	});

	test('that are neighbours share a frame, eight at most', async () => {
		const bed = new Bed();
		bed.inMemory.set(0, group());
		bed.sender.serve({ group: 0, chunks: [9, 2, 3, 5, 6, 7, 8, 4, 1, 127], run: 8 });
		await bed.settle();
		expect(bed.got).toEqual(['chunks 1 to 8', 'chunk 9', 'chunk 127']);
	});

	test('keep their order with the proof that was asked for before, whatever the store takes', async () => {
		const bed = new Bed();
		bed.sender.serveProof(0);
		bed.sender.serve({ group: 0, chunks: [1], run: 8 });
		bed.sender.servePart(part);
		await bed.settle();
		expect(bed.got).toEqual([]);
		bed.inMemory.set(0, group());
		bed.answers[0]!(ok(group()));
		await bed.settle();
		expect(bed.got).toEqual(['proof', 'chunk 1', 'attachment']);
	});

	test('do not wait for the proof of another group', async () => {
		const bed = new Bed();
		bed.inMemory.set(1, group());
		bed.sender.serveProof(0);
		bed.sender.serve({ group: 1, chunks: [0], run: 8 });
		await bed.settle();
		expect(bed.got).toEqual(['chunk 128']);
		bed.answers[0]!(ok(group()));
		await bed.settle();
		expect(bed.got).toEqual(['chunk 128', 'proof']);
	});

	test('that are not really held are not sent, and that is reported', async () => {
		const bed = new Bed();
		const held = new BitSet(128);
		held.add(4);
		bed.inMemory.set(0, group(held));
		bed.sender.serve({ group: 0, chunks: [4, 5], run: 8 });
		await bed.settle();
		expect([bed.got, bed.outcomes[0]?.failed]).toEqual([['chunk 4'], true]);
	});

	test.each([fail('gone'), ok(undefined)])('of a group that cannot be read fail', async (answer) => {
		const bed = new Bed();
		bed.sender.serve({ group: 0, chunks: [4], run: 8 });
		await bed.settle();
		bed.answers[0]!(answer);
		await bed.settle();
		expect([bed.got, bed.outcomes[0]]).toEqual([[], { type: 'served', group: 0, bytes: 0, full: false, failed: true }]);
	});

	test('say when the transport is full', async () => {
		const bed = new Bed();
		bed.inMemory.set(0, group());
		bed.sender.serve({ group: 0, chunks: Array.from({ length: 60 }, (_, k) => k), run: 8 });
		for (let k = 0; k < 20; k++) await Promise.resolve();
		expect(bed.outcomes[0]?.full).toBe(true);
		bed.wire.deliver();
		expect(bed.got).toContain('drained');
	});
});

test('proofs that nobody can wait for are not queued without end', async () => {
	const bed = new Bed();
	bed.inMemory.set(0, group());
	for (let k = 0; k < 10_000; k++) bed.sender.serveProof(0);
	for (let k = 0; k < 500; k++) await bed.settle();
	expect(bed.got.filter((each) => each === 'proof').length).toBe(512);
});
