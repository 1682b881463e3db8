/** Whom to be connected with: keeps a few candidates, connects to some, and asks around when there are too few. */
import { sample, type Rng } from '../base/rng.ts';
import type { Ms } from '../base/units.ts';
import type { LinkId, PeerId } from '../protocol/ids.ts';
import { MAX_EXCHANGED_PEERS } from '../protocol/limits.ts';
import type { Link } from './link.ts';
import type { Outbox } from './outbox.ts';
import {
	CONNECT_MS, EXCHANGE_MS, FIND_MS, MAX_BANNED, MAX_CANDIDATES, MAX_CONNECT_FAILURES, MAX_LINKS, RETRY_PEER_MS,
	TARGET_LINKS,
} from './settings.ts';

interface Candidate { readonly relays: Set<LinkId>; notBefore: Ms; failures: number }

/** `rng` breaks ties. `maxLinks`: connections that are accepted; {@link MAX_LINKS} if it is not said. */
export interface NeighboursInit { readonly self: PeerId; readonly rng: Rng; readonly maxLinks?: number }

/** The peers of one swarm that we know, linked or not. */
export class Neighbours {
	readonly #self: PeerId;
	readonly #links: ReadonlyMap<LinkId, Link>;
	readonly #out: Outbox;
	readonly #rng: Rng;
	readonly #candidates = new Map<PeerId, Candidate>();
	readonly #connecting = new Map<PeerId, Ms>();
	readonly #banned = new Set<PeerId>();
	readonly #maxLinks: number;
	#foundAt: Ms = -Infinity;
	#exchangedAt: Ms = -Infinity;

	constructor(
		{ self, rng, maxLinks = MAX_LINKS }: NeighboursInit, links: ReadonlyMap<LinkId, Link>, out: Outbox,
	) {
		this.#self = self;
		this.#maxLinks = maxLinks;
		this.#links = links;
		this.#out = out;
		this.#rng = rng;
	}

	get isFull(): boolean { return this.#links.size >= this.#maxLinks; }

	isBanned(peer: PeerId): boolean { return this.#banned.has(peer); }

	/** The link to a peer, if there is one. */
	linkTo(peer: PeerId): Link | undefined {
		for (const link of this.#links.values()) if (link.who.peer === peer) return link;
		return undefined;
	}

	/** Somebody named these peers; `via` relays signals to them. */
	learn(peers: readonly PeerId[], via: LinkId | undefined, now: Ms): void {
		for (const peer of peers) {
			if (peer === this.#self || this.#banned.has(peer)) continue;
			const known = this.#candidates.get(peer);
			if (known && via !== undefined) known.relays.add(via);
			if (known || !this.#makeRoom(via === undefined)) continue;
			this.#candidates.set(
				peer, { relays: new Set(via === undefined ? [] : [via]), notBefore: -Infinity, failures: 0 },
			);
		}
		this.connect(now);
	}

	/** Begins as many connections as are lacking. */
	connect(now: Ms): void {
		const linked = new Set([...this.#links.values()].map((link) => link.who.peer));
		const free = [...this.#candidates].filter(
			([peer, c]) => !linked.has(peer) && !this.#connecting.has(peer) && c.notBefore <= now,
		);
		const lacking = TARGET_LINKS - this.#links.size - this.#connecting.size;
		for (const [peer, candidate] of sample(this.#rng, free, Math.max(0, lacking))) {
			this.#connecting.set(peer, now);
			this.#out.push({ type: 'connect', peer, relays: [...candidate.relays].filter((id) => this.#links.has(id)) });
		}
	}

	opened(link: Link, now: Ms): void {
		this.reached(link.who.peer);
		this.learn([link.who.peer], undefined, now);
		const others = [...this.#links.values()].filter((other) => other !== link).map((other) => other.who.peer);
		if (others.length > 0) this.#out.send(link.id, { type: 'peers', peers: sample(this.#rng, others, MAX_EXCHANGED_PEERS) });
	}

	/** The peer could not be reached, or went away. */
	failed(peer: PeerId, now: Ms): void {
		this.#connecting.delete(peer);
		const candidate = this.#candidates.get(peer);
		if (candidate) {
			candidate.notBefore = Math.max(candidate.notBefore, now + RETRY_PEER_MS * 4 ** candidate.failures);
			candidate.failures += 1;
			for (const relay of candidate.relays) if (!this.#links.has(relay)) candidate.relays.delete(relay);
			if (candidate.failures >= MAX_CONNECT_FAILURES) this.#candidates.delete(peer);
		}
		this.connect(now);
	}

	/** A connection to it is open, whether we keep it or not: none is being made any more. */
	reached(peer: PeerId): void {
		this.#connecting.delete(peer);
		const candidate = this.#candidates.get(peer);
		if (candidate) candidate.failures = 0;
	}

	/**
	 * It has no place for us, or broke a rule, or says that we did: it is not connected to for that long, whoever names
	 * it.
	 */
	shun(peer: PeerId, span: Ms, now: Ms): void {
		this.#connecting.delete(peer);
		this.#candidates.set(peer, { relays: new Set(), notBefore: now + span, failures: 0 });
	}

	/** The peer said goodbye for good. */
	left(peer: PeerId): void {
		this.#candidates.delete(peer);
		this.#connecting.delete(peer);
	}

	ban(peer: PeerId): void {
		this.left(peer);
		this.#banned.add(peer);
		const [oldest] = this.#banned;
		if (oldest !== undefined && this.#banned.size > MAX_BANNED) this.#banned.delete(oldest);
		this.#out.push({ type: 'ban', peer });
	}

	tick(now: Ms): void {
		for (const [peer, since] of [...this.#connecting]) if (now - since > CONNECT_MS) this.failed(peer, now);
		for (const [peer, c] of this.#candidates) {
			if (c.notBefore > now && this.#candidates.size >= MAX_CANDIDATES) this.#candidates.delete(peer);
		}
		this.connect(now);
		const lacking = TARGET_LINKS - this.#links.size - this.#connecting.size;
		if (lacking > 0 && now - this.#foundAt >= FIND_MS) {
			this.#foundAt = now;
			this.#out.push({ type: 'find', count: lacking + 2 });
		}
		if (now - this.#exchangedAt >= EXCHANGE_MS) this.#exchange(now);
	}

	/**
	 * Peers that the tracker names are more likely to be there than those of hearsay: they take the place of the oldest.
	 */
	#makeRoom(isNamedByTracker: boolean): boolean {
		if (this.#candidates.size < MAX_CANDIDATES) return true;
		if (!isNamedByTracker) return false;
		for (const peer of this.#candidates.keys()) {
			if (this.#connecting.has(peer) || this.linkTo(peer)) continue;
			return this.#candidates.delete(peer);
		}
		return false;
	}

	#exchange(now: Ms): void {
		this.#exchangedAt = now;
		const peers = [...this.#links.values()].map((link) => link.who.peer);
		for (const link of this.#links.values()) {
			const others = peers.filter((peer) => peer !== link.who.peer);
			if (others.length > 0) this.#out.send(link.id, { type: 'peers', peers: sample(this.#rng, others, MAX_EXCHANGED_PEERS) });
		}
	}
}
