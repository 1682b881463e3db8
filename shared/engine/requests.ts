/** The asking side: fills the windows of links with requests, and settles what they send. */
import type { Rng } from '../base/rng.ts';
import type { Ms } from '../base/units.ts';
import type { Layout, LinkId } from '../protocol/ids.ts';
import { GROUP_CHUNKS } from '../protocol/limits.ts';
import { NOT_DUE } from '../protocol/peer-message.ts';
import { byGroup, chunkSet } from './chunk-set.ts';
import { Demands } from './demand.ts';
import type { Inventory } from './inventory.ts';
import type { Link } from './link.ts';
import type { Outbox } from './outbox.ts';
import { pickFor, type Pick } from './schedule.ts';
import { REFUSED_MS, SNUBBED_MS, URGENT_MS } from './settings.ts';

/** Requests of one share to all its links. */
export class Requests {
	readonly demands = new Demands();
	readonly inventory: Inventory;
	/** How many links hold each group whole. */
	readonly copies: Uint16Array;
	background = false;
	readonly #links: ReadonlyMap<LinkId, Link>;
	readonly #out: Outbox;
	readonly #rng: Rng;
	readonly #late = new Set<number>();

	constructor(inventory: Inventory, links: ReadonlyMap<LinkId, Link>, out: Outbox, rng: Rng) {
		this.inventory = inventory;
		this.copies = new Uint16Array(inventory.layout.groups);
		this.#links = links;
		this.#out = out;
		this.#rng = rng;
	}

	get layout(): Layout { return this.inventory.layout; }

	/** Asks every link for what it has room for. */
	fillAll(now: Ms): void {
		for (const link of this.#links.values()) this.fill(link, now);
	}

	/** Asks a link for as much as its window allows. A window with little room waits, so that one request names many chunks. */
	fill(link: Link, now: Ms): void {
		if (this.inventory.complete) return;
		const batch = Math.min(link.window.bytes / 4, 16 * 8192);
		const roomiest = link.window.bytes - Math.min(link.urgentBytes, link.outstandingBytes);
		if (link.asked.size > 0 && roomiest < batch) return;
		const situation = {
			inventory: this.inventory, demands: this.demands, late: this.#late, copies: this.copies,
			background: this.background, now, rng: this.#rng,
		};
		this.#ask(link, pickFor(link, situation), now);
	}

	/** The read's chunks are urgent: whatever else fills the windows has to wait. */
	want(read: number, first: number, count: number, due: { readonly at: Ms; readonly now: Ms }): void {
		this.demands.add(read, first, count, due.at);
		this.fillAll(due.now);
	}

	/** The playhead went elsewhere: takes back what was asked for this read alone, where others now need the room. */
	unwant(read: number, now: Ms): void {
		const demand = this.demands.remove(read);
		if (!demand || this.demands.size === 0) return;
		for (const link of this.#links.values()) {
			const stale = [...link.asked].filter(([index, asked]) => asked.urgent && index >= demand.first
				&& index < demand.first + demand.count && this.demands.dueOf(index) === undefined);
			this.cancel(link, stale.map(([index]) => index));
			if (stale.length > 0) this.fill(link, now);
		}
	}

	/** Takes chunks back that a link was asked for. */
	cancel(link: Link, indices: readonly number[]): void {
		for (const index of indices) this.release(link, index);
		for (const [group, chunks] of byGroup(indices)) this.#out.send(link.id, { type: 'cancel', group, chunks: chunkSet(chunks) });
	}

	/** The chunk will not come from this link: it is lacking again, unless another was asked too. */
	release(link: Link, index: number): void {
		if (link.settle(index)) this.reopen(index);
	}

	/** The link will not send these now: they are asked of others, and of it again after a while. */
	refused(link: Link, group: number, refusal: { readonly chunks: readonly number[]; readonly now: Ms }): void {
		link.holdings.refuse(group, refusal.now + REFUSED_MS);
		for (const k of refusal.chunks) this.release(link, group * GROUP_CHUNKS + k);
		const partial = this.inventory.partials.get(group);
		if (partial?.proof.state === 'asked' && partial.proof.of === link.id) partial.proof = { state: 'lacking' };
		this.fillAll(refusal.now);
	}

	/** A group that was held is lacking again. */
	lose(group: number): void {
		this.inventory.lose(group);
		this.demands.reopenAll();
	}

	/** A chunk that counted as asked for is not on its way any more. */
	reopen(index: number): void {
		this.inventory.partials.get(Math.floor(index / GROUP_CHUNKS))?.release(index % GROUP_CHUNKS);
		this.demands.reopen(index);
	}

	/** Everything asked of a link is lacking again: it is gone, or it sends nothing. */
	releaseAll(link: Link): void {
		for (const index of [...link.asked.keys()]) this.release(link, index);
		for (const partial of this.inventory.partials.values()) {
			if (partial.proof.state === 'asked' && partial.proof.of === link.id) partial.proof = { state: 'lacking' };
		}
	}

	/** A chunk came that is good. Others who were asked for it too are told not to send it. */
	arrived(index: number, now: Ms): 'known' | 'new' | 'whole' {
		this.#late.delete(index);
		const outcome = this.inventory.hold(index, now);
		if (outcome === 'known') return outcome;
		for (const link of this.#links.values()) if (link.asked.has(index)) this.cancel(link, [index]);
		return outcome;
	}

	/** Finds what is late and who owes but does not send. */
	tick(now: Ms): void {
		this.#late.clear();
		for (const link of this.#links.values()) {
			if (link.asked.size > 0 && now - link.progressAt > SNUBBED_MS) {
				this.cancel(link, [...link.asked.keys()]);
				this.releaseAll(link);
				link.window.stalled();
			}
			this.#findLate(link, now);
		}
		this.fillAll(now);
	}

	#findLate(link: Link, now: Ms): void {
		for (const [index, asked] of link.asked) {
			if (now - asked.at <= link.window.lateAfterMs) continue;
			const partial = this.inventory.partials.get(Math.floor(index / GROUP_CHUNKS));
			if (partial?.proof.state === 'asked' && partial.proof.of === link.id) partial.proof = { state: 'lacking' };
			const due = this.demands.dueOf(index);
			if (due !== undefined && due - now < URGENT_MS) this.#late.add(index);
		}
	}

	#ask(link: Link, picks: readonly Pick[], now: Ms): void {
		const due = new Map<number, Ms>();
		for (const { index, dueAt } of picks) {
			const group = Math.floor(index / GROUP_CHUNKS);
			const partial = this.inventory.begin(group);
			partial.ask(index % GROUP_CHUNKS);
			link.ask(index, { at: now, bytes: this.layout.chunkBytes(index), urgent: dueAt - now < URGENT_MS });
			due.set(group, Math.min(due.get(group) ?? Infinity, dueAt));
			if (partial.proof.state !== 'lacking') continue;
			partial.proof = { state: 'asked', of: link.id };
			this.#out.send(link.id, { type: 'want-proof', group });
		}
		for (const [group, chunks] of byGroup(picks.map((pick) => pick.index))) {
			const dueAt = due.get(group) ?? Infinity;
			const dueInMs = dueAt === Infinity ? NOT_DUE : Math.max(0, Math.min(NOT_DUE - 1, Math.round(dueAt - now)));
			this.#out.send(link.id, { type: 'request', group, dueInMs, chunks: chunkSet(chunks) });
		}
	}
}
