/** What a tracker knows while it runs, and how a connection begins and ends. Nothing here outlives the process. */
import type { Bytes } from '../../shared/base/bytes.ts';
import type { Rng } from '../../shared/base/rng.ts';
import { SECOND, type Ms } from '../../shared/base/units.ts';
import type { PeerId, ShareId } from '../../shared/protocol/ids.ts';
import type { CloseReason, IceServer, TrackerMessage } from '../../shared/protocol/tracker-message.ts';
import { Addresses, type Address } from './addresses.ts';
import { Catalogue, type ListingShelf } from './catalogue.ts';
import type { Shelf } from './descriptors.ts';
import { Budget, type Limits } from './limits.ts';
import { Names } from './names.ts';
import { Swarms } from './swarm.ts';

/** What the rules ask the world for. */
export interface Surroundings {
	readonly rng: Rng;
	/** A new text of at most 64 characters that nobody can guess. */
	readonly secret: () => string;
	readonly shelf: Shelf & ListingShelf;
	/** Where listed films are for programs, if somewhere: `:port` of this host, or a URL. */
	readonly bridge: () => string | undefined;
	readonly limits: Limits;
	readonly iceServers: readonly IceServer[];
	/** Addresses of the bridges that pages are told of. */
	readonly bridges: () => readonly string[];
}

/** What the rules want done. Nothing is sent to a session after its `close`. */
export type Effect =
	| { readonly type: 'send'; readonly to: Session; readonly message: TrackerMessage }
	| { readonly type: 'close'; readonly session: Session; readonly reason: CloseReason }
	/** A message to everybody who browses the catalogue. */
	| { readonly type: 'announce'; readonly message: TrackerMessage }
	/** Find out whether this is the share's descriptor, and say so by `checked`. */
	| { readonly type: 'check'; readonly session: Session; readonly share: ShareId; readonly descriptor: Bytes }
	/** Find out whether this is the share's word on the catalogue, and say so by `listingChecked`. */
	| { readonly type: 'check-listing'; readonly session: Session; readonly share: ShareId; readonly statement: Bytes };

/** What a connection has proved. */
export type Standing =
	| { readonly state: 'new' }
	| {
		readonly state: 'greeted'; readonly peer: PeerId; name: string; readonly resume: string;
		readonly shares: Set<ShareId>;
		/** It spoke after `welcome`. Before, the secret may be lost on its way, and nobody else can know the id. */
		knowsSecret: boolean;
	}
	| { readonly state: 'gone' };

/** A connection whose `hello` was accepted. */
export type Greeted = Extract<Standing, { state: 'greeted' }>;

/** One connection. */
export interface Session {
	readonly address: Address;
	readonly budget: Budget;
	readonly openedAt: Ms;
	standing: Standing;
}

/** An id that nobody has now, kept for whoever had it until he comes back. */
export interface Reservation extends Readonly<Pick<Greeted, 'resume' | 'name' | 'knowsSecret'>> { readonly until: Ms }

/** Everything. */
export interface TrackerState {
	readonly swarms: Swarms;
	readonly names: Names;
	readonly addresses: Addresses;
	readonly sessions: Set<Session>;
	/** The greeted sessions, by the peer they proved to be. */
	readonly peers: Map<PeerId, Session>;
	/** Oldest first. */
	readonly reserved: Map<PeerId, Reservation>;
	readonly catalogue: Catalogue;
	/** Those who are told what changes in the catalogue. */
	readonly browsing: Set<Session>;
	readonly outside: Surroundings;
}

/** A connection says hello within this time, or ends. */
export const HELLO_WITHIN: Ms = 10 * SECOND;
/** How long an id is kept for a peer who lost his connection, as a phone does that changes networks. */
export const RESERVED_FOR: Ms = 120 * SECOND;
/** Ids kept at most; a flood of short connections pushes the oldest out. Some 30 MB. */
const MAX_RESERVED = 100_000;

/** A tracker that knows nobody, and what was listed before. */
export function makeState(outside: Surroundings): TrackerState {
	const listed = outside.shelf.listed();
	return {
		catalogue: new Catalogue(listed.ok ? listed.value : []), browsing: new Set(),
		swarms: new Swarms(), names: new Names(), addresses: new Addresses(outside.limits.perAddress),
		sessions: new Set(), peers: new Map(), reserved: new Map(), outside,
	};
}

/** Lets a connection in, or not. `too-fast`: this address opens too many in a short time. */
export function open(state: TrackerState, addressName: string, now: Ms): Session | 'too-fast' | 'too-many-connections' {
	const { limits } = state.outside;
	const address = state.addresses.at(addressName, now);
	if (!address.opens.take(1, now)) return 'too-fast';
	const full = state.sessions.size >= limits.connections || address.connections >= limits.perAddress.connections;
	if (full) return 'too-many-connections';
	const session: Session = {
		address, budget: new Budget(limits.perConnection, now), openedAt: now, standing: { state: 'new' },
	};
	address.connections += 1;
	state.sessions.add(session);
	return session;
}

/** Forgets a connection: it is in no swarm any more, and its id is kept for a while. Twice is once. */
export function end(state: TrackerState, session: Session, now: Ms): void {
	const { standing } = session;
	if (standing.state === 'gone') return;
	session.standing = { state: 'gone' };
	session.address.connections -= 1;
	state.sessions.delete(session);
	state.browsing.delete(session);
	if (standing.state !== 'greeted') return;
	for (const share of standing.shares) state.swarms.leave(share, standing.peer);
	state.names.release(standing.name);
	state.peers.delete(standing.peer);
	reserve(state, standing, now);
}

/** Ends connections that never said hello, and forgets what is over. To be called every few seconds. */
export function sweep(state: TrackerState, now: Ms): readonly Effect[] {
	for (const [peer, { until }] of state.reserved) {
		if (until > now) break;
		state.reserved.delete(peer);
	}
	state.addresses.sweep(now);
	return [...state.sessions]
		.filter(({ standing, openedAt }) => standing.state === 'new' && now - openedAt >= HELLO_WITHIN)
		.flatMap((session) => dismiss(state, session, 'silent', now));
}

/** What is remembered of a peer who lost his connection a short time ago. */
export function reservation(state: TrackerState, peer: PeerId, now: Ms): Reservation | undefined {
	const reserved = state.reserved.get(peer);
	return reserved && reserved.until > now ? reserved : undefined;
}

/** Ends a connection of our own accord. */
export function dismiss(state: TrackerState, session: Session, reason: CloseReason, now: Ms): readonly Effect[] {
	if (session.standing.state === 'gone') return [];
	end(state, session, now);
	return [{ type: 'close', session, reason }];
}

function reserve(state: TrackerState, { peer, resume, name, knowsSecret }: Greeted, now: Ms): void {
	if (!knowsSecret) return; // nobody could prove to have had it
	state.reserved.delete(peer); // a Map keeps the first place of a key
	state.reserved.set(peer, { resume, name, knowsSecret, until: now + RESERVED_FOR });
	if (state.reserved.size <= MAX_RESERVED) return;
	for (const oldest of state.reserved.keys()) return void state.reserved.delete(oldest);
}
