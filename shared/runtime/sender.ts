/**
 * The sending side of one transport: control frames at once, chunks and parts in the order they were asked for,
 * whatever the store takes to find them. A proof goes out when it is found, before any chunk of its group that was
 * asked for after it; chunks of other groups do not wait for it.
 */
import type { Bytes } from '../base/bytes.ts';
import type { Result } from '../base/result.ts';
import type { Effect, PartName } from '../engine/events.ts';
import { runsOf } from '../engine/chunk-set.ts';
import { CHUNK_BYTES, GROUP_CHUNKS, MAX_RUN_CHUNKS } from '../protocol/limits.ts';
import { CHUNK_HEADER_BYTES, encode, encodeChunkInto } from '../protocol/peer-message.ts';
import type { StoredGroup, StoreFault } from '../ports/group-store.ts';
import type { CloseReason, Transport } from '../ports/transport.ts';
import type { KnownGroup } from './group-cache.ts';

/** Where what is served comes from. `read` has a group in memory; `peek` gives it, good until the caller waits. */
export interface ServeSources {
	peek(group: number): StoredGroup | undefined;
	read(group: number): Promise<Result<KnownGroup | undefined, StoreFault>>;
	part(name: PartName): Promise<Bytes | undefined>;
}

/**
 * Proofs and parts waiting for the store, from which on further ones are not answered: nobody needs so many at once.
 */
const MAX_PENDING = 512;

const NOTHING: Bytes = new Uint8Array(0);

/** What became of a batch of chunks. */
export interface ServeOutcome {
	readonly type: 'served';
	readonly group: number;
	readonly bytes: number;
	readonly full: boolean;
	readonly failed: boolean;
}

/** Chunks to send, as the engine says it. */
export type ServedChunks = Pick<Extract<Effect, { type: 'serve' }>, 'group' | 'chunks' | 'run'>;

/** Sends to one peer. */
export class Sender {
	readonly #transport: Transport;
	readonly #sources: ServeSources;
	readonly #report: (outcome: ServeOutcome) => void;
	#tail: Promise<void> | undefined;
	/** Proofs on their way, by group. */
	readonly #proofs = new Map<number, Promise<void>>();
	/** One frame of chunks after the other. */
	readonly #frame = new Uint8Array(CHUNK_HEADER_BYTES + MAX_RUN_CHUNKS * CHUNK_BYTES);
	#pending = 0;
	#hasRoom = true;

	constructor(transport: Transport, sources: ServeSources, report: (outcome: ServeOutcome) => void) {
		this.#transport = transport;
		this.#sources = sources;
		this.#report = report;
	}

	send(frame: Bytes): void { this.#hasRoom = this.#transport.send(frame); }
	close(reason: CloseReason): void { this.#transport.close(reason); }

	serve(wanted: ServedChunks): void {
		// Reported later, never from inside the call: the engine is in the middle of a step.
		this.#enqueue(async () => {
			await this.#proofs.get(wanted.group);
			if (!this.#sources.peek(wanted.group)) await this.#sources.read(wanted.group);
			this.#sendChunks(wanted, this.#sources.peek(wanted.group));
		});
	}

	serveProof(group: number): void {
		if (this.#pending >= MAX_PENDING) return;
		const sending = this.#find(group).then((stored) => {
			if (stored) this.send(encode({ type: 'proof', group, certificate: stored.certificate, leaves: stored.leaves }));
			this.#pending -= 1;
			if (this.#proofs.get(group) === sending) this.#proofs.delete(group);
		});
		this.#pending += 1;
		this.#proofs.set(group, sending);
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

	async #find(group: number): Promise<KnownGroup | undefined> {
		const hot = this.#sources.peek(group);
		if (hot) return hot;
		const read = await this.#sources.read(group);
		return read.ok ? read.value : undefined;
	}

	/** Sends what is really here: a chunk of zeros would get us banned. */
	#sendChunks({ group, chunks, run: longest }: ServedChunks, stored: StoredGroup | undefined): void {
		let bytes = 0;
		this.#hasRoom = true;
		const held = chunks.filter((k) => ((stored?.held[k >> 3] ?? 0) & (1 << (k & 7))) !== 0);
		for (const [first, count] of runsOf(held, longest)) {
			const run = stored?.bytes.subarray(first * CHUNK_BYTES, (first + count) * CHUNK_BYTES) ?? NOTHING;
			this.send(encodeChunkInto(this.#frame, group * GROUP_CHUNKS + first, run));
			bytes += run.length;
		}
		this.#report({ type: 'served', group, bytes, full: !this.#hasRoom, failed: held.length < chunks.length });
	}
}
