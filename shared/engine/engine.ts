/**
 * One peer of one share as a state machine: `step` takes what happened and says what to do. It has no clock, no
 * socket, no
 * chance of its own and no promise, so page, bridge and simulator all drive the same code. NOTES.md explains its
 * policy.
 *
 * Invariant: a chunk is asked of a link only if that link said it holds it, and is held only after its leaf hash,
 * tied to
 * the share by a checked proof, was compared.
 */
import { Allowance } from '../base/allowance.ts';
import { assertNever } from '../base/result.ts';
import type { Rng } from '../base/rng.ts';
import type { Ms } from '../base/units.ts';
import { Layout, type LinkId } from '../protocol/ids.ts';
import { decode } from '../protocol/peer-message.ts';
import type { Inventory as Stored } from '../ports/group-store.ts';
import { chunkSet } from './chunk-set.ts';
import type { Described, Effect, Input } from './events.ts';
import { Inventory, type PartialGroup } from './inventory.ts';
import { Link } from './link.ts';
import { Listener } from './listener.ts';
import { Neighbours, type NeighboursInit } from './neighbours.ts';
import { Outbox } from './outbox.ts';
import { Parts } from './parts.ts';
import type { Counts, Peer } from './peer.ts';
import { Requests } from './requests.ts';
import { Serving } from './serving.ts';
import { PING_AFTER_MS, SAVE_AFTER_MS, SHUN_PEER_MS, SILENT_MS, SLEPT_MS } from './settings.ts';
import { Verdicts } from './verdicts.ts';

/** What an engine is made of. Two with one seed decide alike. */
export type EngineInit = NeighboursInit;

/** A peer of one share. */
export class Engine implements Peer {
	readonly links = new Map<LinkId, Link>();
	readonly out = new Outbox();
	readonly neighbours: Neighbours;
	readonly parts: Parts;
	readonly serving: Serving;
	readonly counts: Counts = { verified: 0, rejected: 0, duplicateBytes: 0, downloadedBytes: 0, uploadedBytes: 0 };
	requests: Requests | undefined;
	descriptor: Described | undefined;
	readonly #rng: Rng;
	readonly #listener: Listener;
	readonly #down = new Allowance();
	#background = false;
	#attachmentsOf = 0;
	#position: { readonly ms: number; readonly playing: boolean } | undefined;
	#stopped = false;
	#tickedAt: Ms = Infinity;
	readonly #verdicts: Verdicts;
	#early: Extract<Input, { type: 'want' }>[] = [];

	constructor(init: EngineInit) {
		this.#rng = init.rng;
		this.neighbours = new Neighbours(init, this.links, this.out);
		this.parts = new Parts(this.links, this.out);
		this.serving = new Serving(this);
		this.#listener = new Listener(this, init.self);
		this.#verdicts = new Verdicts(this);
	}

	get isComplete(): boolean {
		return (this.requests?.inventory.complete ?? false) && this.#attachmentsOf === this.descriptor?.revision;
	}

	/** Deterministic: the same inputs at the same times give the same effects. */
	step(input: Input, now: Ms): readonly Effect[] {
		if (!this.#stopped) this.#route(input, now);
		return this.out.take();
	}

	reject(link: Link, kind: 'fault' | 'evidence', now: Ms): void {
		if (kind === 'evidence') this.neighbours.ban(link.who.peer);
		else this.neighbours.shun(link.who.peer, SHUN_PEER_MS, now);
		this.out.send(link.id, { type: 'bye', reason: 'rejected' });
		this.out.push({ type: 'close', link: link.id, reason: 'rejected' });
		this.drop(link, now);
	}

	drop(link: Link, now: Ms): void {
		if (!this.links.delete(link.id)) return;
		this.serving.closed(link, now);
		const requests = this.requests;
		if (requests) {
			this.#listener.count(link, -1);
			requests.releaseAll(link);
			requests.fillAll(now);
		}
		this.parts.closed(link.id, now);
		this.neighbours.failed(link.who.peer, now);
	}

	tellHoldings(link: Link): void {
		const inventory = this.requests?.inventory;
		if (!inventory || !this.descriptor) return;
		if (this.isComplete) return this.out.send(link.id, { type: 'have-all', revision: this.descriptor.revision });
		this.out.send(link.id, { type: 'have-map', groups: inventory.whole.bytes() });
		for (const partial of inventory.partials.values()) {
			if (partial.held.size === 0) continue;
			this.out.send(link.id, { type: 'have-chunks', group: partial.group, chunks: chunkSet(partial.held) });
		}
	}

	tellPartial(partial: PartialGroup): void {
		partial.untold = 0;
		const { group } = partial;
		const chunks = chunkSet(partial.held);
		for (const link of this.links.values()) {
			if (!link.holdings.hasGroup(group)) this.out.send(link.id, { type: 'have-chunks', group, chunks });
		}
	}

	#route(input: Input, now: Ms): void {
		switch (input.type) {
			case 'link-opened': return this.#opened(new Link({ id: input.link, ...input }, now), now);
			case 'described': return this.#described(input.descriptor, now);
			case 'inventory': return this.#begin(input.inventory, now);
			case 'want': return this.#want(input, now);
			case 'due': return this.#setDue(input.read, input.dueAt);
			case 'unwant': return this.#unwant(input.read);
			case 'background': return this.#setBackground(input.on, now);
			case 'limits': return this.#limit(input, now);
			case 'group-lost': return this.#lost(input, now);
			case 'want-part': return this.parts.want(input.part, now);
			case 'attachments-held': return this.#attachmentsHeld(input.revision);
			case 'peers-known': return this.neighbours.learn(input.peers, undefined, now);
			case 'connect-failed': return this.neighbours.failed(input.peer, now);
			case 'position': return this.#tellPosition(input.ms, input.playing);
			case 'proof-checked': return this.#verdicts.proof(input, now);
			case 'chunk-checked': return this.#verdicts.chunk(input, now);
			case 'stop': return this.#stop(input.reason);
			case 'tick': return this.#tick(now);
			default: return this.#routeLink(input, now);
		}
	}

	#routeLink(input: Extract<Input, { readonly link: LinkId } | { readonly via: LinkId }>, now: Ms): void {
		const link = this.links.get('link' in input ? input.link : input.via);
		if (!link) return; // it closed while the answer was on its way
		switch (input.type) {
			case 'link-opened': return;
			case 'frame': {
				link.heardAt = now;
				const message = decode(input.bytes);
				if (!message.ok) return this.reject(link, 'fault', now);
				return this.#listener.hear(link, message.value, now);
			}
			case 'link-closed': return this.drop(link, now);
			case 'writable': return this.serving.writable(link, now);
			case 'served': return this.serving.served(link, input, now);
			case 'descriptor-rejected': return this.reject(link, 'evidence', now);
			case 'proof-checked': case 'chunk-checked': return;
			case 'part-checked': return this.#verdicts.part(link, input, now);
			case 'relay': return this.out.send(link.id, { type: 'signal', to: input.to, from: this.#listener.self, signal: input.signal });
			case 'drop': return this.#dropNicely(link, input.reason, now);
			default: return assertNever(input);
		}
	}

	#opened(link: Link, now: Ms): void {
		const { peer, initiator } = link.who;
		this.neighbours.reached(peer);
		if (this.neighbours.isBanned(peer)) return this.out.push({ type: 'close', link: link.id, reason: 'rejected' });
		const twin = this.neighbours.linkTo(peer);
		if (twin) {
			// Both sides began at once. Both keep the connection begun by the lower id, so they keep the same one.
			const oursWins = this.#listener.self < peer;
			const loser = initiator === oursWins && twin.who.initiator !== initiator ? twin : link;
			this.out.send(loser.id, { type: 'bye', reason: 'duplicate' });
			this.out.push({ type: 'close', link: loser.id, reason: 'done' });
			if (loser === link) return;
			this.drop(twin, now);
		} else if (this.neighbours.isFull) {
			this.out.send(link.id, { type: 'bye', reason: 'full' });
			return this.out.push({ type: 'close', link: link.id, reason: 'done' });
		}
		this.links.set(link.id, link);
		if (this.requests) link.holdings.setLayout(this.requests.layout);
		if (this.descriptor) this.out.send(link.id, { type: 'descriptor', bytes: this.descriptor.bytes });
		else this.out.send(link.id, { type: 'want-descriptor' });
		this.tellHoldings(link);
		if (this.#position) this.out.send(link.id, { type: 'position', ...this.#position });
		this.neighbours.opened(link, now);
		this.parts.fill(now);
	}

	#described(descriptor: Described, now: Ms): void {
		if (this.descriptor && descriptor.revision <= this.descriptor.revision) return;
		this.descriptor = descriptor;
		for (const link of this.links.values()) this.out.send(link.id, { type: 'descriptor', bytes: descriptor.bytes });
		this.parts.forgetRefusals(now);
	}

	#begin(stored: Stored, now: Ms): void {
		if (this.requests || !this.descriptor) return;
		const layout = new Layout(this.descriptor.size);
		const { links, out } = this;
		this.requests = new Requests(new Inventory(layout, stored), { links, out, rng: this.#rng, down: this.#down });
		this.requests.background = this.#background;
		for (const link of [...this.links.values()]) {
			if (!link.holdings.setLayout(layout)) this.reject(link, 'fault', now);
			else this.#listener.count(link, 1);
		}
		for (const link of this.links.values()) this.tellHoldings(link);
		for (const want of this.#early.splice(0)) this.#want(want, now);
		this.requests.fillAll(now);
	}

	#want(want: Extract<Input, { type: 'want' }>, now: Ms): void {
		if (!this.requests) this.#early.push(want);
		else this.requests.want(want.read, want.first, want.count, { at: want.dueAt, now });
	}

	#setDue(read: number, dueAt: Ms): void {
		this.#early = this.#early.map((want) => (want.read === read ? { ...want, dueAt } : want));
		this.requests?.demands.setDue(read, dueAt);
	}

	#unwant(read: number): void {
		this.#early = this.#early.filter((want) => want.read !== read);
		this.requests?.unwant(read);
	}

	#setBackground(on: boolean, now: Ms): void {
		this.#background = on;
		if (!this.requests) return;
		this.requests.background = on;
		if (on) this.requests.fillAll(now);
	}

	#limit({ up, down }: Extract<Input, { type: 'limits' }>, now: Ms): void {
		this.#down.set(down, now);
		this.serving.limit(up, now);
		this.requests?.fillAll(now);
	}

	#lost({ group, held }: Extract<Input, { type: 'group-lost' }>, now: Ms): void {
		this.requests?.lose(group, held);
		for (const link of this.links.values()) this.tellHoldings(link);
		this.requests?.fillAll(now);
	}

	#attachmentsHeld(revision: number): void {
		this.#attachmentsOf = revision;
		if (this.isComplete) for (const link of this.links.values()) this.tellHoldings(link);
	}

	#tellPosition(ms: number, playing: boolean): void {
		this.#position = { ms, playing };
		for (const link of this.links.values()) this.out.send(link.id, { type: 'position', ms, playing });
	}

	#dropNicely(link: Link, reason: Extract<Input, { type: 'drop' }>['reason'], now: Ms): void {
		this.out.send(link.id, { type: 'bye', reason });
		this.out.push({ type: 'close', link: link.id, reason: 'done' });
		this.drop(link, now);
		this.neighbours.left(link.who.peer);
	}

	#stop(reason: Extract<Input, { type: 'stop' }>['reason']): void {
		this.#stopped = true;
		for (const partial of this.requests?.inventory.partials.values() ?? []) {
			if (partial.unsavedSince !== undefined) this.out.push({ type: 'save', group: partial.group, whole: false });
		}
		for (const link of this.links.keys()) {
			this.out.send(link, { type: 'bye', reason });
			this.out.push({ type: 'close', link, reason: 'done' });
		}
		this.links.clear();
	}

	#tick(now: Ms): void {
		if (now - this.#tickedAt > SLEPT_MS) this.#forgive(now);
		this.#tickedAt = now;
		for (const link of [...this.links.values()]) this.#checkLife(link, now);
		this.requests?.tick(now);
		this.serving.tick(now);
		this.parts.tick(now);
		this.neighbours.tick(now);
		this.#savePartials(now);
	}

	/**
	 * We slept, a laptop closed or a tab frozen: that nothing was heard is nobody's fault, what came meanwhile is still
	 * to be read.
	 */
	#forgive(now: Ms): void {
		for (const link of this.links.values()) {
			link.heardAt = Math.max(link.heardAt, now - PING_AFTER_MS);
			link.progressAt = now;
		}
	}

	#checkLife(link: Link, now: Ms): void {
		const silence = now - link.heardAt;
		if (silence > SILENT_MS) {
			this.out.push({ type: 'close', link: link.id, reason: 'lost' });
			return this.drop(link, now);
		}
		if (silence < PING_AFTER_MS && link.rttMs !== undefined) return;
		if (link.pingedAt !== undefined && now - link.pingedAt < PING_AFTER_MS) return;
		link.pingedAt = now;
		this.out.send(link.id, { type: 'ping', token: Math.floor(now) >>> 0 });
	}

	/** Partial groups go to disk after a while, and neighbours hear what they may already ask for. */
	#savePartials(now: Ms): void {
		const inventory = this.requests?.inventory;
		if (!inventory) return;
		for (const partial of inventory.partials.values()) {
			if (partial.untold > 0) this.tellPartial(partial);
			if (partial.unsavedSince === undefined || now - partial.unsavedSince < SAVE_AFTER_MS) continue;
			partial.unsavedSince = undefined;
			this.out.push({ type: 'save', group: partial.group, whole: false });
		}
		for (const group of inventory.prune()) this.out.push({ type: 'forget', group });
	}
}
