/**
 * The sending side of one transport: control frames at once, chunks, proofs and parts in the order they were asked for,
 * whatever the store takes to find them.
 */
import type { Bytes } from '../base/bytes.ts';
import type { Result } from '../base/result.ts';
import type { PartName } from '../engine/events.ts';
import { CHUNK_BYTES, GROUP_CHUNKS } from '../protocol/limits.ts';
import { encode } from '../protocol/peer-message.ts';
import type { StoredGroup, StoreFault } from '../ports/group-store.ts';
import type { CloseReason, Transport } from '../ports/transport.ts';

/** Where what is served comes from. `peek` is `read` without waiting, for groups in memory. */
export interface ServeSources {
	peek(group: number): StoredGroup | undefined;
	read(group: number): Promise<Result<StoredGroup | undefined, StoreFault>>;
	part(name: PartName): Promise<Bytes | undefined>;
}

/** What became of a batch of chunks. */
export interface ServeOutcome { readonly type: 'served'; readonly group: number; readonly bytes: number; readonly full: boolean; readonly failed: boolean }

/** Sends to one peer. */
export class Sender {
	readonly #transport: Transport;
	readonly #sources: ServeSources;
	readonly #report: (outcome: ServeOutcome) => void;
	#tail: Promise<void> | undefined;
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
		this.#enqueue(async () => {
			const stored = await this.#find(group);
			if (stored) this.send(encode({ type: 'proof', group, certificate: stored.certificate, leaves: stored.leaves }));
		});
	}

	servePart(name: PartName): void {
		this.#enqueue(async () => {
			const bytes = await this.#sources.part(name);
			this.send(encode({ type: 'attachment', ...name, bytes: bytes ?? new Uint8Array(0) }));
		});
	}

	#enqueue(task: () => Promise<void>): void {
		const tail = this.#tail ? this.#tail.then(task) : Promise.resolve().then(task);
		this.#tail = tail;
		void tail.then(() => { if (this.#tail === tail) this.#tail = undefined; });
	}

	async #find(group: number): Promise<StoredGroup | undefined> {
		const hot = this.#sources.peek(group);
		if (hot) return hot;
		const read = await this.#sources.read(group);
		return read.ok ? read.value : undefined;
	}

	#sendChunks(group: number, chunks: readonly number[], stored: StoredGroup | undefined): void {
		let bytes = 0;
		this.#hasRoom = true;
		for (const k of stored ? chunks : []) {
			const chunk = stored?.bytes.subarray(k * CHUNK_BYTES, (k + 1) * CHUNK_BYTES) ?? new Uint8Array(0);
			this.send(encode({ type: 'chunk', index: group * GROUP_CHUNKS + k, bytes: chunk }));
			bytes += chunk.length;
		}
		this.#report({ type: 'served', group, bytes, full: !this.#hasRoom, failed: stored === undefined });
	}
}
