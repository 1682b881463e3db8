/** Somebody on Node who shares a film through a tracker and data channels, as a page would. */
import { nodeClock } from '../../node/node-clock.ts';
import { nodeCrypto } from '../../node/node-crypto.ts';
import { ok } from '../../shared/base/result.ts';
import { seededRng } from '../../shared/base/rng.ts';
import { makeDescriptor } from '../../shared/protocol/descriptor.ts';
import { peerIdFrom, type Layout } from '../../shared/protocol/ids.ts';
import type { OpenLine } from '../../shared/ports/bridge-line.ts';
import type { ShareLink } from '../../shared/protocol/share-link.ts';
import type { MakeDataPeer } from '../../shared/rtc/data-peer.ts';
import { SwarmPeer } from '../../shared/rtc/swarm-peer.ts';
import { TrackerSession } from '../../shared/runtime/tracker-session.ts';
import { MemoryGroupStore } from '../../shared/testkit/memory-group-store.ts';
import { makeTestShare, MemoryPartStore, type TestShare } from '../../shared/testkit/share-bed.ts';
import { openTrackerSocket } from '../node-tracker-socket.ts';

/** Of one film. */
export class Sharer {
	readonly share: TestShare;
	readonly link: ShareLink;
	readonly peer: SwarmPeer;
	readonly #tracker: TrackerSession;

	private constructor(share: TestShare, peer: SwarmPeer, tracker: TrackerSession) {
		this.share = share;
		this.peer = peer;
		this.#tracker = tracker;
		this.link = { id: share.keys.id, key: share.linkKey, trackers: [], startSec: undefined };
	}

	/** Shares so many bytes, or what somebody else shares already. */
	static async start(
		url: string, film: number | TestShare, makePeer: MakeDataPeer, openLine?: OpenLine,
	): Promise<Sharer> {
		const share = typeof film === 'number' ? await makeTestShare(film) : film;
		const self = peerIdFrom(nodeCrypto.random(16));
		const rng = seededRng(1);
		const tracker = new TrackerSession({ url, self, open: openTrackerSocket, clock: nodeClock, rng });
		const parts = new MemoryPartStore();
		for (const [part, bytes] of share.attachment.parts.entries()) {
			await parts.put({ attachment: 0, since: 1, of: 'part', part }, bytes);
		}
		const openStore = ({ groups }: Layout) =>
			Promise.resolve(ok(new MemoryGroupStore(groups, new Map(share.groups), nodeCrypto.sha256Now)));
		const peer = new SwarmPeer({
			share: share.keys.id, self, crypto: nodeCrypto, clock: nodeClock, rng, authKey: share.link.auth, name: () => 'sharer',
			trackers: [tracker], makePeer, ...(openLine && { openLine }), wants: 8, parts, openStore,
			host: {
				described: () => undefined, changed: () => undefined, storeFailed: () => undefined,
				equivocated: () => undefined,
			},
		});
		await peer.node.describe(share.descriptor.bytes);
		peer.node.attachmentsHeld(1);
		tracker.publish(share.keys.id, share.descriptor);
		peer.start();
		tracker.start();
		return new Sharer(share, peer, tracker);
	}

	/** Stops sharing for good. */
	async revoke(): Promise<void> {
		const draft = { state: 'revoked', revision: 2 } as const;
		const revoked = await makeDescriptor(nodeCrypto, draft, { share: this.share.keys, link: this.share.link });
		if (!revoked.ok) throw new Error(revoked.error);
		this.#tracker.publish(this.share.keys.id, revoked.value);
		await this.peer.node.describe(revoked.value.bytes);
	}

	/** Closes the page. */
	async leave(): Promise<void> {
		await this.peer.close('leaving');
		this.#tracker.close();
	}
}
