/**
 * What follows from a check of something a peer sent. The peer may be gone by then: good bytes count all the same, and
 * what counted as on its way is set free in every case.
 */
import type { Ms } from '../base/units.ts';
import type { LinkId } from '../protocol/ids.ts';
import { GROUP_CHUNKS } from '../protocol/limits.ts';
import type { Input } from './events.ts';
import type { Link } from './link.ts';
import type { Peer } from './peer.ts';
import type { Requests } from './requests.ts';
import { MAX_BAD_PARTS, MAX_UNPROVEN_CHUNKS, TELL_CHUNKS } from './settings.ts';

type Of<T extends Input['type']> = Extract<Input, { type: T }>;

/** Draws the consequences, for one engine. */
export class Verdicts {
	readonly #peer: Peer;

	constructor(peer: Peer) { this.#peer = peer; }

	/** A forged proof is evidence. A good one opens its group to all links. */
	proof({ link: id, group, good }: Of<'proof-checked'>, now: Ms): void {
		const { requests, counts } = this.#peer;
		if (!requests) return;
		const partial = requests.inventory.partials.get(group);
		if (!good) {
			counts.rejected += 1;
			if (partial?.proof.state === 'asked' && partial.proof.of === id) partial.proof = { state: 'lacking' };
			return this.#convict(id, now);
		}
		if (partial) partial.proof = { state: 'known' };
		const link = this.#peer.links.get(id);
		if (link) link.unproven = 0;
		requests.fillAll(now);
	}

	/**
	 * A bad chunk is evidence; unproven ones are a fault only if many come of one that owes the proof: it should come
	 * first.
	 */
	chunk({ link: id, index, result }: Of<'chunk-checked'>, now: Ms): void {
		const { requests } = this.#peer;
		if (!requests) return;
		if (result === 'good') return this.#keep(requests, { id, index }, now);
		requests.reopen(index);
		if (result === 'bad') {
			this.#peer.counts.rejected += 1;
			return this.#convict(id, now);
		}
		const partial = requests.inventory.partials.get(Math.floor(index / GROUP_CHUNKS));
		const link = this.#peer.links.get(id);
		if (link && partial?.proof.state === 'asked' && partial.proof.of === id && ++link.unproven > MAX_UNPROVEN_CHUNKS) {
			return this.#peer.reject(link, 'fault', now);
		}
		if (partial?.proof.state === 'known') partial.proof = { state: 'lacking' }; // it was forgotten
		requests.fillAll(now);
	}

	/** A part that does not fit may be of another revision, so one is no evidence; several are a fault. */
	part(link: Link, { part, good }: Of<'part-checked'>, now: Ms): void {
		const { parts } = this.#peer;
		if (good) {
			parts.settle(part);
			return parts.fill(now);
		}
		this.#peer.counts.rejected += 1;
		link.badParts += 1;
		if (link.badParts >= MAX_BAD_PARTS) return this.#peer.reject(link, 'fault', now);
		parts.refused(part, link.id, now);
	}

	#keep(requests: Requests, { id, index }: { readonly id: LinkId; readonly index: number }, now: Ms): void {
		const { counts, out } = this.#peer;
		const bytes = requests.layout.chunkBytes(index);
		const link = this.#peer.links.get(id);
		if (link) {
			link.proved = true;
			link.downloaded += bytes;
		}
		counts.verified += 1;
		counts.downloadedBytes += bytes;
		const outcome = requests.arrived(index, now);
		if (outcome === 'known') counts.duplicateBytes += bytes;
		else out.push({ type: 'held', index });
		const group = Math.floor(index / GROUP_CHUNKS);
		const partial = requests.inventory.partials.get(group);
		if (partial && partial.untold >= TELL_CHUNKS) this.#peer.tellPartial(partial);
		if (outcome !== 'whole') return;
		out.push({ type: 'save', group, whole: true });
		// Those who hold it too hear of it: that is how a sharer knows how far its viewers are.
		for (const other of this.#peer.links.keys()) out.send(other, { type: 'have', group });
		if (this.#peer.isComplete) for (const other of this.#peer.links.values()) this.#peer.tellHoldings(other);
	}

	#convict(id: LinkId, now: Ms): void {
		const link = this.#peer.links.get(id);
		if (link) this.#peer.reject(link, 'evidence', now);
	}
}
