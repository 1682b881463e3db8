/** One connected peer: what it holds, what it owes us, what it wants of us. */
import { BitSet } from '../base/bit-set.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Ms } from '../base/units.ts';
import type { Layout, LinkId, PeerId } from '../protocol/ids.ts';
import { GROUP_CHUNKS } from '../protocol/limits.ts';
import { Rate } from './rate.ts';
import { MAX_REMEMBERED_PARTIALS } from './settings.ts';
import { UploadQueue } from './uploads.ts';
import { RequestWindow } from './window.ts';

/** A chunk we asked a link for. `urgent`: for a read whose time is near. */
export interface Asked { readonly at: Ms; readonly bytes: number; readonly urgent: boolean }

/** Who a link leads to. */
export interface LinkPeer { readonly id: LinkId; readonly peer: PeerId; readonly name: string; readonly initiator: boolean }

/** The engine's view of one connected peer. */
export class Link {
	readonly who: LinkPeer;
	readonly holdings = new Holdings();
	readonly asked = new Map<number, Asked>();
	readonly window = new RequestWindow();
	readonly uploads = new UploadQueue();
	readonly down: Rate;
	readonly up: Rate;
	/** Bytes of chunks it sent us that were good, and that we sent it. */
	downloaded = 0;
	uploaded = 0;
	outstandingBytes = 0;
	urgentBytes = 0;
	heardAt: Ms;
	/** When the last chunk arrived, or the first of those outstanding was asked for. */
	progressAt: Ms;
	pingedAt: Ms | undefined;
	rttMs: Ms | undefined;
	/** It has sent us a good chunk. */
	proved = false;
	position: { readonly ms: number; readonly playing: boolean } | undefined;
	/** Signals relayed for it in the current minute. */
	relayed = { since: 0, count: 0 };

	constructor(who: LinkPeer, now: Ms) {
		this.who = who;
		this.down = new Rate(now);
		this.up = new Rate(now);
		this.heardAt = now;
		this.progressAt = now;
	}

	get id(): LinkId { return this.who.id; }

	/** Notes a request; the request itself is the caller's to send. */
	ask(index: number, asked: Asked): void {
		if (this.asked.size === 0) this.progressAt = asked.at;
		this.asked.set(index, asked);
		this.outstandingBytes += asked.bytes;
		if (asked.urgent) this.urgentBytes += asked.bytes;
	}

	/** The chunk is no longer owed: it came, or is not wanted. Undefined when it was not. */
	settle(index: number): Asked | undefined {
		const asked = this.asked.get(index);
		if (!asked) return undefined;
		this.asked.delete(index);
		this.outstandingBytes -= asked.bytes;
		if (asked.urgent) this.urgentBytes -= asked.bytes;
		return asked;
	}
}

/** What a peer says it holds. */
export class Holdings {
	/** Revision of which it has everything, attachments included; 0 while it has not. */
	completeRevision = 0;
	#groups: BitSet | undefined;
	#layout: Layout | undefined;
	#early: Bytes | undefined;
	readonly #partials = new Map<number, BitSet>();
	readonly #refused = new Map<number, Ms>();

	/** Whole groups it holds. */
	get wholeGroups(): number { return this.#groups?.size ?? 0; }
	/** Whether it holds every chunk. */
	get hasAllChunks(): boolean { return this.#groups?.isFull ?? false; }

	hasGroup(group: number): boolean { return this.#groups?.has(group) ?? false; }
	has(group: number, k: number): boolean { return this.hasGroup(group) || (this.#partials.get(group)?.has(k) ?? false); }
	/** Whether it holds something of the group. */
	hasSome(group: number): boolean { return this.hasGroup(group) || this.#partials.has(group); }

	/** From now on maps can be read; one that came before is. False when that one does not fit. */
	setLayout(layout: Layout): boolean {
		if (this.#layout?.size === layout.size) return true;
		this.#layout = layout;
		const early = this.#early;
		this.#early = undefined;
		this.#groups = this.completeRevision > 0 ? BitSet.full(layout.groups) : new BitSet(layout.groups);
		return early === undefined || this.setMap(early);
	}

	setComplete(revision: number): void {
		this.completeRevision = revision;
		if (this.#layout) this.#groups = BitSet.full(this.#layout.groups);
		this.#partials.clear();
	}

	/** False when the map is not of this share's size. */
	setMap(groups: Bytes): boolean {
		if (!this.#layout) {
			this.#early = groups.slice();
			return true;
		}
		const map = BitSet.from(groups, this.#layout.groups);
		if (!map) return false;
		this.#groups = map;
		return true;
	}

	/** False when there is no such group. */
	add(group: number): boolean {
		if (!this.#layout) return true; // before the size is known; the next map will say it again
		if (!this.#layout.hasGroup(group)) return false;
		this.#groups?.add(group);
		this.#partials.delete(group);
		return true;
	}

	/** False when there is no such group or chunk. */
	setPartial(group: number, chunks: Bytes): boolean {
		if (!this.#layout) return true;
		if (!this.#layout.hasGroup(group)) return false;
		const set = new BitSet(this.#layout.chunksIn(group));
		for (let k = 0; k < GROUP_CHUNKS; k++) {
			if (((chunks[k >> 3] ?? 0) & (1 << (k & 7))) === 0) continue;
			if (k >= set.length) return false;
			set.add(k);
		}
		this.#partials.delete(group);
		this.#partials.set(group, set);
		if (this.#partials.size > MAX_REMEMBERED_PARTIALS) {
			const [oldest] = this.#partials.keys();
			if (oldest !== undefined) this.#partials.delete(oldest);
		}
		return true;
	}

	/** It would not send chunks of this group before `until`. */
	refuse(group: number, until: Ms): void {
		if (this.#refused.size >= MAX_REMEMBERED_PARTIALS) this.#refused.clear();
		this.#refused.set(group, until);
	}

	/** Whether it may be asked for chunks of the group now. */
	isWilling(group: number, now: Ms): boolean {
		const until = this.#refused.get(group);
		if (until === undefined) return true;
		if (until <= now) this.#refused.delete(group);
		return until <= now;
	}
}
