/**
 * The peer of one share in a page or a bridge: a node, and the connections it asks for. Signals go through the tracker
 * that introduced the two, or over a neighbour that knows both; the greeting makes sure of who is at the other end
 * whatever carried them.
 */
import * as v from 'valibot';
import type { Bytes } from '../base/bytes.ts';
import { base64url, fromUtf8, utf8 } from '../base/text.ts';
import { SECOND } from '../base/units.ts';
import { parsePeerId, type LinkId, type PeerId } from '../protocol/ids.ts';
import { MAX_SIGNAL_BYTES } from '../protocol/limits.ts';
import { greet } from '../runtime/greeting.ts';
import { PeerNode, type NodeHost, type PeerNodeInit } from '../runtime/peer-node.ts';
import type { TrackerSession } from '../runtime/tracker-session.ts';
import type { DataChannelTransport } from './data-channel-transport.ts';
import type { MakeDataPeer } from './data-peer.ts';
import { RtcConnector } from './rtc-connector.ts';

/** An attempt is given up after this long: connecting takes a fifth of a second, over relays two. */
const CONNECT_MS = 12 * SECOND;

/** Attempts at once that others began: a class opening the link together, and some. */
const MAX_ATTEMPTS = 64;

/** Introductions remembered, the latest: more than the engine keeps candidates. */
const MAX_INTRODUCED = 1024;

/** A signal as it travels: `attempt` tells those of a new connection from late ones of the last. */
const envelope = v.object({
	attempt: v.pipe(v.string(), v.regex(/^[\w-]{1,22}$/)),
	signal: v.pipe(v.string(), v.maxLength(MAX_SIGNAL_BYTES)),
});

/** Where a signal goes: to a tracker, or over a neighbour. */
type Way =
	| { readonly by: 'tracker'; readonly tracker: TrackerSession }
	| { readonly by: 'link'; readonly link: LinkId };

interface Attempt {
	readonly id: string;
	readonly connector: RtcConnector;
	readonly initiator: boolean;
	readonly way: Way;
}

/** What a swarm peer is made of. The host's other calls are passed on. */
export interface SwarmPeerInit extends Omit<PeerNodeInit, 'host'> {
	readonly authKey: Bytes;
	readonly name: () => string;
	readonly trackers: readonly TrackerSession[];
	readonly makePeer: MakeDataPeer;
	readonly host: Pick<NodeHost, 'described' | 'changed' | 'equivocated' | 'storeFailed'>;
	/** Peers introduced at first. */
	readonly wants: number;
	/** Who says what it may send and fetch, from its start until the return value is called. */
	readonly limit?: (peer: Limited) => () => void;
}

/** A peer as far as limits matter. Bytes a second; undefined: as many as go. */
export interface Limited {
	setLimits(up: number | undefined, down: number | undefined): void;
	/** Whether somebody is connected. */
	readonly isBusy: boolean;
}

/** One share. */
export class SwarmPeer {
	readonly node: PeerNode;
	readonly #init: SwarmPeerInit;
	readonly #attempts = new Map<PeerId, Attempt>();
	readonly #introducedBy = new Map<PeerId, TrackerSession>();
	readonly #transports = new Map<PeerId, DataChannelTransport>();
	#stopListening: (() => void)[] = [];
	#closed = false;

	constructor(init: SwarmPeerInit) {
		this.#init = init;
		this.node = new PeerNode({
			...init,
			host: {
				...init.host,
				described: (descriptor) => init.host.described(descriptor),
				changed: () => init.host.changed(),
				equivocated: () => init.host.equivocated(),
				parted: (peer) => { this.#transports.delete(peer); },
				storeFailed: (fault) => init.host.storeFailed(fault),
				connect: (peer, relays) => this.#connect(peer, relays),
				signal: (from, via, signal) => this.#hear(from, fromUtf8(signal) ?? '', { by: 'link', link: via }),
				find: (count) => { for (const tracker of init.trackers) tracker.find(init.share, count); },
			},
		});
	}

	/** Connections being made. */
	get connecting(): number { return this.#attempts.size; }

	/** Enters the swarm. */
	start(): void {
		this.node.start();
		const { node } = this;
		const limited: Limited = {
			setLimits: (up, down) => node.setLimits(up, down),
			get isBusy() { return node.snapshot().links.length > 0; },
		};
		if (this.#init.limit) this.#stopListening.push(this.#init.limit(limited));
		for (const tracker of this.#init.trackers) {
			this.#stopListening.push(tracker.listen({
				line: () => this.#init.host.changed(),
				peers: (share, peers, descriptor) => {
					if (share === this.#init.share) this.#introduced(tracker, peers, descriptor);
				},
				signal: (share, from, signal) => {
					if (share === this.#init.share) this.#hear(from, signal, { by: 'tracker', tracker });
				},
				refused: (code, about) => { if (code === 'no-such-peer') this.#absent(tracker, about); },
			}));
			tracker.join(this.#init.share, this.#init.wants);
		}
	}

	/** How the bytes of a connected peer travel. */
	async routeTo(peer: PeerId): Promise<'lan' | 'direct' | 'relay' | undefined> {
		return (await this.#transports.get(peer)?.path())?.route;
	}

	/** Leaves the swarm. */
	async close(reason: 'leaving' | 'stopped'): Promise<void> {
		this.#closed = true;
		for (const stop of this.#stopListening.splice(0)) stop();
		for (const tracker of this.#init.trackers) tracker.leave(this.#init.share);
		for (const attempt of this.#attempts.values()) attempt.connector.cancel();
		this.#attempts.clear();
		await this.node.close(reason);
	}

	#introduced(tracker: TrackerSession, peers: readonly PeerId[], descriptor: Bytes | undefined): void {
		for (const peer of peers) {
			this.#introducedBy.delete(peer);
			this.#introducedBy.set(peer, tracker);
		}
		for (const [peer] of this.#introducedBy) {
			if (this.#introducedBy.size <= MAX_INTRODUCED) break;
			this.#introducedBy.delete(peer);
		}
		if (descriptor) void this.node.describe(descriptor);
		this.node.learnPeers(peers);
	}

	#connect(peer: PeerId, relays: readonly LinkId[]): void {
		const tracker = this.#introducedBy.get(peer);
		const [relay] = relays;
		const trackerIsUp = tracker?.line.state === 'online';
		const over: Way | undefined = relay === undefined ? undefined : { by: 'link', link: relay };
		const way: Way | undefined = trackerIsUp ? { by: 'tracker', tracker } : over;
		if (this.#attempts.has(peer)) return; // it began before we did
		if (!way) return this.#later(peer);
		this.#begin(peer, { id: base64url(this.#init.crypto.random(8)), initiator: true, way });
	}

	/** A tracker knows nobody of that id: what was begun over it leads nowhere. */
	#absent(tracker: TrackerSession, id: string | undefined): void {
		const peer = parsePeerId(id ?? '');
		const attempt = peer && this.#attempts.get(peer);
		if (attempt?.way.by !== 'tracker' || attempt.way.tracker !== tracker || !peer) return;
		this.#attempts.delete(peer);
		attempt.connector.cancel();
		this.node.connectFailed(peer);
	}

	#later(peer: PeerId): void {
		void Promise.resolve().then(() => this.node.connectFailed(peer));
	}

	#begin(peer: PeerId, about: Omit<Attempt, 'connector'>): Attempt {
		const [tracker] = this.#init.trackers;
		const servers = about.way.by === 'tracker' ? about.way.tracker.iceServers : tracker?.iceServers ?? [];
		const connector = new RtcConnector({
			initiator: about.initiator, iceServers: servers, timeout: CONNECT_MS,
			clock: this.#init.clock, makePeer: this.#init.makePeer,
		});
		const attempt = { ...about, connector };
		this.#attempts.set(peer, attempt);
		connector.start({
			signal: (signal) => this.#tell(peer, attempt, signal),
			connected: (transport) => this.#connected(peer, attempt, transport),
			failed: () => this.#failed(peer, attempt),
		});
		return attempt;
	}

	#failed(peer: PeerId, attempt: Attempt): void {
		if (this.#attempts.get(peer) !== attempt) return;
		this.#attempts.delete(peer);
		this.node.connectFailed(peer);
	}

	#tell(peer: PeerId, attempt: Attempt, signal: string): void {
		const text = JSON.stringify({ attempt: attempt.id, signal });
		if (attempt.way.by === 'tracker') attempt.way.tracker.signal(this.#init.share, peer, text);
		else this.node.relay(attempt.way.link, peer, utf8(text));
	}

	/** A signal of a peer: of the attempt that runs, or the beginning of one of theirs. */
	#hear(from: PeerId, text: string, way: Way): void {
		const parsed = parse(text);
		if (!parsed || this.#closed || from === this.#init.self) return;
		const current = this.#attempts.get(from);
		if (current?.id === parsed.attempt) return current.connector.accept(parsed.signal);
		if (!parsed.signal.includes('"offer"')) return; // late, of an attempt that is over
		// Both began: the one begun by the lower id stands, on both sides.
		if (current?.initiator === true && this.#init.self < from) return;
		if (!current && this.#attempts.size >= MAX_ATTEMPTS) return;
		current?.connector.cancel();
		this.#begin(from, { id: parsed.attempt, initiator: false, way }).connector.accept(parsed.signal);
	}

	#connected(peer: PeerId, attempt: Attempt, transport: DataChannelTransport): void {
		const prints = transport.fingerprints();
		if (!prints) {
			transport.close('rejected');
			return this.#failed(peer, attempt);
		}
		const { crypto: primitives, clock, authKey, share, self } = this.#init;
		const greeting = {
			share, sender: self, receiver: peer, senderBinding: prints.local, receiverBinding: prints.remote,
		};
		const init = { crypto: primitives, clock, authKey, greeting, name: this.#init.name() };
		void greet(transport, init).then((greeted) => {
			if (this.#attempts.get(peer) === attempt) this.#attempts.delete(peer);
			if (!greeted.ok || this.#closed) {
				if (greeted.ok) greeted.value.transport.close('done');
				return this.node.connectFailed(peer);
			}
			this.#transports.set(peer, transport);
			const { hello: { name }, transport: greetedTransport } = greeted.value;
			this.node.addLink(greetedTransport, { peer, name, initiator: attempt.initiator });
		});
	}
}

function parse(text: string): v.InferOutput<typeof envelope> | undefined {
	try {
		const parsed = v.safeParse(envelope, JSON.parse(text));
		return parsed.success ? parsed.output : undefined;
	} catch {
		return undefined; // not JSON
	}
}
