/** The people of a swarm, as screens show them. */
import type { PeerId } from '../../shared/protocol/ids.ts';
import type { Run } from '../../shared/runtime/givers.ts';
import type { NodeSnapshot } from '../../shared/runtime/snapshot.ts';
import type { SwarmPeer } from '../../shared/rtc/swarm-peer.ts';
import type { PersonView, Route, Stretch } from './app-view.ts';

/** How often a route is looked up anew: a relay may give way to a direct path seconds after connecting. */
const ROUTE_MS = 3000;

/** Remembers how each peer's bytes travel, which browsers tell only when asked. */
export class Routes {
	readonly #peer: SwarmPeer;
	readonly #known = new Map<PeerId, { readonly route: Route; readonly at: number }>();

	constructor(peer: SwarmPeer) { this.#peer = peer; }

	/** Forgets all others. */
	keep(peers: readonly PeerId[]): void {
		for (const peer of this.#known.keys()) if (!peers.includes(peer)) this.#known.delete(peer);
	}

	/** The last known route; asks again when that is old. */
	of(peer: PeerId, now: number): Route {
		const known = this.#known.get(peer);
		if (!known || now - known.at > ROUTE_MS) {
			this.#known.set(peer, { route: known?.route ?? 'unknown', at: now });
			void this.#peer.routeTo(peer).then((route) => {
				if (route) this.#known.set(peer, { route, at: now });
			});
		}
		return known?.route ?? 'unknown';
	}
}

/** Everyone connected. */
export function peopleOf(snapshot: NodeSnapshot, routes: Routes | undefined, now: number): PersonView[] {
	routes?.keep(snapshot.links.map((link) => link.peer));
	return snapshot.links.map((link) => ({
		id: link.peer,
		name: link.name,
		route: routes?.of(link.peer, now) ?? 'unknown',
		held: link.completeRevision > 0 ? 1 : link.held,
		positionSec: link.position && link.position.ms / 1000,
		playing: link.position?.playing ?? false,
		downBps: link.downBps,
		upBps: link.upBps,
		rttMs: link.rttMs,
	}));
}

/** What is held of the film, and by which of {@link peopleOf} it was given. */
export function stretchesOf(runs: readonly Run[], { groups, links }: NodeSnapshot): Stretch[] {
	return runs.map(({ from, to, by }) => {
		const place = links.findIndex(({ peer }) => peer === by);
		return { from: from / groups, to: to / groups, by: place < 0 ? undefined : place };
	});
}
