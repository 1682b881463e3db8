/**
 * Which lacking chunks to ask of one link that has room: late ones, then what is due first, then the rarest (NOTES.md
 * §2).
 */
import { BitSet } from '../base/bit-set.ts';
import { randomBelow, type Rng } from '../base/rng.ts';
import type { Ms } from '../base/units.ts';
import type { LinkId } from '../protocol/ids.ts';
import { CHUNK_BYTES, GROUP_CHUNKS } from '../protocol/limits.ts';
import type { Demand, Demands } from './demand.ts';
import type { Inventory, PartialGroup } from './inventory.ts';
import type { Link } from './link.ts';
import { LEAST_WINDOW_BYTES, MAX_BACKGROUND_GROUPS, CRITICAL_MS, RAREST_SAMPLE, RISKY_MS, SECOND_PROOF_MS, URGENT_MS } from './settings.ts';

/** What picking looks at. `late`: chunks whose only link is overdue. `copies`: how many links hold each group. */
export interface Situation {
	readonly inventory: Inventory;
	readonly demands: Demands;
	readonly late: ReadonlySet<number>;
	readonly copies: Uint16Array;
	readonly links: ReadonlyMap<LinkId, Link>;
	readonly background: boolean;
	readonly now: Ms;
	readonly rng: Rng;
}

/** Bytes that may be asked for: of anything, and of what is urgent. */
export interface Room { readonly any: number; readonly urgent: number }

/** A chunk to ask for. `dueAt` Infinity: no playhead waits for it. */
export interface Pick { readonly index: number; readonly dueAt: Ms }

/**
 * Chunks of a run that is fetched ahead at once: 128 KiB, so that one request names it and neighbours soon have it to
 * give.
 */
const RUN_CHUNKS = 16;

/** Places in a read to begin at are this far apart. */
const STEP_CHUNKS = 4;

/** Asked of who has everything, when it would else be idle and others have it too. */
const IDLE_BYTES = 16 * CHUNK_BYTES;

/** Runs looked for in one go, and places that each is chosen from. */
const AHEAD_TRIES = 8;
const AHEAD_CHOICES = 4;

/** Groups looked at for one link in one go, so that a long read of which it has nothing costs no more. */
const MAX_LOOKS = 64;

/**
 * Chunks to ask of `link`, in the order to ask, as many as there is room for. Urgent ones may fill a window of their
 * own: the other side sends them first, whatever else it owes. Pure but for the demands' cursors.
 */
export function pickFor(link: Link, room: Room, s: Situation): Pick[] {
	const picker = new Picker(link, room, s);
	picker.takeLate();
	takeAll(picker, s);
	if (picker.leaveNothing()) takeAll(picker, s);
	return picker.picks;
}

function takeAll(picker: Picker, s: Situation): void {
	const isHeldUp = isBlocked(s);
	if (isHeldUp) picker.takeDue('blocked');
	// Who has everything would send what is read ahead, as only it has that, before what a playhead stands still for.
	if (isHeldUp && picker.isOfSource) return;
	picker.takeDue('urgent');
	if (isHeldUp) return;
	picker.takeAhead();
	picker.takeDue('ahead');
	if (s.background) picker.takeRarest();
}

/**
 * Chunks that `other` owes and will be long in sending, the last first: for a link that has nothing else to ask for.
 */
export function pickRace(link: Link, other: Link, s: Situation): Pick[] {
	const picker = new Picker(link, { any: link.window.bytes, urgent: link.window.bytes }, s);
	picker.takeAlso([...other.asked.keys()].reverse());
	return picker.picks;
}

/** A place in a read, and how many links have it. */
interface Run { readonly from: number; readonly demand: Demand; readonly copies: number }

/** Whether a read should have been served by now, and could be. What nobody here has keeps nothing else from coming. */
function isBlocked({ demands, links, now }: Situation): boolean {
	const [first] = demands.inOrder();
	if (!first || first.dueAt > now + CRITICAL_MS) return false;
	const group = Math.floor(first.cursor / GROUP_CHUNKS);
	return [...links.values()].some(
		(link) => now >= link.restsUntil && link.holdings.has(group, first.cursor % GROUP_CHUNKS),
	);
}

class Picker {
	readonly picks: Pick[] = [];
	readonly #link: Link;
	readonly #s: Situation;
	readonly #taken = new Set<number>();
	readonly #begun = new Set<number>();
	#room: number;
	#urgentRoom: number;
	#looks = MAX_LOOKS;
	/** Whether what others have is left to them: who has everything gives what only it has. */
	#leaves: boolean;
	/** Chunks that are left to others, by group: those a playhead stands still for, and all others. */
	readonly #left = { blocked: new Map<number, BitSet | undefined>(), later: new Map<number, BitSet | undefined>() };

	constructor(link: Link, room: Room, s: Situation) {
		this.#link = link;
		this.#leaves = link.holdings.hasAllChunks;
		this.#s = s;
		this.#room = room.any;
		this.#urgentRoom = room.urgent;
	}

	/** Whether it is asked of who has everything. */
	get isOfSource(): boolean { return this.#link.holdings.hasAllChunks; }

	/** From now on even what others have is taken, if the link would else be idle. Whether that makes a difference. */
	leaveNothing(): boolean {
		if (!this.#leaves || !this.#isIdle) return false;
		this.#leaves = false;
		this.#room = Math.min(this.#room, IDLE_BYTES);
		this.#urgentRoom = Math.min(this.#urgentRoom, IDLE_BYTES);
		return true;
	}

	/** Chunks another link should have sent by now. */
	takeLate(): void { this.takeAlso(this.#s.late); }

	/** Chunks that one other link was asked for. */
	takeAlso(indices: Iterable<number>): void {
		const { inventory, demands, now } = this.#s;
		for (const index of indices) {
			const group = Math.floor(index / GROUP_CHUNKS);
			const partial = inventory.partials.get(group);
			if (!partial || partial.asked[index % GROUP_CHUNKS] !== 1 || this.#link.asked.has(index)) continue;
			if (partial.proof.state !== 'known' || partial.held.has(index % GROUP_CHUNKS)) continue;
			if (!this.#link.holdings.has(group, index % GROUP_CHUNKS) || !this.#link.holdings.isWilling(group, now)) continue;
			const dueAt = demands.dueOf(index) ?? Infinity;
			if (this.#roomFor(dueAt) <= 0) return;
			this.#take(index, dueAt);
		}
	}

	/** What reads wait for, earliest deadline first. */
	takeDue(which: 'blocked' | 'urgent' | 'ahead'): void {
		for (const demand of this.#s.demands.inOrder()) {
			if (which === 'blocked' && demand.dueAt > this.#s.now + CRITICAL_MS) return;
			if (which !== 'blocked' && this.#isUrgent(demand.dueAt) !== (which === 'urgent')) continue;
			if (this.#roomFor(demand.dueAt) <= 0 || this.#looks <= 0) return;
			this.#takeRead(demand);
		}
	}

	/**
	 * What reads will wait for, in short runs from random places, the rarest of a few first: viewers who watch the same
	 * minute fetch different parts of it from the sharer and the rest from each other.
	 */
	takeAhead(): void {
		if (this.#room <= 0) return;
		const ahead = this.#s.demands.inOrder().filter(
			(demand) => !this.#isUrgent(demand.dueAt) && demand.cursor < demand.first + demand.count,
		);
		for (let tries = 0; tries < AHEAD_TRIES && ahead.length > 0 && this.#room > 0; tries++) {
			let best: Run | undefined;
			for (let choice = 0; choice < AHEAD_CHOICES; choice++) {
				const run = this.#randomRun(ahead);
				if (run && (!best || run.copies < best.copies)) best = run;
			}
			if (!best) return;
			const { from, demand } = best;
			this.#takeRun(from, Math.min(from - (from % RUN_CHUNKS) + RUN_CHUNKS, demand.first + demand.count), demand.dueAt);
		}
	}

	/** Groups already begun, then the rarest of a few. */
	takeRarest(): void {
		const { inventory } = this.#s;
		for (const partial of inventory.partials.values()) {
			if (this.#room <= 0) return;
			this.#takeRun(partial.group * GROUP_CHUNKS, partial.group * GROUP_CHUNKS + partial.held.length, Infinity);
		}
		// A link that would be idle may begin one group beyond the bound, or slow links could keep it from all work.
		while (this.#room > 0 && (inventory.active + this.#begun.size < MAX_BACKGROUND_GROUPS || this.#isIdle)) {
			const group = this.#rarest();
			if (group === undefined) return;
			this.#begun.add(group);
			this.#takeRun(group * GROUP_CHUNKS, group * GROUP_CHUNKS + inventory.layout.chunksIn(group), Infinity);
		}
	}

	get #isIdle(): boolean { return this.#link.asked.size === 0 && this.picks.length === 0; }

	/** A place in one of these reads where the link has something we lack, and how many others have it. */
	#randomRun(ahead: readonly Demand[]): Run | undefined {
		const { inventory, links, rng } = this.#s;
		const demand = ahead[randomBelow(rng, ahead.length)];
		if (!demand) return undefined;
		const at = demand.first + randomBelow(rng, demand.count);
		const end = Math.min(at - (at % RUN_CHUNKS) + RUN_CHUNKS, demand.first + demand.count);
		let from = Math.max(demand.first, at - (at % RUN_CHUNKS));
		while (from < end && (!inventory.lacks(from) || this.#taken.has(from))) from += 1;
		const group = Math.floor(from / GROUP_CHUNKS);
		if (from === end || !this.#link.holdings.has(group, from % GROUP_CHUNKS)) return undefined;
		let copies = 0;
		for (const other of links.values()) if (other.holdings.has(group, from % GROUP_CHUNKS)) copies += 1;
		return { from, demand, copies };
	}

	/**
	 * Takes of a read what it can. All of it is due at once, so it begins at a random place of the first mebibyte that is
	 * lacking: viewers in step with each other then have something to give each other.
	 */
	#takeRead(demand: Demand): void {
		const end = demand.first + demand.count;
		while (demand.cursor < end && !this.#s.inventory.lacks(demand.cursor)) demand.cursor += 1;
		const span = Math.min(end - demand.cursor, GROUP_CHUNKS);
		const start = demand.cursor + Math.floor(randomBelow(this.#s.rng, Math.max(1, span)) / STEP_CHUNKS) * STEP_CHUNKS;
		this.#takeRange(start, end, demand.dueAt);
		this.#takeRange(demand.cursor, start, demand.dueAt);
	}

	#takeRange(from: number, to: number, dueAt: Ms): void {
		for (let at = from; at < to && this.#roomFor(dueAt) > 0 && this.#looks-- > 0;) {
			const stop = Math.min(to, at - (at % GROUP_CHUNKS) + GROUP_CHUNKS);
			this.#takeRun(at, stop, dueAt);
			at = stop;
		}
	}

	/** Takes what it can of chunks `from` to `to` - 1, all of one group. */
	#takeRun(from: number, to: number, dueAt: Ms): void {
		const group = Math.floor(from / GROUP_CHUNKS);
		const partial = this.#s.inventory.partials.get(group);
		if (this.#s.inventory.whole.has(group) || partial?.taken.isFull || !this.#isFitFor(group, partial, dueAt)) return;
		const left = this.#leaves ? this.#leftToOthers(group, dueAt <= this.#s.now) : undefined;
		let index = this.#next(from, partial);
		for (; index < to && this.#roomFor(dueAt) > 0; index = this.#next(index + 1, partial)) {
			if (!this.#taken.has(index) && left?.has(index % GROUP_CHUNKS) !== true) this.#take(index, dueAt);
		}
	}

	/** The next chunk of the group, from `from` on, that we lack and the link holds; Infinity: there is none. */
	#next(from: number, partial: PartialGroup | undefined): number {
		const k = from % GROUP_CHUNKS;
		const group = (from - k) / GROUP_CHUNKS;
		const theirs = this.#link.holdings.hasGroup(group) ? undefined : this.#link.holdings.partial(group);
		let next = theirs?.next(k) ?? k;
		if (partial) next = theirs ? theirs.nextNotIn(partial.taken, k) : partial.taken.nextMissing(k);
		return next < 0 ? Infinity : group * GROUP_CHUNKS + next;
	}

	/** Chunks that those have who do not have everything; where a playhead waits, only those who have time for it. */
	#leftToOthers(group: number, isBlockedOn: boolean): BitSet | undefined {
		const known = isBlockedOn ? this.#left.blocked : this.#left.later;
		if (known.has(group)) return known.get(group);
		let left: BitSet | undefined;
		for (const other of this.#s.links.values()) {
			const { holdings, window } = other;
			if (holdings.hasAllChunks || !holdings.hasSome(group) || this.#s.now < other.restsUntil) continue;
			if (isBlockedOn && other.urgentBytes >= window.bytes) continue;
			const chunks = this.#s.inventory.layout.chunksIn(group);
			const theirs = holdings.hasGroup(group) ? BitSet.full(chunks) : holdings.partial(group);
			if (theirs) (left ??= new BitSet(GROUP_CHUNKS)).addAll(theirs);
		}
		known.set(group, left);
		return left;
	}

	/** Whether this link may be asked for chunks of the group that are due then. */
	#isFitFor(group: number, partial: PartialGroup | undefined, dueAt: Ms): boolean {
		const { holdings } = this.#link;
		return holdings.hasSome(group) && holdings.isWilling(group, this.#s.now) && this.#mayAsk(partial, dueAt)
			&& !this.#isBetterElsewhere(group, dueAt);
	}

	/**
	 * Chunks go to any link once the proof of their group is known, and before that to the link that was asked for it:
	 * what cannot be checked is thrown away. A playhead does not wait long for one link's proof.
	 */
	#mayAsk(partial: PartialGroup | undefined, dueAt: Ms): boolean {
		if (partial?.proof.state !== 'asked' || partial.proof.of === this.#link.id) return true;
		return this.#isUrgent(dueAt) && this.#s.now - partial.proof.at >= SECOND_PROOF_MS;
	}

	/**
	 * A chunk that is due soon goes to no slow link and, but for a few, to no stranger while a better one has it (DESIGN
	 * §5, §8).
	 */
	#isBetterElsewhere(group: number, dueAt: Ms): boolean {
		const { proved, window, outstandingBytes } = this.#link;
		const takes = window.roundTripMs ?? 0;
		if (dueAt - this.#s.now > Math.max(proved ? 0 : RISKY_MS, 2 * takes)) return false;
		for (const other of this.#s.links.values()) {
			if (!other.proved || other === this.#link || this.#s.now < other.restsUntil) continue;
			if (!other.holdings.hasGroup(group) || !other.holdings.isWilling(group, this.#s.now)) continue;
			if ((other.window.roundTripMs ?? Infinity) * 2 < takes) return true;
			const isBusy = other.urgentBytes > other.window.bytes / 2;
			if (!proved && (!isBusy || outstandingBytes >= LEAST_WINDOW_BYTES)) return true;
		}
		return false;
	}

	/**
	 * Of some groups that the link holds and we have nothing of, the one with the fewest copies; from a random place on.
	 */
	#rarest(): number | undefined {
		const { inventory, copies, rng } = this.#s;
		const { groups } = this.#link.holdings;
		if (!groups) return undefined;
		const start = randomBelow(rng, inventory.layout.groups);
		let best: number | undefined;
		let fewest = Infinity;
		let at = start;
		for (let looked = 0, wrapped = false; looked < RAREST_SAMPLE;) {
			const group = groups.nextNotIn(inventory.whole, at);
			if (group < 0 || (wrapped && group >= start)) {
				if (wrapped || group >= 0) break;
				wrapped = true;
				at = 0;
				continue;
			}
			at = group + 1;
			if (
				inventory.partials.has(group) || this.#begun.has(group) || !this.#link.holdings.isWilling(group, this.#s.now)
			) {
				continue;
			}
			looked += 1;
			const count = (copies[group] ?? 0) + this.#begunBy(group);
			if (count >= fewest) continue;
			best = group;
			fewest = count;
		}
		return best;
	}

	/** Links that have part of the group: they will soon have all of it. */
	#begunBy(group: number): number {
		let count = 0;
		for (const { holdings } of this.#s.links.values()) {
			if (!holdings.hasGroup(group) && holdings.hasSome(group)) count += 1;
		}
		return count;
	}

	#isUrgent(dueAt: Ms): boolean { return dueAt - this.#s.now < URGENT_MS; }
	#roomFor(dueAt: Ms): number { return this.#isUrgent(dueAt) ? this.#urgentRoom : this.#room; }

	#take(index: number, dueAt: Ms): void {
		const bytes = this.#s.inventory.layout.chunkBytes(index);
		this.picks.push({ index, dueAt });
		this.#taken.add(index);
		this.#room -= bytes;
		if (this.#isUrgent(dueAt)) this.#urgentRoom -= bytes;
	}
}
