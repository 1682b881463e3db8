/**
 * The peer of one share in a page or a bridge: a node, and the connections it asks for. Signals go through the tracker
 * that introduced the two, or over a neighbour that knows both; the greeting makes sure of who is at the other end
 * whatever carried them. Where no data channel comes about in a few seconds, the two call each other over a bridge.
 */
import * as v from 'valibot';
import type { Bytes } from '../base/bytes.ts';
import { sample } from '../base/rng.ts';
import { base64url, fromUtf8, utf8 } from '../base/text.ts';
import { SECOND, type Ms } from '../base/units.ts';
import type { OpenLine } from '../ports/bridge-line.ts';
import { parsePeerId, type LinkId, type PeerId } from '../protocol/ids.ts';
import { MAX_SIGNAL_BYTES } from '../protocol/limits.ts';
import { VISITS } from '../protocol/hello.ts';
import { greet, type Greeted } from '../runtime/greeting.ts';
import { PeerNode, type NodeHost, type PeerNodeInit } from '../runtime/peer-node.ts';
import type { LinkSnapshot, NodeSnapshot } from '../runtime/snapshot.ts';
import type { NamedBridge, TrackerSession } from '../runtime/tracker-session.ts';
import { BridgeCalls, bridgeIn, callOver } from './bridge-calls.ts';
import type { DataChannelTransport } from './data-channel-transport.ts';
import type { MakeDataPeer } from './data-peer.ts';
import { RtcConnector } from './rtc-connector.ts';

/** An attempt is given up after this long: connecting takes a fifth of a second, over relays two. */
const CONNECT_MS = 12 * SECOND;

/**
 * A data channel that is not there by then is behind a firewall, most likely: a bridge is tried beside it. Whoever was
 * connected to lets the other begin.
 */
const CALL_AFTER: { readonly initiator: Ms; readonly other: Ms } = { initiator: 4 * SECOND, other: 6 * SECOND };

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
	/** For pages: how a bridge is reached. */
	readonly openLine?: OpenLine;
	readonly host: Pick<NodeHost, 'described' | 'changed' | 'equivocated' | 'storeFailed'>;
	/** Peers introduced at first. */
	readonly wants: number;
	/** It looks at what the share is: trackers do not count it, and screens of others do not show it. */
	readonly visits?: boolean;
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
	/** Those connected who only look at what the share is. */
	readonly #visitors = new Set<PeerId>();
	readonly #calls: BridgeCalls;
	readonly #bridged = new Set<PeerId>();
	#stopListening: (() => void)[] = [];
	#closed = false;

	constructor(init: SwarmPeerInit) {
		this.#init = init;
		this.#calls = new BridgeCalls({
			...init, openLine: init.openLine,
			connected: (peer, greeted, initiator) => this.#reachedByBridge(peer, greeted, initiator),
			failed: (peer) => { if (!this.#attempts.has(peer)) this.node.connectFailed(peer); },
		});
		this.node = new PeerNode({
			...init,
			host: {
				...init.host,
				described: (descriptor) => init.host.described(descriptor),
				changed: () => init.host.changed(),
				equivocated: () => init.host.equivocated(),
				parted: (peer) => {
					this.#transports.delete(peer);
					this.#visitors.delete(peer);
					this.#bridged.delete(peer);
				},
				storeFailed: (fault) => init.host.storeFailed(fault),
				connect: (peer, relays) => this.#connect(peer, relays),
				signal: (from, via, signal) => this.#hear(from, fromUtf8(signal) ?? '', { by: 'link', link: via }),
				find: (count) => { for (const tracker of init.trackers) tracker.find(init.share, count); },
			},
		});
	}

	/** Connections being made. */
	get connecting(): number { return new Set([...this.#attempts.keys(), ...this.#calls.peers]).size; }

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
			tracker.join(this.#init.share, this.#init.wants, this.#init.visits);
		}
	}

	/** What the node is doing, without those who only look at what the share is; who takes of the film is no visitor. */
	snapshot(): NodeSnapshot {
		const snapshot = this.node.snapshot();
		const isShown = (link: LinkSnapshot) => link.uploadedBytes > 0 || !this.#visitors.has(link.peer);
		return { ...snapshot, links: snapshot.links.filter(isShown) };
	}

	/** How the bytes of a connected peer travel. */
	async routeTo(peer: PeerId): Promise<'lan' | 'direct' | 'relay' | 'bridge' | undefined> {
		if (this.#bridged.has(peer)) return 'bridge';
		return (await this.#transports.get(peer)?.path())?.route;
	}

	/** Leaves the swarm. */
	async close(reason: 'leaving' | 'stopped'): Promise<void> {
		this.#closed = true;
		for (const stop of this.#stopListening.splice(0)) stop();
		for (const tracker of this.#init.trackers) tracker.leave(this.#init.share);
		for (const attempt of this.#attempts.values()) attempt.connector.cancel();
		this.#attempts.clear();
		this.#calls.close();
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
		if (this.#attempts.has(peer) || this.#calls.isCalling(peer)) return; // it began before we did
		if (!way) return this.#later(peer);
		this.#begin(peer, { id: base64url(this.#init.crypto.random(8)), initiator: true, way });
	}

	/** A tracker knows nobody of that id: what was begun over it leads nowhere. */
	#absent(tracker: TrackerSession, id: string | undefined): void {
		const peer = parsePeerId(id ?? '');
		const attempt = peer && this.#attempts.get(peer);
		if (attempt?.way.by !== 'tracker' || attempt.way.tracker !== tracker || !peer) return;
		this.#attempts.delete(peer);
		this.#calls.cancel(peer);
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
		this.#init.clock.after(about.initiator ? CALL_AFTER.initiator : CALL_AFTER.other, () => {
			if (this.#attempts.get(peer) === attempt) this.#call(peer, attempt);
		});
		return attempt;
	}

	#failed(peer: PeerId, attempt: Attempt): void {
		if (this.#attempts.get(peer) !== attempt) return;
		this.#attempts.delete(peer);
		if (!this.#call(peer, attempt)) this.node.connectFailed(peer);
	}

	/** Asks the peer to a bridge that both know. Whether a call is under way. */
	#call(peer: PeerId, attempt: Attempt): boolean {
		if (this.#closed || !this.#calls.canCall) return false;
		if (this.#calls.isCalling(peer)) return true;
		const [bridge] = sample(this.#init.rng, this.#bridgesOf(attempt.way), 1);
		if (!bridge) return false;
		this.#tell(peer, attempt, callOver(bridge.name));
		this.#calls.call(peer, bridge.url, attempt.initiator);
		return this.#calls.isCalling(peer);
	}

	/** A peer waits at a bridge: one that our own tracker names, or nobody knows whose it is. */
	#called(peer: PeerId, name: string, way: Way): void {
		const bridge = this.#bridgesOf(way).find((each) => each.name === name);
		if (bridge) this.#calls.call(peer, bridge.url, this.#attempts.get(peer)?.initiator ?? false);
	}

	#bridgesOf(way: Way): readonly NamedBridge[] {
		return way.by === 'tracker' ? way.tracker.bridges : this.#init.trackers.flatMap(({ bridges }) => bridges);
	}

	#reachedByBridge(peer: PeerId, { transport, hello }: Greeted, initiator: boolean): void {
		const attempt = this.#attempts.get(peer);
		this.#attempts.delete(peer);
		attempt?.connector.cancel();
		if (this.#closed || this.#transports.has(peer)) return transport.close('done');
		this.#bridged.add(peer);
		this.node.addLink(transport, { peer, name: hello.name, initiator });
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
		const bridge = bridgeIn(parsed.signal);
		if (bridge !== undefined) return this.#called(from, bridge, way);
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
		const { visits = false } = this.#init;
		const init = { crypto: primitives, clock, authKey, greeting, name: this.#init.name(), visits };
		void greet(transport, init).then((greeted) => {
			if (this.#attempts.get(peer) === attempt) this.#attempts.delete(peer);
			if (!greeted.ok || this.#closed) {
				if (greeted.ok) greeted.value.transport.close('done');
				return this.#calls.isCalling(peer) ? undefined : this.node.connectFailed(peer);
			}
			this.#calls.cancel(peer);
			this.#transports.set(peer, transport);
			const { hello: { name, features }, transport: greetedTransport } = greeted.value;
			if ((features & VISITS) !== 0) this.#visitors.add(peer);
			else this.#visitors.delete(peer);
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
