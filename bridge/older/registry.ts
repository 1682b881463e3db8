/**
 * Whom the second older system's programs know of: what its tracker keeps. Nothing here is proved by anybody, so all of
 * it is bounded, and an address is only believed as far as the connection came from it.
 */
import { SECOND, type Ms } from '../../shared/base/units.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import { fitting } from './hear.ts';

/** A peer without a sign of life is forgotten after this long, as it always was. */
const FORGOTTEN_AFTER: Ms = 300 * SECOND;

/** Peers at once, of one address, and films that one may announce. */
const MAX_PEERS = 256;
const MAX_PEERS_AT_ONE = 16;
const MAX_VIDEOS = 256;

/** Their ids: what a person chose as a name, or hex digits. */
const ID = /^[^\p{Cc}\p{Zl}\p{Zp}]{1,64}$/u;

/** Where a peer is. */
export interface OlderPeer { readonly peer_id: string; readonly host: string; readonly port: number }

/** What a peer announced. */
export interface Offer extends OlderPeer { readonly videoId: string }

interface Registered extends OlderPeer { readonly address: string; seenAt: Ms; readonly videos: Set<string> }

/** Who asks, and us as they can reach us. */
export interface Asker { readonly address: string; readonly us: OlderPeer; readonly ourVideos: readonly string[] }

type Request = Readonly<Record<string, unknown>>;

const WRONG = { status: 'error', message: 'Missing or wrong information' };

/** One tracker's memory. */
export class OlderRegistry {
	readonly #clock: Clock;
	readonly #peers = new Map<string, Registered>();

	constructor(clock: Clock) { this.#clock = clock; }

	/** The answer to one request, as text that one read takes. */
	answer(request: Request, asker: Asker): string {
		this.#forget();
		switch (request.type) {
			case 'REGISTER': return JSON.stringify(this.#register(request, asker));
			case 'UNREGISTER': return JSON.stringify(this.#unregister(request, asker));
			case 'HEARTBEAT': return JSON.stringify(this.#beat(request, asker));
			case 'ANNOUNCE_VIDEO': return JSON.stringify(this.#announce(request, asker));
			case 'GET_PEERS': return fitting(this.#all(asker), (peers) => ({ status: 'success', peers, count: peers.length }));
			case 'FIND_VIDEO': {
				const holders = this.#holders(asker, request.video_id);
				return fitting(holders, (peers) => ({ status: 'success', peers, count: peers.length }));
			}
			case 'GET_ALL_VIDEOS': {
				const videos = [...this.#videos(asker)].map((id) => [id, this.#holders(asker, id)] as const);
				return fitting(videos, (some) => ({ status: 'success', videos: Object.fromEntries(some), count: some.length }));
			}
			default: return JSON.stringify({ status: 'error', message: 'Unknown request type' });
		}
	}

	/** All that is announced now, at the addresses it was announced from. */
	offers(): readonly Offer[] {
		this.#forget();
		return [...this.#peers.values()].flatMap(({ videos, peer_id, address, port }) => {
			return [...videos].map((videoId) => ({ videoId, peer_id, host: address, port }));
		});
	}

	#register({ peer_id, host, port }: Request, { address, us }: Asker): object {
		const isPort = typeof port === 'number' && Number.isInteger(port) && port > 0 && port <= 65_535;
		if (!isId(peer_id) || !isId(host) || !isPort || peer_id === us.peer_id) return WRONG;
		const before = this.#peers.get(peer_id);
		if (before && before.address !== address) return { status: 'error', message: 'This name is taken' };
		const neighbours = [...this.#peers.values()].filter((peer) => peer.address === address).length;
		const isFull = this.#peers.size >= MAX_PEERS || neighbours >= MAX_PEERS_AT_ONE;
		if (!before && isFull) return { status: 'error', message: 'No more peers are taken' };
		const videos = before?.videos ?? new Set<string>();
		this.#peers.set(peer_id, { peer_id, host, port, address, seenAt: this.#clock.now(), videos });
		return { status: 'success', message: 'Peer registered successfully', peer_count: this.#peers.size + 1 };
	}

	#unregister(request: Request, asker: Asker): object {
		const peer = this.#own(request, asker);
		if (peer) this.#peers.delete(peer.peer_id);
		return { status: 'success', message: 'Peer unregistered' };
	}

	#beat(request: Request, asker: Asker): object {
		return this.#own(request, asker) ? { status: 'success' } : { status: 'error', message: 'Peer not registered' };
	}

	#announce(request: Request, asker: Asker): object {
		const peer = this.#own(request, asker);
		if (!isId(request.video_id)) return WRONG;
		if (!peer) return { status: 'error', message: 'Peer not registered' };
		if (peer.videos.size >= MAX_VIDEOS && !peer.videos.has(request.video_id)) {
			return { status: 'error', message: 'No more videos are taken' };
		}
		peer.videos.add(request.video_id);
		return { status: 'success', message: 'Video announced' };
	}

	/** The asker's own entry: only whoever is where it registered may speak for it. It thereby gives a sign of life. */
	#own({ peer_id }: Request, { address }: Asker): Registered | undefined {
		const peer = typeof peer_id === 'string' ? this.#peers.get(peer_id) : undefined;
		if (peer?.address !== address) return undefined;
		peer.seenAt = this.#clock.now();
		return peer;
	}

	#all({ us }: Asker): readonly OlderPeer[] {
		return [us, ...[...this.#peers.values()].map(({ peer_id, host, port }) => ({ peer_id, host, port }))];
	}

	#videos({ ourVideos }: Asker): ReadonlySet<string> {
		return new Set([...ourVideos, ...[...this.#peers.values()].flatMap(({ videos }) => [...videos])]);
	}

	#holders({ us, ourVideos }: Asker, videoId: unknown): readonly OlderPeer[] {
		const others = [...this.#peers.values()].filter(({ videos }) => videos.has(String(videoId)));
		const holders = others.map(({ peer_id, host, port }) => ({ peer_id, host, port }));
		return ourVideos.includes(String(videoId)) ? [us, ...holders] : holders;
	}

	#forget(): void {
		const now = this.#clock.now();
		for (const [id, { seenAt }] of this.#peers) if (now - seenAt > FORGOTTEN_AFTER) this.#peers.delete(id);
	}
}

function isId(value: unknown): value is string { return typeof value === 'string' && ID.test(value); }
