/**
 * The sending side of one transport: control frames at once, chunks, proofs and parts in the order they were asked for,
 * whatever the store takes to find them.
 */
import type { Bytes } from '../base/bytes.ts';
import type { Result } from '../base/result.ts';
import type { PartName } from '../engine/events.ts';
import { CHUNK_BYTES, GROUP_CHUNKS } from '../protocol/limits.ts';
import { CHUNK_HEADER_BYTES, encode, encodeChunkInto } from '../protocol/peer-message.ts';
import type { StoredGroup, StoreFault } from '../ports/group-store.ts';
import type { CloseReason, Transport } from '../ports/transport.ts';

/** Where what is served comes from. `peek` is `read` without waiting, for groups in memory. */
export interface ServeSources {
	peek(group: number): StoredGroup | undefined;
	read(group: number): Promise<Result<StoredGroup | undefined, StoreFault>>;
	part(name: PartName): Promise<Bytes | undefined>;
}

/**
 * Proofs and parts waiting for the store, from which on further ones are not answered: nobody needs so many at once.
 */
const MAX_PENDING = 512;

/** What became of a batch of chunks. */
export interface ServeOutcome {
	readonly type: 'served';
	readonly group: number;
	readonly bytes: number;
	readonly full: boolean;
	readonly failed: boolean;
}

/** Sends to one peer. */
export class Sender {
	readonly #transport: Transport;
	readonly #sources: ServeSources;
	readonly #report: (outcome: ServeOutcome) => void;
	#tail: Promise<void> | undefined;
	/** One chunk's frame after the other. */
	readonly #frame = new Uint8Array(CHUNK_HEADER_BYTES + CHUNK_BYTES);
	#pending = 0;
	#hasRoom = true;

	constructor(transport: Transport, sources: ServeSources, report: (outcome: ServeOutcome) => void) {
		this.#transport = transport;
		this.#sources = sources;
		this.#report = report;
	}

	send(frame: Bytes): void { this.#hasRoom = this.#transport.send(frame); }
	close(reason: CloseReason): void { this.#transport.close(reason); }

	serve(group: number, chunks: readonly number[]): void {
		const stored = this.#tail ? undefined : this.#sources.peek(group);
		// Reported later, never from inside the call: the engine is in the middle of a step.
		if (stored) this.#enqueue(() => Promise.resolve(this.#sendChunks(group, chunks, stored)));
		else this.#enqueue(async () => this.#sendChunks(group, chunks, await this.#find(group)));
	}

	serveProof(group: number): void {
		if (this.#pending >= MAX_PENDING) return;
		const finding = this.#find(group); // begun now, sent in its turn: several groups are read side by side
		this.#enqueue(async () => {
			const stored = await finding;
			if (stored) this.send(encode({ type: 'proof', group, certificate: stored.certificate, leaves: stored.leaves }));
		});
	}

	servePart(name: PartName): void {
		if (this.#pending >= MAX_PENDING) return;
		this.#enqueue(async () => {
			const bytes = await this.#sources.part(name);
			this.send(encode({ type: 'attachment', ...name, bytes: bytes ?? new Uint8Array(0) }));
		});
	}

	#enqueue(task: () => Promise<void>): void {
		const tail = this.#tail ? this.#tail.then(task) : Promise.resolve().then(task);
		this.#tail = tail;
		this.#pending += 1;
		void tail.then(() => {
			this.#pending -= 1;
			if (this.#tail === tail) this.#tail = undefined;
		});
	}

	async #find(group: number): Promise<StoredGroup | undefined> {
		const hot = this.#sources.peek(group);
		if (hot) return hot;
		const read = await this.#sources.read(group);
		return read.ok ? read.value : undefined;
	}

	/** Sends what is really here: a chunk of zeros would get us banned. */
	#sendChunks(group: number, chunks: readonly number[], stored: StoredGroup | undefined): void {
		let bytes = 0;
		let failed = false;
		this.#hasRoom = true;
		for (const k of chunks) {
			if (!stored || ((stored.held[k >> 3] ?? 0) & (1 << (k & 7))) === 0) {
				failed = true;
				continue;
			}
			const chunk = stored.bytes.subarray(k * CHUNK_BYTES, (k + 1) * CHUNK_BYTES);
			this.send(encodeChunkInto(this.#frame, group * GROUP_CHUNKS + k, chunk));
			bytes += chunk.length;
		}
		this.#report({ type: 'served', group, bytes, full: !this.#hasRoom, failed });
	}
}
