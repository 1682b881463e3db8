import { describe, expect, test } from 'vitest';
import { fail, ok } from '../base/result.ts';
import { CHUNK_BYTES, GROUP_BYTES } from '../protocol/limits.ts';
import { Reads, type ReadHost } from './reads.ts';

const SIZE = 2 * GROUP_BYTES;

/** A peer that holds what it is told to; the film's byte at `n` is `n % 251`, in clear. */
class Host implements ReadHost {
	readonly held = new Set<number>();
	readonly said: string[] = [];
	lost = 0;
	readonly decrypted: number[] = [];

	holds(index: number): boolean { return this.held.has(index); }
	want(read: number, first: number, count: number, dueInMs: number): void {
		this.said.push(`want ${read}: ${first}+${count} in ${dueInMs}`);
	}
	due(read: number, dueInMs: number): void { this.said.push(`due ${read} in ${dueInMs}`); }
	unwant(read: number): void { this.said.push(`unwant ${read}`); }

	copy(group: number, from: number, into: Uint8Array<ArrayBuffer>): ReturnType<ReadHost['copy']> {
		if (this.lost > 0) {
			this.lost -= 1;
			this.held.clear();
			return Promise.resolve(fail('lost'));
		}
		into.set(film(group * GROUP_BYTES + from, group * GROUP_BYTES + from + into.length));
		return Promise.resolve(ok(undefined));
	}

	decrypt(offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
		this.decrypted.push(offset);
		return Promise.resolve(bytes);
	}
}

const film = (from: number, to: number) => Uint8Array.from({ length: to - from }, (_, k) => (from + k) % 251);

function bed(...held: number[]): { readonly host: Host; readonly reads: Reads } {
	const host = new Host();
	for (const index of held) host.held.add(index);
	return { host, reads: new Reads(SIZE, host) };
}

describe('a read', () => {
	test('of what is held is answered without wanting anything', async () => {
		const { host, reads } = bed(0, 1);
		expect(await reads.read(8000, 400, 0).bytes).toEqual(ok(film(8000, 8400)));
		expect(host.said.filter((said) => said.startsWith('want'))).toEqual([]);
	});

	test('waits for each of its chunks, then lets go', async () => {
		const { host, reads } = bed(1);
		const read = reads.read(5, 2 * CHUNK_BYTES, 300);
		expect(host.said).toEqual(['want 0: 0+3 in 300']);
		for (const index of [2, 7, 0]) {
			host.held.add(index);
			reads.held(index);
		}
		expect(await read.bytes).toEqual(ok(film(5, 5 + 2 * CHUNK_BYTES)));
		expect([host.said.at(-1), reads.waiting]).toEqual(['unwant 0', 0]);
	});

	test('spans groups, and is decrypted from a whole block on', async () => {
		const { host, reads } = bed(127, 128);
		expect(await reads.read(GROUP_BYTES - 30, 60, 0).bytes).toEqual(ok(film(GROUP_BYTES - 30, GROUP_BYTES + 30)));
		expect(host.decrypted).toEqual([GROUP_BYTES - 32]);
	});

	test('beyond the end is cut, of nothing is nothing', async () => {
		const { reads } = bed(255);
		expect(await reads.read(SIZE - 10, 999, 0).bytes).toEqual(ok(film(SIZE - 10, SIZE)));
		expect(await reads.read(SIZE + 5, 10, 0).bytes).toEqual(ok(new Uint8Array(0)));
		expect(await reads.read(0, 0, 0).bytes).toEqual(ok(new Uint8Array(0)));
	});

	test('can be due sooner or be cancelled while it waits, and not after', async () => {
		const { host, reads } = bed();
		const read = reads.read(0, 10, 900);
		read.due(50);
		read.cancel();
		read.cancel();
		read.due(10);
		expect(await read.bytes).toEqual(fail('cancelled'));
		expect(host.said).toEqual(['want 0: 0+1 in 900', 'due 0 in 50', 'unwant 0']);
	});

	test('whose group turns out to be lost is wanted again', async () => {
		const { host, reads } = bed(0);
		host.lost = 1;
		const read = reads.read(0, 10, 0);
		while (!host.said.includes('want 1: 0+1 in 0')) await Promise.resolve();
		host.held.add(0);
		reads.held(0);
		expect(await read.bytes).toEqual(ok(film(0, 10)));
	});
});

describe('all reads', () => {
	test('count anew: what is held by then ends them', async () => {
		const { host, reads } = bed();
		const read = reads.read(0, 10, 0);
		host.held.add(0);
		reads.recount();
		expect(await read.bytes).toEqual(ok(film(0, 10)));
	});

	test('end when the share does, later ones at once', async () => {
		const { reads } = bed();
		const read = reads.read(0, 10, 0);
		reads.close('closed');
		expect([await read.bytes, await reads.read(0, 10, 0).bytes]).toEqual([fail('closed'), fail('closed')]);
	});
});
