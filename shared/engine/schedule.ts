/** Which lacking chunks to ask of one link that has room: late ones, then what is due first, then the rarest (NOTES.md §2). */
import { randomBelow, type Rng } from '../base/rng.ts';
import type { Ms } from '../base/units.ts';
import { GROUP_CHUNKS } from '../protocol/limits.ts';
import type { Demands } from './demand.ts';
import type { Inventory, PartialGroup } from './inventory.ts';
import type { Link } from './link.ts';
import { MAX_BACKGROUND_GROUPS, RAREST_SAMPLE, URGENT_MS } from './settings.ts';

/** What picking looks at. `late`: chunks whose only link is overdue. `copies`: how many links hold each group. */
export interface Situation {
	readonly inventory: Inventory;
	readonly demands: Demands;
	readonly late: ReadonlySet<number>;
	readonly copies: Uint16Array;
	readonly background: boolean;
	readonly now: Ms;
	readonly rng: Rng;
}

/** A chunk to ask for. `dueAt` Infinity: no playhead waits for it. */
export interface Pick { readonly index: number; readonly dueAt: Ms }

/** Chunks looked at for one link in one go, so that a long read of which it has nothing costs no more. */
const MAX_LOOKS = 4096;

/**
 * Chunks to ask of `link`, in the order to ask, as many as its window has room for. Urgent ones may fill a window of
 * their own: the other side sends them first, whatever else it owes. Pure but for the demands' cursors.
 */
export function pickFor(link: Link, s: Situation): Pick[] {
	const picker = new Picker(link, s);
	picker.takeLate();
	picker.takeDue();
	if (s.background) picker.takeRarest();
	return picker.picks;
}

class Picker {
	readonly picks: Pick[] = [];
	readonly #link: Link;
	readonly #s: Situation;
	readonly #taken = new Set<number>();
	#room: number;
	#urgentRoom: number;
	#looks = MAX_LOOKS;

	constructor(link: Link, s: Situation) {
		this.#link = link;
		this.#s = s;
		this.#room = link.window.bytes - link.outstandingBytes;
		this.#urgentRoom = link.window.bytes - link.urgentBytes;
	}

	/** Chunks another link should have sent by now. */
	takeLate(): void {
		for (const index of this.#s.late) {
			if (this.#urgentRoom <= 0) return;
			const group = Math.floor(index / GROUP_CHUNKS);
			const partial = this.#s.inventory.partials.get(group);
			if (!partial || partial.asked[index % GROUP_CHUNKS] !== 1 || this.#link.asked.has(index)) continue;
			if (partial.proof.state === 'known' && this.#link.holdings.has(group, index % GROUP_CHUNKS)) {
				this.#take(index, this.#s.demands.dueOf(index) ?? this.#s.now);
			}
		}
	}

	/** What reads wait for, earliest deadline first. */
	takeDue(): void {
		for (const demand of this.#s.demands.inOrder()) {
			const urgent = demand.dueAt - this.#s.now < URGENT_MS;
			const end = demand.first + demand.count;
			let behind = true; // everything from the cursor to here is held or asked for
			for (let index = demand.cursor; index < end && this.#looks-- > 0; index++) {
				if ((urgent ? this.#urgentRoom : this.#room) <= 0) return;
				if (this.#lacks(index)) behind &&= this.#takeIfHeldThere(index, demand.dueAt);
				if (behind) demand.cursor = index + 1;
			}
		}
	}

	/** Groups already begun, then the rarest of a few. */
	takeRarest(): void {
		for (const partial of this.#s.inventory.partials.values()) {
			if (this.#room <= 0) return;
			if (!partial.taken) this.#takeGroup(partial.group);
		}
		while (this.#room > 0 && this.#s.inventory.partials.size < MAX_BACKGROUND_GROUPS + this.#s.demands.size) {
			const group = this.#rarest();
			if (group === undefined || !this.#takeGroup(group)) return;
		}
	}

	/** Takes of a group what is lacking and fits. False when nothing could be taken. */
	#takeGroup(group: number): boolean {
		const chunks = this.#s.inventory.layout.chunksIn(group);
		const before = this.picks.length;
		for (let k = 0; k < chunks && this.#room > 0; k++) {
			if (this.#lacks(group * GROUP_CHUNKS + k)) this.#takeIfHeldThere(group * GROUP_CHUNKS + k, Infinity);
		}
		return this.picks.length > before;
	}

	#rarest(): number | undefined {
		const { inventory, copies, rng } = this.#s;
		const start = randomBelow(rng, inventory.layout.groups);
		let best: number | undefined;
		let at = start;
		for (let looked = 0, wrapped = false; looked < RAREST_SAMPLE; looked++) {
			let group = inventory.whole.nextMissing(at);
			if (group < 0 && !wrapped) {
				wrapped = true;
				group = inventory.whole.nextMissing(0);
			}
			if (group < 0 || (wrapped && group >= start)) break;
			at = group + 1;
			if (inventory.partials.has(group) || !this.#link.holdings.hasGroup(group)) continue;
			if (best === undefined || (copies[group] ?? 0) < (copies[best] ?? 0)) best = group;
		}
		return best;
	}

	#lacks(index: number): boolean {
		const group = Math.floor(index / GROUP_CHUNKS);
		if (this.#taken.has(index) || this.#s.inventory.whole.has(group)) return false;
		return this.#s.inventory.partials.get(group)?.lacks(index % GROUP_CHUNKS) ?? true;
	}

	#takeIfHeldThere(index: number, dueAt: Ms): boolean {
		const group = Math.floor(index / GROUP_CHUNKS);
		if (!this.#link.holdings.has(group, index % GROUP_CHUNKS)) return false;
		if (!this.#link.holdings.isWilling(group, this.#s.now)) return false;
		if (!mayAsk(this.#s.inventory.partials.get(group), this.#link)) return false;
		this.#take(index, dueAt);
		return true;
	}

	#take(index: number, dueAt: Ms): void {
		const bytes = this.#s.inventory.layout.chunkBytes(index);
		this.picks.push({ index, dueAt });
		this.#taken.add(index);
		this.#room -= bytes;
		if (dueAt - this.#s.now < URGENT_MS) this.#urgentRoom -= bytes;
	}
}

/** Chunks go to any link once the proof of their group is known, and before that to the link that was asked for it. */
function mayAsk(partial: PartialGroup | undefined, link: Link): boolean {
	return partial === undefined || partial.proof.state !== 'asked' || partial.proof.of === link.id;
}
