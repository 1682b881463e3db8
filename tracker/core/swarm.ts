/** Who is there for which share. Joining, leaving and introducing cost the same whatever the swarm's size. */
import { sample, type Rng } from '../../shared/base/rng.ts';
import type { PeerId, ShareId } from '../../shared/protocol/ids.ts';

/** The members of one swarm. Invariant: `#places.get(#members[i]) === i`. */
export class Swarm {
	readonly #members: PeerId[] = [];
	readonly #places = new Map<PeerId, number>();

	get size(): number { return this.#members.length; }

	has(peer: PeerId): boolean { return this.#places.has(peer); }

	/** Joining twice is joining once. */
	add(peer: PeerId): void {
		if (this.has(peer)) return;
		this.#places.set(peer, this.#members.length);
		this.#members.push(peer);
	}

	/** The last member takes the place of the one who leaves. */
	remove(peer: PeerId): void {
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

/** All swarms that have a member. */
export class Swarms {
	readonly #swarms = new Map<ShareId, Swarm>();

	get size(): number { return this.#swarms.size; }

	get(share: ShareId): Swarm | undefined { return this.#swarms.get(share); }

	/** Makes `peer` a member and gives the swarm. */
	join(share: ShareId, peer: PeerId): Swarm {
		const swarm = this.#swarms.get(share) ?? new Swarm();
		this.#swarms.set(share, swarm);
		swarm.add(peer);
		return swarm;
	}

	/** An empty swarm is forgotten. */
	leave(share: ShareId, peer: PeerId): void {
		const swarm = this.#swarms.get(share);
		swarm?.remove(peer);
		if (swarm?.size === 0) this.#swarms.delete(share);
	}
}
