/**
 * The serving side: hands each link's most urgent chunks to the runtime, a batch at a time. Nothing is paced by
 * timers.
 */
import type { Ms } from '../base/units.ts';
import { CHUNK_BYTES, GROUP_CHUNKS, MAX_RUN_CHUNKS } from '../protocol/limits.ts';
import { NOT_DUE } from '../protocol/peer-message.ts';
import { chunkSet, chunksOf } from './chunk-set.ts';
import type { Peer } from './peer.ts';
import type { Input } from './events.ts';
import type { Link } from './link.ts';
import { FRAME_MS, SERVED_AT_ONCE } from './settings.ts';

/** Answers requests of one share. */
export class Serving {
	readonly #peer: Peer;
	/** How often each chunk was sent, up to 255. */
	#sent: Uint8Array | undefined;

	constructor(peer: Peer) { this.#peer = peer; }

	/** False when the request names what does not exist. What we do not hold, or cannot queue, is refused at once. */
	request(
		link: Link, wanted: { readonly group: number; readonly chunks: Uint8Array; readonly dueInMs: number }, now: Ms,
	): boolean {
		const inventory = this.#peer.requests?.inventory;
		if (!inventory) {
			this.#refuse(link, wanted.group, chunksOf(wanted.chunks));
			return true;
		}
		const { group } = wanted;
		const chunks = chunksOf(wanted.chunks);
		if (!inventory.layout.hasGroup(group) || (chunks.at(-1) ?? 0) >= inventory.layout.chunksIn(group)) return false;
		const partial = inventory.partials.get(group);
		const held = inventory.whole.has(group) ? chunks : chunks.filter((k) => partial?.held.has(k));
		const dueAt = wanted.dueInMs === NOT_DUE ? Infinity : now + wanted.dueInMs;
		const refused = link.uploads.add(group, held, dueAt);
		if (held.length < chunks.length) refused.push(...chunks.filter((k) => !held.includes(k)));
		this.#refuse(link, group, refused);
		this.#next(link, now);
		return true;
	}

	/** The proof of a group we hold something of goes out before any chunk asked for after it; without one, a refusal. */
	proof(link: Link, group: number): boolean {
		const inventory = this.#peer.requests?.inventory;
		if (!inventory) return true;
		if (!inventory.layout.hasGroup(group)) return false;
		const known = inventory.whole.has(group) || inventory.partials.get(group)?.proof.state === 'known';
		if (known) this.#peer.out.push({ type: 'serve-proof', link: link.id, group });
		else this.#peer.out.send(link.id, { type: 'busy', group, chunks: chunkSet([]) });
		return true;
	}

	served(link: Link, outcome: Extract<Input, { type: 'served' }>, now: Ms): void {
		link.uploaded += outcome.bytes;
		this.#peer.counts.uploadedBytes += outcome.bytes;
		link.up.add(outcome.bytes, now);
		link.uploads.state = outcome.full ? 'full' : 'ready';
		if (outcome.failed) this.#refuse(link, outcome.group, link.uploads.last?.chunks ?? []);
		this.#next(link, now);
	}

	writable(link: Link, now: Ms): void {
		if (link.uploads.state === 'full') link.uploads.state = 'ready';
		this.#next(link, now);
	}

	#next(link: Link, now: Ms): void {
		if (link.uploads.state !== 'ready' || link.uploads.size === 0) return;
		const sent = this.#sent ??= new Uint8Array(this.#peer.requests?.layout.chunks ?? 0);
		const run = Math.max(1, Math.min(MAX_RUN_CHUNKS, Math.floor((link.up.perMs(now) * FRAME_MS) / CHUNK_BYTES)));
		const batch = link.uploads.take(Math.max(run, SERVED_AT_ONCE), (group, k) => sent[group * GROUP_CHUNKS + k] ?? 0);
		if (!batch) return;
		for (const k of batch.chunks) {
			const index = batch.group * GROUP_CHUNKS + k;
			sent[index] = Math.min(255, (sent[index] ?? 0) + 1);
		}
		link.uploads.state = 'serving';
		this.#peer.out.push({ type: 'serve', link: link.id, ...batch, run });
	}

	#refuse(link: Link, group: number, chunks: readonly number[]): void {
		if (chunks.length > 0) this.#peer.out.send(link.id, { type: 'busy', group, chunks: chunkSet(chunks) });
	}
}
