/** A peer on Node that others reach by TCP: real sockets, real time, everything it holds in memory. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { nodeClock } from '../../node/node-clock.ts';
import { DEFAULT_PLACES, Places, type PlaceLimits } from '../../bridge/places.ts';
import { Reception, type HostedShare } from '../../bridge/reception.ts';
import { TcpFace } from '../../bridge/tcp/tcp-face.ts';
import { ok } from '../../shared/base/result.ts';
import { seededRng } from '../../shared/base/rng.ts';
import type { StoredGroup } from '../../shared/ports/group-store.ts';
import { peerIdFrom, type ShareId } from '../../shared/protocol/ids.ts';
import { PeerNode } from '../../shared/runtime/peer-node.ts';
import { MemoryGroupStore } from '../../shared/testkit/memory-group-store.ts';
import { MemoryPartStore, type TestShare } from '../../shared/testkit/share-bed.ts';
import { testCrypto } from '../../shared/testkit/test-crypto.ts';

/** Takes part in test shares. */
export class TcpBridge {
	readonly places: Places;
	readonly #crypto: ReturnType<typeof testCrypto>;
	readonly #name: string;
	readonly #shares = new Map<ShareId, HostedShare & { readonly node: PeerNode }>();
	readonly #face: TcpFace;
	readonly #server: Server;

	constructor(name: string, seed: number, limits: PlaceLimits = DEFAULT_PLACES) {
		this.#name = name;
		this.#crypto = testCrypto(seed);
		this.places = new Places(limits);
		const find = (share: ShareId) => this.#shares.get(share);
		const face = new TcpFace(new Reception({ crypto: this.#crypto, clock: nodeClock, places: this.places, find }));
		this.#face = face;
		this.#server = createServer((socket) => face.accept(socket));
	}

	/** Listens on a free port of this machine. */
	async start(): Promise<this> {
		this.#server.listen(0, '127.0.0.1');
		await once(this.#server, 'listening');
		return this;
	}

	get port(): number { return (this.#server.address() as AddressInfo).port; }

	/** Takes part in a share of which it has nothing, and wants all. */
	join(share: TestShare): PeerNode {
		const node = this.#nodeOf(share, new Map(), new MemoryPartStore());
		node.setBackground(true);
		return node;
	}

	/** Takes part in a share of which it has everything. */
	async seed(share: TestShare): Promise<PeerNode> {
		const parts = new MemoryPartStore();
		for (const of of ['part', 'list'] as const) {
			for (const [part, bytes] of share.attachment[of === 'part' ? 'parts' : 'lists'].entries()) {
				await parts.put({ attachment: 0, since: 1, of, part }, bytes);
			}
		}
		const node = this.#nodeOf(share, new Map(share.groups), parts);
		await node.describe(share.descriptor.bytes);
		node.attachmentsHeld(share.descriptor.revision);
		return node;
	}

	/** Says goodbye and lets go of everything. */
	async close(): Promise<void> {
		for (const { node } of this.#shares.values()) await node.close('leaving');
		this.#face.close();
		this.#server.close();
		await once(this.#server, 'close');
	}

	#nodeOf(share: TestShare, kept: Map<number, StoredGroup>, parts: MemoryPartStore): PeerNode {
		const { keys: { id }, link: { auth } } = share;
		const self = peerIdFrom(this.#crypto.random(16));
		const nothing = () => undefined;
		const node = new PeerNode({
			share: id, self, crypto: this.#crypto, clock: nodeClock, rng: seededRng(1), parts,
			openStore: (layout) => Promise.resolve(ok(new MemoryGroupStore(layout.groups, kept))),
			host: {
				connect: (peer) => queueMicrotask(() => node.connectFailed(peer)),
				signal: nothing, find: nothing, described: nothing, changed: nothing, storeFailed: nothing,
				equivocated: nothing, parted: nothing,
			},
		});
		node.start();
		this.#shares.set(id, { share: id, self, authKey: auth, name: this.#name, node });
		return node;
	}
}
