/**
 * One share that a bridge takes part in: fetches it whole, keeps it on disk, and passes it on, like any other peer.
 * With the link's key it also reads the film, for faces that hand it to programs.
 */
import { defer } from '../shared/base/deferred.ts';
import { fail, ok } from '../shared/base/result.ts';
import type { Rng } from '../shared/base/rng.ts';
import { MIB, SECOND, type Ms } from '../shared/base/units.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Crypto } from '../shared/ports/crypto.ts';
import type { StoreFault } from '../shared/ports/group-store.ts';
import { contentKeyOf } from '../shared/protocol/descriptor-body.ts';
import { openDescriptor, type ClearDescriptor } from '../shared/protocol/descriptor.ts';
import type { PeerId, ShareId } from '../shared/protocol/ids.ts';
import type { LinkKeys } from '../shared/protocol/keys.ts';
import type { PeerNode } from '../shared/runtime/peer-node.ts';
import type { TrackerSession } from '../shared/runtime/tracker-session.ts';
import type { MakeDataPeer } from '../shared/rtc/data-peer.ts';
import { SwarmPeer } from '../shared/rtc/swarm-peer.ts';
import { UnkeptStore } from '../shared/store/unkept-store.ts';
import type { Film, FilmOutcome } from './film.ts';
import type { DiskStore } from './store/disk-store.ts';

/** Peers the tracker introduces at first. */
const FIRST_PEERS = 12;

/** Peers of one film: programs by the hundred, which cost a bridge less than data channels cost a page. */
const MAX_PEERS = 1024;

/** How long a request waits for somebody who knows the film. */
const PATIENCE: Ms = 15 * SECOND;

/** Bytes of the attachments of a share that we cannot read: index, roots and pictures of ten hours are a quarter. */
const MAX_SEALED_ATTACHMENTS = 64 * MIB;

/** What we know of a share's keys: without that of the descriptor we pass on what we cannot read. */
export type KnownKeys = Pick<LinkKeys, 'auth'> & Partial<Pick<LinkKeys, 'descriptor'>>;

/** The bridge's part in it. */
export interface KeptShareInit {
	readonly share: ShareId;
	readonly keys: KnownKeys;
	readonly self: PeerId;
	readonly crypto: Crypto;
	readonly clock: Clock;
	readonly rng: Rng;
	readonly store: DiskStore;
	readonly trackers: readonly TrackerSession[];
	/** Whether so many bytes may be kept of it. */
	readonly mayKeep: (bytes: number) => boolean;
	readonly makePeer: MakeDataPeer;
	/** As others see it in their list of people. */
	readonly name: string;
	/** Only what is read of it is fetched, nothing is kept, and others are not shown that we look. */
	readonly glances?: boolean;
	/** It was stopped by its sharer, for good. */
	readonly stopped: () => void;
	/** The disk refuses: from now on only what somebody asks for is fetched. */
	readonly storeFailed: (fault: StoreFault) => void;
}

/** Until it is closed. */
export class KeptShare {
	readonly #init: KeptShareInit;
	readonly #peer: SwarmPeer;
	#outcome: FilmOutcome = { state: 'unknown' };
	#waiting: (() => void)[] = [];
	#closing: Promise<void> | undefined;
	/** How many are being sent the film. */
	users = 0;

	constructor(init: KeptShareInit) {
		this.#init = init;
		const { share, self, crypto, clock, rng, store, trackers, makePeer } = init;
		this.#peer = new SwarmPeer({
			share, self, crypto, clock, rng, trackers, makePeer, authKey: init.keys.auth, name: () => init.name,
			wants: FIRST_PEERS, maxLinks: MAX_PEERS, parts: store.parts(share), visits: init.glances === true,
			openStore: async (layout) => {
				if (init.glances) return ok(new UnkeptStore(layout.groups, 'full'));
				const mayKeep = init.mayKeep(layout.size);
				if (!mayKeep) this.node.setBackground(false); // larger than it was said to be: nothing is fetched
				const opened = mayKeep ? await store.openGroups(share, layout) : fail('full' as const);
				if (opened.ok) return opened;
				init.storeFailed(opened.error);
				return ok(new UnkeptStore(layout.groups, opened.error));
			},
			host: {
				described: (descriptor) => void this.#described(descriptor),
				changed: () => undefined,
				equivocated: () => undefined, // the first description stays; whoever watches is told by their page
				storeFailed: (fault) => init.storeFailed(fault),
			},
		});
		this.#peer.node.setBackground(!init.glances);
	}

	/** What is known of the film now. */
	get known(): Film | undefined { return this.#outcome.state === 'here' ? this.#outcome.film : undefined; }
	/** For transports of other kinds, and for tests. */
	get node(): PeerNode { return this.#peer.node; }

	/** Enters the swarm, with what a former run has kept. */
	async start(): Promise<void> {
		this.#peer.start();
		const kept = await this.#init.store.descriptor(this.#init.share);
		if (kept && !this.#closing) await this.node.describe(kept);
	}

	/** What there is of the film; waits a while for somebody who knows. */
	async film(): Promise<FilmOutcome> {
		if (this.#outcome.state !== 'unknown' || this.#closing) return this.#outcome;
		const { promise, resolve } = defer<undefined>();
		const settle = () => resolve(undefined);
		this.#waiting.push(settle);
		const cancel = this.#init.clock.after(PATIENCE, settle);
		await promise;
		cancel();
		this.#waiting = this.#waiting.filter((other) => other !== settle);
		return this.#outcome;
	}

	/** Leaves the swarm. What is kept stays. */
	close(): Promise<void> {
		return this.#closing ??= this.#peer.close('leaving').then(() => this.#wake());
	}

	async #described(descriptor: ClearDescriptor): Promise<void> {
		if (descriptor.state === 'revoked') {
			this.#settle({ state: 'stopped' });
			return this.#init.stopped();
		}
		if (!this.#init.glances) void this.#init.store.putDescriptor(this.#init.share, descriptor.bytes);
		const film = await this.#filmIn(descriptor);
		if (descriptor !== this.node.descriptor) return; // a newer one came meanwhile
		const attachedBytes = descriptor.attachments.reduce((sum, { contentBytes }) => sum + contentBytes, 0);
		if (film === 'sealed' && attachedBytes > MAX_SEALED_ATTACHMENTS) return;
		if (film !== 'unknown' && film !== 'sealed') this.#settle(film === 'wrong-key' ? { state: 'wrong-key' } : { state: 'here', film });
		if (this.#init.glances) return;
		if (await this.node.attachments.fetchAll() && descriptor === this.node.descriptor) {
			this.node.attachmentsHeld(descriptor.revision);
		}
	}

	/** `unknown`: its size is not, so nothing of it can be read yet. `sealed`: we have no key that opens it. */
	async #filmIn(descriptor: ClearDescriptor): Promise<Film | 'wrong-key' | 'unknown' | 'sealed'> {
		const { crypto, keys } = this.#init;
		if (!keys.descriptor) return 'sealed';
		const opened = await openDescriptor(crypto, descriptor, keys.descriptor);
		if (!opened.ok) return 'wrong-key';
		const { title, type, durationSec, access } = opened.value;
		const reader = this.node.reader(contentKeyOf(access));
		const isWhole = () => this.#holdsAll;
		const about = { id: descriptor.id, title, type, durationSec, root: descriptor.root, isWhole };
		return reader ? { ...about, reader } : 'unknown';
	}

	/** Every chunk; attachments do not matter to who wants the film. */
	get #holdsAll(): boolean {
		const { held, total } = this.node.snapshot().chunks;
		return total > 0 && held === total;
	}

	#settle(outcome: FilmOutcome): void {
		this.#outcome = outcome;
		this.#wake();
	}

	#wake(): void { for (const wake of this.#waiting.splice(0)) wake(); }
}
