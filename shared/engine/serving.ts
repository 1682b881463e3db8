/**
 * The serving side: hands each link's most urgent chunks to the runtime, a batch at a time. Nothing is paced by
 * timers.
 */
import { Allowance } from '../base/allowance.ts';
import type { Ms } from '../base/units.ts';
import { CHUNK_BYTES, GROUP_CHUNKS, MAX_RUN_CHUNKS } from '../protocol/limits.ts';
import { NOT_DUE } from '../protocol/peer-message.ts';
import { chunkSet, chunksOf } from './chunk-set.ts';
import type { Peer } from './peer.ts';
import type { Input } from './events.ts';
import type { Link } from './link.ts';
import { Rate } from './rate.ts';
import {
	BATCH_MS, COMMON_GIVES_WAY_MS, FRAME_MS, HANDED_MS, LEAST_HANDED_BYTES, SOURCE_GIVES_WAY_MS, STUCK_MS,
} from './settings.ts';
import { RecentlySent } from './recently-sent.ts';
import type { Next } from './uploads.ts';

/** Answers requests of one share. */
export class Serving {
	readonly #peer: Peer;
	readonly #sent = new RecentlySent();
	/** How often a chunk was sent a moment ago; a group that a neighbour has whole counts as sent. */
	readonly #timesSent = (group: number, k: number): number =>
		this.#sent.times(group * GROUP_CHUNKS + k) + ((this.#peer.requests?.copies[group] ?? 0) > 0 ? 1 : 0);
	readonly #up = new Rate(0);
	readonly #allowance = new Allowance();
	#handedBytes = 0;
	/** How long the runtime takes to read a batch, smoothed: so much of the rate is on its way to the transports. */
	#readMs: Ms = 0;
	#batches = 0;

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
		const dueAt = wanted.dueInMs === NOT_DUE ? Infinity : now + wanted.dueInMs + this.#givesWayMs(group);
		const refused = link.uploads.add(group, held, dueAt);
		if (held.length < chunks.length) refused.push(...chunks.filter((k) => !held.includes(k)));
		this.#refuse(link, group, refused);
		this.#next(now);
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
		this.#up.add(outcome.bytes, now);
		this.#readMs += (now - link.uploads.handedAt - this.#readMs) / 8;
		if (outcome.failed) this.#refuse(link, outcome.group, link.uploads.last?.chunks ?? []);
		if (outcome.full) link.uploads.state = 'full';
		else this.#setReady(link);
		this.#next(now);
	}

	writable(link: Link, now: Ms): void {
		if (link.uploads.state === 'full') this.#setReady(link);
		this.#next(now);
	}

	/** The link is gone, and what was handed over with it. */
	closed(link: Link, now: Ms): void {
		this.#setReady(link);
		this.#next(now);
	}

	/** Bytes a second that may leave at most; undefined: as many as go. */
	limit(bytesPerSecond: number | undefined, now: Ms): void {
		this.#allowance.set(bytesPerSecond, now);
		this.#next(now);
	}

	/** What a link has not taken for long waits for its peer, not for our uplink: the others need not wait with it. */
	tick(now: Ms): void {
		for (const link of this.#peer.links.values()) {
			if (link.uploads.handedBytes > 0 && now - link.uploads.handedAt > STUCK_MS) this.#discount(link);
		}
		this.#next(now);
	}

	/** What many neighbours have can be had from them; what few have comes from here, for all who follow too. */
	#givesWayMs(group: number): Ms {
		const { requests, links } = this.#peer;
		return COMMON_GIVES_WAY_MS * ((requests?.copies[group] ?? 0) / Math.max(1, links.size));
	}

	#setReady(link: Link): void {
		this.#discount(link);
		link.uploads.state = 'ready';
	}

	#discount(link: Link): void {
		this.#handedBytes -= link.uploads.handedBytes;
		link.uploads.handedBytes = 0;
	}

	/** Hands over the most urgent batches of all links, as long as little is on its way to the wire. */
	#next(now: Ms): void {
		const most = LEAST_HANDED_BYTES + this.#up.perMs(now) * (HANDED_MS + this.#readMs);
		while (this.#handedBytes < most && this.#allowance.at(now) > 0) {
			const found = this.#mostUrgent(now);
			if (!found) return;
			this.#serve(found.link, found.next, now);
		}
	}

	#mostUrgent(now: Ms): { readonly link: Link; readonly next: Next } | undefined {
		let best: { readonly link: Link; readonly next: Next } | undefined;
		const givesWayMs = this.#peer.requests?.inventory.complete === true ? SOURCE_GIVES_WAY_MS : 0;
		for (const link of this.#peer.links.values()) {
			if (link.uploads.state !== 'ready' || link.uploads.size === 0) continue;
			const next = link.uploads.next(this.#timesSent, { now, givesWayMs });
			if (!next || (best && next.rank > best.next.rank)) continue;
			const isLongerAgo = !best || link.uploads.servedAt < best.link.uploads.servedAt;
			if (isLongerAgo || next.rank < (best?.next.rank ?? Infinity)) best = { link, next };
		}
		return best;
	}

	#serve(link: Link, next: Next, now: Ms): void {
		const rate = link.up.perMs(now);
		const batch = link.uploads.take(next, chunksIn(rate * BATCH_MS), this.#timesSent);
		for (const k of batch.chunks) this.#sent.note(batch.group * GROUP_CHUNKS + k, now);
		link.uploads.state = 'serving';
		link.uploads.servedAt = ++this.#batches;
		link.uploads.handedBytes = batch.chunks.length * CHUNK_BYTES;
		link.uploads.handedAt = now;
		this.#handedBytes += link.uploads.handedBytes;
		this.#allowance.take(link.uploads.handedBytes);
		this.#peer.out.push({ type: 'serve', link: link.id, ...batch, run: chunksIn(rate * FRAME_MS) });
	}

	#refuse(link: Link, group: number, chunks: readonly number[]): void {
		if (chunks.length > 0) this.#peer.out.send(link.id, { type: 'busy', group, chunks: chunkSet(chunks) });
	}
}

/** Chunks that so many bytes are, as many as a frame may carry and one at least. */
function chunksIn(bytes: number): number {
	return Math.max(1, Math.min(MAX_RUN_CHUNKS, Math.floor(bytes / CHUNK_BYTES)));
}
