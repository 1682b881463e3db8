/** Sets of chunks of one group as they travel: `CHUNK_SET_BYTES` bytes, bit k for chunk k. */
import type { Bytes } from '../base/bytes.ts';
import { CHUNK_SET_BYTES } from '../protocol/peer-message.ts';
import { GROUP_CHUNKS } from '../protocol/limits.ts';

/** The bytes of a set with these members. */
export function chunkSet(chunks: Iterable<number>): Bytes {
	const set = new Uint8Array(CHUNK_SET_BYTES);
	for (const k of chunks) set[k >> 3] = (set[k >> 3] ?? 0) | (1 << (k & 7));
	return set;
}

/** The members of a set, ascending. */
export function chunksOf(set: Uint8Array): number[] {
	const chunks: number[] = [];
	for (let k = 0; k < GROUP_CHUNKS; k++) if (((set[k >> 3] ?? 0) & (1 << (k & 7))) !== 0) chunks.push(k);
	return chunks;
}

/** Chunks of one group as runs of neighbours, none longer than `longest`: the first, and how many. Ascending. */
export function runsOf(chunks: readonly number[], longest: number): [first: number, count: number][] {
	const runs: [first: number, count: number][] = [];
	for (const k of chunks.toSorted((a, b) => a - b)) {
		const run = runs.at(-1);
		if (run && k === run[0] + run[1] && run[1] < longest) run[1] += 1;
		else runs.push([k, 1]);
	}
	return runs;
}

/** Chunk numbers of the share, by group. */
export function byGroup(indices: Iterable<number>): Map<number, number[]> {
	const groups = new Map<number, number[]>();
	for (const index of indices) {
		const group = Math.floor(index / GROUP_CHUNKS);
		const chunks = groups.get(group);
		if (chunks) chunks.push(index % GROUP_CHUNKS);
		else groups.set(group, [index % GROUP_CHUNKS]);
	}
	return groups;
}
