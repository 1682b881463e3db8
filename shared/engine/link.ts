/** One connected peer: what it holds, what it owes us, what it wants of us. */
import { BitSet } from '../base/bit-set.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Ms } from '../base/units.ts';
import type { Layout, LinkId, PeerId } from '../protocol/ids.ts';
import { CHUNK_BYTES, GROUP_CHUNKS, MAX_GROUPS } from '../protocol/limits.ts';
import { Rate } from './rate.ts';
import { MAX_REMEMBERED_PARTIALS, MAX_REST_DOUBLINGS, REFUSED_MS, UNKNOWN_PACE_MS } from './settings.ts';
import { UploadQueue } from './uploads.ts';
import { RequestWindow } from './window.ts';

/** A chunk we asked a link for. `urgent`: for a read whose time is near. */
export interface Asked { readonly at: Ms; readonly bytes: number; readonly urgent: boolean }

/** Who a link leads to. */
export interface LinkPeer {
	readonly id: LinkId;
	readonly peer: PeerId;
	readonly name: string;
	readonly initiator: boolean;
}

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
	/** Milliseconds from one chunk to the next while it owes some, of late. */
	#paceMs: Ms | undefined;
	urgentBytes = 0;
	heardAt: Ms;
	/** When the last chunk arrived, or the first of those outstanding was asked for. */
	progressAt: Ms;
	/** When it last looked for what others are slow in sending. */
	tookOverAt: Ms = -Infinity;
	pingedAt: Ms | undefined;
	rttMs: Ms | undefined;
	/** It has sent us a good chunk. */
	proved = false;
	/** Groups whose proof it was asked for and has not sent, and when it was asked. */
	readonly proofs = new Map<number, Ms>();
	/** Times it refused or kept silent since its last chunk, and until when it is asked for nothing because of that. */
	failures = 0;
	restsUntil: Ms = -Infinity;
	/** Chunks it sent without the proof it owes. */
	unproven = 0;
	/** Parts of attachments from it that were not what the descriptor says. */
	badParts = 0;
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
	/** Chunks asked for that are urgent, as chunks. */
	get urgentChunks(): number { return this.urgentBytes / CHUNK_BYTES; }

	/** Notes a request; the request itself is the caller's to send. */
	ask(index: number, asked: Asked): void {
		if (this.asked.size === 0) this.progressAt = asked.at;
		this.asked.set(index, asked);
		this.outstandingBytes += asked.bytes;
		if (asked.urgent) this.urgentBytes += asked.bytes;
	}

	/** It refused, or owed and sent nothing: the more often in a row, the longer it is left alone. */
	fail(now: Ms, tolerated: number): void {
		this.failures += 1;
		if (this.failures <= tolerated) return;
		this.restsUntil = now + REFUSED_MS * 2 ** Math.min(this.failures - tolerated - 1, MAX_REST_DOUBLINGS);
	}

	/** It sent so many chunks at once. */
	recover(now: Ms, chunks: number): void {
		if (this.asked.size > 0) {
			const took = (now - this.progressAt) / chunks;
			this.#paceMs = this.#paceMs === undefined ? took : this.#paceMs + (took - this.#paceMs) / 4;
		}
		this.progressAt = now;
		this.failures = 0;
		this.restsUntil = -Infinity;
	}

	/** When the chunk would come that is asked of it after `others`, from now; if it sends as it did of late. */
	comesIn(others: number, now: Ms): Ms {
		const silent = this.asked.size > 0 ? now - this.progressAt : 0;
		return (others + 1) * Math.max(this.#paceMs ?? UNKNOWN_PACE_MS, silent);
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
	readonly #early: { map: Bytes | undefined; groups: BitSet | undefined } = { map: undefined, groups: undefined };
	readonly #partials = new Map<number, BitSet>();
	readonly #refused = new Map<number, Ms>();

	/** Whole groups it holds; undefined before the size of the share is known. */
	get groups(): BitSet | undefined { return this.#groups; }
	get wholeGroups(): number { return this.#groups?.size ?? 0; }
	/** Whether it holds every chunk. */
	get hasAllChunks(): boolean { return this.#groups?.isFull ?? false; }

	hasGroup(group: number): boolean { return this.#groups?.has(group) ?? false; }
	has(group: number, k: number): boolean {
		return this.hasGroup(group) || (this.#partials.get(group)?.has(k) ?? false);
	}
	/** Chunks it holds of a group that it does not hold whole. */
	partial(group: number): BitSet | undefined { return this.#partials.get(group); }
	/** Whether it holds something of the group. */
	hasSome(group: number): boolean { return this.hasGroup(group) || this.#partials.has(group); }

	/** From now on maps can be read; what was said before is. False when that does not fit. */
	setLayout(layout: Layout): boolean {
		if (this.#layout?.size === layout.size) return true;
		this.#layout = layout;
		this.#groups = this.completeRevision > 0 ? BitSet.full(layout.groups) : new BitSet(layout.groups);
		const { map, groups } = this.#early;
		const mapFits = map === undefined || this.#readMap(map);
		const fits = mapFits && this.#takeEarlyGroups(groups) && this.#trimPartials(layout);
		this.#early.map = undefined;
		this.#early.groups = undefined;
		if (!fits) this.#groups = new BitSet(layout.groups);
		return fits;
	}

	setComplete(revision: number): void {
		this.completeRevision = revision;
		if (this.#layout) this.#groups = BitSet.full(this.#layout.groups);
		this.#partials.clear();
		this.#early.map = undefined;
		this.#early.groups = undefined;
	}

	/** Says anew all that is held; partial groups follow it. False when the map is not of this share's size. */
	setMap(groups: Bytes): boolean {
		this.completeRevision = 0;
		this.#partials.clear();
		if (this.#layout) return this.#readMap(groups);
		this.#early.map = groups.slice();
		this.#early.groups = undefined;
		return true;
	}

	/** False when there is no such group. */
	add(group: number): boolean {
		if (group >= (this.#layout?.groups ?? MAX_GROUPS)) return false;
		if (this.#layout) this.#groups?.add(group);
		else (this.#early.groups ??= new BitSet(MAX_GROUPS)).add(group);
		this.#partials.delete(group);
		return true;
	}

	/** False when there is no such group or chunk. */
	setPartial(group: number, chunks: Bytes): boolean {
		if (group >= (this.#layout?.groups ?? MAX_GROUPS)) return false;
		const set = BitSet.from(chunks, GROUP_CHUNKS);
		if (!set || set.next(this.#layout?.chunksIn(group) ?? GROUP_CHUNKS) >= 0) return false;
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

	#readMap(bytes: Bytes): boolean {
		const map = this.#layout && BitSet.from(bytes, this.#layout.groups);
		if (map) this.#groups = map;
		return map !== undefined;
	}

	#takeEarlyGroups(early: BitSet | undefined): boolean {
		for (const group of early ?? []) if (!this.add(group)) return false;
		return true;
	}

	#trimPartials(layout: Layout): boolean {
		return [...this.#partials].every(([group, set]) => layout.hasGroup(group) && set.next(layout.chunksIn(group)) < 0);
	}
}
