/** The peer of a film I share: its store is the file, of which it certifies each group the first time it is asked. */
import type { StoreFault } from '../../shared/ports/group-store.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import type { GroupTree } from '../../shared/protocol/merkle.ts';
import { SwarmPeer } from '../../shared/rtc/swarm-peer.ts';
import type { TrackerSession } from '../../shared/runtime/tracker-session.ts';
import { CertifyingStore } from '../../shared/runtime/certifying-store.ts';
import type { FileGroupSource } from '../peer/file-group-source.ts';
import { openLine } from '../peer/open-line.ts';
import { makeDataPeer } from '../peer/simple-peer.ts';
import type { PageContext } from './page-context.ts';
import type { Sealing } from '../../shared/runtime/sealing.ts';
import type { Keys } from './share-keys.ts';

/** Peers the tracker introduces to a sharer at first: usually they come to it. */
const FIRST_PEERS = 8;

/** What {@link sharePeer} is made of. */
export interface SharePeerInit {
	readonly context: PageContext;
	readonly id: ShareId;
	readonly keys: Keys;
	readonly source: FileGroupSource;
	readonly sealing: Pick<Sealing, 'rootOf'>;
	/** Of the sealed film, once its root has been told. */
	readonly tree: () => GroupTree | undefined;
	/** Something that a person might see changed. */
	readonly changed: () => void;
	/** What was certified could not be kept, so it must not be told. */
	readonly unkept: () => void;
	/** The file failed. */
	readonly failed: (fault: StoreFault) => void;
}

/** Does something once a tracker has this revision of a share, or a later one. */
export function onceKept(
	tracker: TrackerSession, share: ShareId, when: { readonly revision: () => number; readonly then: () => void },
): void {
	const stopListening = tracker.listen({
		published: (published, revision) => {
			if (published !== share || revision < when.revision()) return;
			stopListening();
			when.then();
		},
	});
}

/** Makes the peer; it does nothing until it is started. */
export function sharePeer(init: SharePeerInit): SwarmPeer {
	const { context, id, keys, source, sealing, tree, changed, unkept, failed } = init;
	const { self, crypto, clock, rng, records } = context.parts;
	return new SwarmPeer({
		share: id, self, crypto, clock, rng, authKey: keys.link.auth, name: () => context.name,
		trackers: context.trackers([]), wants: FIRST_PEERS, parts: records.parts(id),
		makePeer: makeDataPeer, openLine, limit: (peer) => context.limits.join(peer, 'shared'),
		openStore: (layout) => Promise.resolve({ ok: true, value: new CertifyingStore({
			crypto, keys: keys.share, layout, tree,
			load: async (group) => {
				const loaded = await source.loadGroup(group);
				if (!loaded.ok) failed(loaded.error);
				return loaded;
			},
			certified: (group) => records.certified(id, group),
			found: (group) => sealing.rootOf(group),
			keep: async (group, certified) => {
				const kept = await records.putCertified(id, group, certified);
				if (!kept.ok) unkept();
				return kept;
			},
			changed: () => failed('changed'),
		}) }),
		host: {
			described: changed, changed, storeFailed: failed,
			equivocated: () => undefined, // this page alone signs; a viewer says so to whoever watches
		},
	});
}
