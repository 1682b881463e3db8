/** The people of a swarm, as screens show them. */
import type { PeerId } from '../../shared/protocol/ids.ts';
import type { NodeSnapshot } from '../../shared/runtime/snapshot.ts';
import type { SwarmPeer } from '../../shared/rtc/swarm-peer.ts';
import type { PersonView, Route } from './app-view.ts';

/** How often a route is looked up anew: a relay may give way to a direct path seconds after connecting. */
const ROUTE_MS = 3000;

/** Remembers how each peer's bytes travel, which browsers tell only when asked. */
export class Routes {
	readonly #peer: SwarmPeer;
	readonly #known = new Map<PeerId, { readonly route: Route; readonly at: number }>();

	constructor(peer: SwarmPeer) { this.#peer = peer; }

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
export function peopleOf(snapshot: NodeSnapshot, route: (peer: PeerId) => Route): PersonView[] {
	return snapshot.links.map((link) => ({
		id: link.peer,
		name: link.name,
		route: route(link.peer),
		held: link.completeRevision > 0 ? 1 : link.held,
		positionSec: link.position && link.position.ms / 1000,
		playing: link.position?.playing ?? false,
		downBps: link.downBps,
		upBps: link.upBps,
		rttMs: link.rttMs,
	}));
}
