/** The film of a scenario: its shape, its descriptor, and bytes that a simulated hash can judge. */
import { ByteReader, ByteWriter, type Bytes } from '../base/bytes.ts';
import { MIB } from '../base/units.ts';
import type { Described } from '../engine/events.ts';
import { Layout } from '../protocol/ids.ts';
import { CHUNK_BYTES, HASH_BYTES } from '../protocol/limits.ts';

/** Parts of the film's one attachment: enough to need several, few enough not to matter. */
export const FILM_PARTS = 4;

/** What every peer of a scenario knows of its film. A chunk, proof or part whose first byte is 1 is a lie. */
export class SimFilm {
	readonly layout: Layout;
	readonly bytesPerMs: number;
	readonly descriptor: Described;
	readonly #good: Bytes = new Uint8Array(CHUNK_BYTES);
	readonly #bad: Bytes = new Uint8Array(CHUNK_BYTES).fill(1, 0, 1);

	constructor(megabytes: number, kbps: number) {
		const size = Math.round(megabytes * MIB) - 1000; // the last chunk is a short one, as in life
		this.layout = new Layout(size);
		this.bytesPerMs = kbps / 8;
		const bytes = new ByteWriter(200).u32(1).u64(size).done();
		this.descriptor = { revision: 1, state: 'sealed', size, bytes };
	}

	/** Chunk `index` as an honest peer sends it, or as a liar does. */
	chunk(index: number, isLie: boolean): Bytes {
		return (isLie ? this.#bad : this.#good).subarray(0, this.layout.chunkBytes(index));
	}

	/** The leaves of a group. */
	leaves(group: number, isLie: boolean): Bytes {
		return new Uint8Array(this.layout.chunksIn(group) * HASH_BYTES).fill(isLie ? 1 : 0, 0, 1);
	}

	/** Whether a descriptor is this film's. */
	isDescriptor(bytes: Bytes): boolean {
		const r = new ByteReader(bytes);
		return r.u32() === this.descriptor.revision && r.u64() === this.layout.size;
	}
}

/** What a simulated hash finds. */
export function isGood(bytes: Bytes): boolean { return bytes[0] !== 1; }
