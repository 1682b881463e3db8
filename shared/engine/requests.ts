/** The asking side: fills the windows of links with requests, and settles what they send. */
import type { Allowance } from '../base/allowance.ts';
import type { Rng } from '../base/rng.ts';
import type { Ms } from '../base/units.ts';
import type { Layout, LinkId } from '../protocol/ids.ts';
import { CHUNK_BYTES, GROUP_CHUNKS } from '../protocol/limits.ts';
import { NOT_DUE } from '../protocol/peer-message.ts';
import { byGroup, chunkSet } from './chunk-set.ts';
import { Demands } from './demand.ts';
import type { Inventory } from './inventory.ts';
import type { Link } from './link.ts';
import type { Outbox } from './outbox.ts';
import { pickFor, pickRace, type Pick, type Room } from './schedule.ts';
import {
	CRITICAL_MS, FIRST_WINDOW_BYTES, LARGEST_BATCH_BYTES, QUEUED_MS, RACE_AFTER_MS, REFUSED_MS, SNUBBED_MS,
	SOURCE_WINDOW_BYTES, TAKE_OVER_MS, TOLERATED_REFUSALS, URGENT_MS, WORTH_MOVING_MS,
} from './settings.ts';

/** A chunk that is late, as things are. `comesIn`: milliseconds. */
interface SlowChunk extends Pick { readonly of: Link; readonly comesIn: Ms }

/** What requests are made of. `down`: how much may come. */
interface RequestsInit {
	readonly links: ReadonlyMap<LinkId, Link>;
	readonly out: Outbox;
	readonly rng: Rng;
	readonly down: Allowance;
}

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
	readonly #down: Allowance;
	readonly #late = new Set<number>();
	/** Reads ended while chunks were asked for them, which are taken back when their place is needed. */
	#hasStale = false;
	/** When all links last looked for what comes slowly. */
	#tookOverAt: Ms = -Infinity;

	constructor(inventory: Inventory, { links, out, rng, down }: RequestsInit) {
		this.inventory = inventory;
		this.copies = new Uint16Array(inventory.layout.groups);
		this.#links = links;
		this.#out = out;
		this.#rng = rng;
		this.#down = down;
	}

	get layout(): Layout { return this.inventory.layout; }

	/** Asks every link for what it has room for. */
	fillAll(now: Ms): void {
		this.#takeBack();
		for (const link of this.#links.values()) this.#fill(link, now);
	}

	/**
	 * Asks a link for as much as its window allows, unless it is left alone for a while. One with nothing else to do
	 * takes over what comes slowly.
	 */
	fill(link: Link, now: Ms): void {
		this.#takeBack();
		if (this.#fill(link, now) !== 0 || now - link.tookOverAt < TAKE_OVER_MS) return;
		link.tookOverAt = now;
		this.#takeOver([link], now);
	}

	/** How many chunks were asked for; undefined when there was no room. */
	#fill(link: Link, now: Ms): number | undefined {
		if (this.inventory.complete || now < link.restsUntil) return undefined;
		const allowed = this.#down.at(now);
		if (allowed <= 0) return undefined;
		const room = roomOf(link, this.#links.size, Math.max(CHUNK_BYTES, allowed));
		if (room.any <= 0 && (room.urgent <= 0 || !this.#isAnyUrgent(now))) return undefined;
		const picks = pickFor(link, room, this.#situation(now));
		this.#ask(link, picks, now);
		return picks.length;
	}

	/** The read's chunks are urgent: whatever else fills the windows has to wait. */
	want(read: number, first: number, count: number, due: { readonly at: Ms; readonly now: Ms }): void {
		this.demands.add(read, first, count, due.at);
		this.fillAll(due.now);
		if (due.now - this.#tookOverAt >= TAKE_OVER_MS) this.#takeOver([...this.#links.values()], due.now);
	}

	/** The playhead went elsewhere: what was asked for this read alone is taken back when something else is asked for. */
	unwant(read: number): void {
		if (this.demands.remove(read)) this.#hasStale = true;
	}

	/** Takes chunks back that a link was asked for. */
	cancel(link: Link, indices: readonly number[]): void {
		for (const index of indices) this.release(link, index);
		for (const [group, chunks] of byGroup(indices)) this.#out.send(link.id, { type: 'cancel', group, chunks: chunkSet(chunks) });
	}

	/** The chunk will not come from this link: it is lacking again, unless another was asked too. */
	release(link: Link, index: number): void {
		const asked = link.settle(index);
		if (!asked) return;
		this.#down.giveBack(asked.bytes);
		this.reopen(index);
	}

	/** The link will not send these now: they are asked of others, and of it again after a while. */
	refused(link: Link, group: number, refusal: { readonly chunks: readonly number[]; readonly now: Ms }): void {
		if (!this.layout.hasGroup(group)) return;
		link.holdings.refuse(group, refusal.now + REFUSED_MS);
		link.fail(refusal.now, TOLERATED_REFUSALS);
		for (const k of refusal.chunks) this.release(link, group * GROUP_CHUNKS + k);
		this.#proofWillNotCome(link, group);
		this.fillAll(refusal.now);
	}

	/** The link has more of the group than before: what who has everything has not sent yet is left to it. */
	leaveTo(link: Link, group: number, now: Ms): void {
		if (link.holdings.hasAllChunks) return;
		for (const source of this.#links.values()) {
			if (!source.holdings.hasAllChunks) continue;
			const queued: number[] = [];
			for (const [index, { at }] of source.asked) {
				const isOfGroup = Math.floor(index / GROUP_CHUNKS) === group;
				if (isOfGroup && now - at >= QUEUED_MS && link.holdings.has(group, index % GROUP_CHUNKS)) queued.push(index);
			}
			this.cancel(source, queued);
		}
	}

	/** A group that was held is lacking again, but for the chunks `held`. */
	lose(group: number, held?: Uint8Array): void {
		this.inventory.lose(group, held);
		this.demands.reopenAll();
	}

	/** Whether a chunk that comes is worth checking: not held, and asked for, or at least checkable. */
	expects(index: number, asked: boolean): boolean {
		if (this.inventory.holds(index)) return false;
		return asked || this.inventory.partials.get(Math.floor(index / GROUP_CHUNKS))?.proof.state === 'known';
	}

	/** A chunk that counted as asked for is not on its way any more. */
	reopen(index: number): void {
		this.inventory.release(index);
		if (this.inventory.lacks(index)) this.demands.reopen(index);
	}

	/** Everything asked of a link is lacking again: it is gone, or it sends nothing. */
	releaseAll(link: Link): void {
		for (const index of [...link.asked.keys()]) this.release(link, index);
		for (const group of this.inventory.partials.keys()) this.#proofWillNotCome(link, group);
	}

	/** A chunk came, was checked and is good. Others who were asked for it too are told not to send it. */
	arrived(index: number, now: Ms): 'known' | 'new' | 'whole' {
		this.#late.delete(index);
		const outcome = this.inventory.hold(index, now);
		this.inventory.release(index); // the check is over
		if (outcome === 'known') return outcome;
		for (const link of this.#links.values()) if (link.asked.has(index)) this.cancel(link, [index]);
		return outcome;
	}

	/** Finds what is late and who owes but does not send, and lets idle links help with what is left. */
	tick(now: Ms): void {
		this.#late.clear();
		for (const link of this.#links.values()) {
			if (link.asked.size > 0 && now - link.progressAt > SNUBBED_MS) this.#snub(link, now);
			this.#findLate(link, now);
		}
		for (const { group, proof } of this.inventory.partials.values()) {
			if (proof.state !== 'asked') continue;
			const link = this.#links.get(proof.of);
			if (!link || now - proof.at > link.window.lateAfterMs) this.#proofIsLate(group);
		}
		this.fillAll(now);
		this.#takeOver([...this.#links.values()], now);
		for (const link of this.#links.values()) this.#race(link, now);
	}

	#isAnyUrgent(now: Ms): boolean {
		const [first] = this.demands.inOrder();
		return this.#late.size > 0 || (first !== undefined && first.dueAt - now < URGENT_MS);
	}

	#isAnyLate(now: Ms): boolean {
		const [first] = this.demands.inOrder();
		return first !== undefined && first.dueAt <= now + CRITICAL_MS;
	}

	#situation(now: Ms) {
		return {
			inventory: this.inventory, demands: this.demands, late: this.#late, copies: this.copies, links: this.#links,
			background: this.background, now, rng: this.#rng,
		};
	}

	/** Takes back urgent requests that no read waits for any longer. */
	#takeBack(): void {
		if (!this.#hasStale) return;
		this.#hasStale = false;
		for (const link of this.#links.values()) {
			const stale: number[] = [];
			for (const [index, { urgent }] of link.asked) {
				if (urgent && this.demands.dueOf(index) === undefined) stale.push(index);
			}
			this.cancel(link, stale);
		}
	}

	#snub(link: Link, now: Ms): void {
		this.cancel(link, [...link.asked.keys()]);
		this.releaseAll(link);
		link.window.stalled();
		link.fail(now, 0);
	}

	#findLate(link: Link, now: Ms): void {
		for (const [index, asked] of link.asked) {
			if (now - asked.at <= link.window.lateAfterMs) continue;
			const due = this.demands.dueOf(index);
			if (due !== undefined && due - now < URGENT_MS) this.#late.add(index);
		}
	}

	/** These links, quick ones first, take over what a playhead is about to wait for from links that take longer. */
	#takeOver(links: readonly Link[], now: Ms): void {
		if (links.length > 1) this.#tookOverAt = now;
		if (!this.#isAnyLate(now)) return;
		const slow = this.#slowlyComing(now);
		if (slow.size === 0) return;
		const quickest = links.filter((link) => link.proved && now >= link.restsUntil)
			.sort((one, other) => one.comesIn(one.urgentChunks, now) - other.comesIn(other.urgentChunks, now));
		for (const link of quickest) this.#takeOverBy(link, slow, now);
	}

	/** What is taken over is slow no longer. */
	#takeOverBy(link: Link, slow: Set<SlowChunk>, now: Ms): void {
		let room = link.window.bytes - link.urgentBytes;
		const picks: Pick[] = [];
		for (const chunk of slow) {
			if (room <= 0) break;
			if (chunk.of === link) continue;
			const soonest = link.comesIn(link.urgentChunks + picks.length, now);
			const isWorthIt = chunk.comesIn > 1.5 * soonest + WORTH_MOVING_MS;
			if (!isWorthIt || !this.#canSend(link, chunk.index, now)) continue;
			room -= CHUNK_BYTES;
			this.cancel(chunk.of, [chunk.index]);
			slow.delete(chunk);
			picks.push(chunk);
		}
		this.#ask(link, picks, now);
	}

	#canSend(link: Link, index: number, now: Ms): boolean {
		const group = Math.floor(index / GROUP_CHUNKS);
		return link.holdings.has(group, index % GROUP_CHUNKS) && link.holdings.isWilling(group, now);
	}

	/** Urgent chunks that one link was asked for, and when they will come as it sends; first due first. */
	#slowlyComing(now: Ms): Set<SlowChunk> {
		const slow: SlowChunk[] = [];
		for (const of of this.#links.values()) {
			let before = 0;
			for (const index of of.asked.keys()) {
				const comesIn = of.comesIn(before++, now);
				const partial = this.inventory.partials.get(Math.floor(index / GROUP_CHUNKS));
				if (partial?.asked[index % GROUP_CHUNKS] !== 1 || partial.proof.state !== 'known') continue;
				const dueAt = this.demands.dueOf(index);
				if (dueAt === undefined || dueAt - now >= Math.min(URGENT_MS, comesIn)) continue;
				slow.push({ index, dueAt, of, comesIn });
			}
		}
		return new Set(slow.sort((one, other) => one.dueAt - other.dueAt || other.comesIn - one.comesIn));
	}

	/** A link with nothing to do asks for what the slowest one owes: whoever sends it first spares the other. */
	#race(link: Link, now: Ms): void {
		if (link.asked.size > 0 || now < link.restsUntil || (!this.background && this.demands.size === 0)) return;
		let slowest: Link | undefined;
		let longest: Ms = RACE_AFTER_MS;
		for (const other of this.#links.values()) {
			if (other === link || other.asked.size === 0) continue;
			const windowsOwed = other.outstandingBytes / other.window.bytes;
			const left = now - other.progressAt + (other.window.roundTripMs ?? 0) * windowsOwed;
			if (left <= longest) continue;
			slowest = other;
			longest = left;
		}
		if (slowest) this.#ask(link, pickRace(link, slowest, this.#situation(now)), now);
	}

	/** Another may be asked for the proof; the link may still send it. */
	#proofIsLate(group: number): void {
		const partial = this.inventory.partials.get(group);
		if (partial?.proof.state === 'asked') partial.proof = { state: 'lacking' };
	}

	#proofWillNotCome(link: Link, group: number): void {
		link.proofs.delete(group);
		const proof = this.inventory.partials.get(group)?.proof;
		if (proof?.state === 'asked' && proof.of === link.id) this.#proofIsLate(group);
	}

	#askProof(link: Link, group: number, now: Ms): void {
		const partial = this.inventory.partials.get(group);
		if (!partial) return;
		const { proof } = partial;
		if (proof.state === 'known' || (proof.state === 'asked' && proof.of === link.id)) return;
		partial.proof = { state: 'asked', of: link.id, at: now };
		if (now - (link.proofs.get(group) ?? -Infinity) < SNUBBED_MS) return; // it is on its way, only late
		link.proofs.set(group, now);
		this.#out.send(link.id, { type: 'want-proof', group });
	}

	#ask(link: Link, picks: readonly Pick[], now: Ms): void {
		const due = new Map<number, Ms>();
		for (const { index, dueAt } of picks) {
			const group = Math.floor(index / GROUP_CHUNKS);
			const bytes = this.layout.chunkBytes(index);
			this.inventory.ask(index);
			this.#down.take(bytes);
			link.ask(index, { at: now, bytes, urgent: dueAt - now < URGENT_MS });
			due.set(group, Math.min(due.get(group) ?? Infinity, dueAt));
		}
		for (const [group, chunks] of byGroup(picks.map((pick) => pick.index))) {
			const dueAt = due.get(group) ?? Infinity;
			this.#askProof(link, group, now); // right before its chunks: the other side reads the group once for both
			const dueInMs = dueAt === Infinity ? NOT_DUE : Math.max(0, Math.min(NOT_DUE - 1, Math.round(dueAt - now)));
			this.#out.send(link.id, { type: 'request', group, dueInMs, chunks: chunkSet(chunks) });
		}
	}
}

/**
 * What fits a link's window, and what may come. Little room waits until it is more, so that one request names many
 * chunks.
 */
function roomOf(link: Link, links: number, allowed: number): Room {
	const { asked } = link;
	const most = Math.max(link.window.bytes, link.holdings.hasAllChunks ? SOURCE_WINDOW_BYTES : 0);
	const batch = asked.size === 0 ? 1 : Math.max(CHUNK_BYTES, Math.min(most / 4, LARGEST_BATCH_BYTES));
	const enough = (room: number) => (room >= batch ? room : 0);
	// Of what is waited for a stranger is asked a part only: the others are here too, and it may be slow.
	const share = link.proved ? Infinity : Math.max(2 * CHUNK_BYTES, FIRST_WINDOW_BYTES / links);
	const urgent = Math.min(most, share) - link.urgentBytes;
	return {
		any: Math.min(allowed, enough(most - link.outstandingBytes)), urgent: Math.min(allowed, enough(urgent)),
	};
}
