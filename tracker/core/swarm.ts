/** Who is there for which share. Joining, leaving and introducing cost the same whatever the swarm's size. */
import { sample, type Rng } from '../../shared/base/rng.ts';
import type { PeerId, ShareId } from '../../shared/protocol/ids.ts';

/**
 * The members of one swarm, and visitors: they look at what the share is, are introduced to members and reach them, but
 * are neither counted nor introduced. Invariant: `#places.get(#members[i]) === i`.
 */
export class Swarm {
	readonly #members: PeerId[] = [];
	readonly #places = new Map<PeerId, number>();
	readonly #visitors = new Set<PeerId>();

	/** Of members. */
	get size(): number { return this.#members.length; }
	get isEmpty(): boolean { return this.size === 0 && this.#visitors.size === 0; }

	/** Whether it is a member or visits. */
	has(peer: PeerId): boolean { return this.#places.has(peer) || this.#visitors.has(peer); }

	/** A member becomes no member any more. */
	visit(peer: PeerId): void {
		this.remove(peer);
		this.#visitors.add(peer);
	}

	/** Joining twice is joining once. A visitor may stay. */
	add(peer: PeerId): void {
		this.#visitors.delete(peer);
		if (this.#places.has(peer)) return;
		this.#places.set(peer, this.#members.length);
		this.#members.push(peer);
	}

	/** The last member takes the place of the one who leaves. */
	remove(peer: PeerId): void {
		this.#visitors.delete(peer);
		const place = this.#places.get(peer);
		const last = this.#members.at(-1);
		if (place === undefined || last === undefined) return;
		this.#members[place] = last;
		this.#places.set(last, place);
		this.#members.pop();
		this.#places.delete(peer);
	}

	/** Up to `wants` members other than `peer`, each as likely as any other. O(wants). */
	sampleOthers(peer: PeerId, wants: number, rng: Rng): PeerId[] {
		return sample(rng, this.#members, wants + 1).filter((member) => member !== peer).slice(0, wants);
	}
}

/** All swarms that have a member or a visitor. */
export class Swarms {
	readonly #swarms = new Map<ShareId, Swarm>();

	get size(): number { return this.#swarms.size; }

	get(share: ShareId): Swarm | undefined { return this.#swarms.get(share); }

	/** Makes `peer` a member, or a visitor. */
	join(share: ShareId, peer: PeerId, as: 'member' | 'visitor' = 'member'): void {
		const swarm = this.#swarms.get(share) ?? new Swarm();
		this.#swarms.set(share, swarm);
		if (as === 'member') swarm.add(peer);
		else swarm.visit(peer);
	}

	/** An empty swarm is forgotten. */
	leave(share: ShareId, peer: PeerId): void {
		const swarm = this.#swarms.get(share);
		swarm?.remove(peer);
		if (swarm?.isEmpty) this.#swarms.delete(share);
	}
}
