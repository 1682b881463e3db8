/**
 * A small share and peers of it in memory, for tests of the runtime: real cryptography, no network, a clock that is
 * told.
 */
import { BitSet } from '../base/bit-set.ts';
import { concat, type Bytes } from '../base/bytes.ts';
import { base64url } from '../base/text.ts';
import { ok } from '../base/result.ts';
import { seededRng } from '../base/rng.ts';
import type { Ms } from '../base/units.ts';
import { TICK_MS } from '../engine/settings.ts';
import type { Clock } from '../ports/clock.ts';
import type { GroupStore, StoredGroup } from '../ports/group-store.ts';
import type { PartStore, StoredPartName } from '../ports/part-store.ts';
import type { Transport } from '../ports/transport.ts';
import { sealAttachment, type SealedAttachment } from '../protocol/attachment.ts';
import { pathCertificate, signGroup } from '../protocol/certificate.ts';
import { makeDescriptor, openDescriptor, type ClearDescriptor } from '../protocol/descriptor.ts';
import { Layout, peerIdFrom, type LinkId, type PeerId } from '../protocol/ids.ts';
import { deriveLinkKeys, makeShareKeys, type LinkKeys, type ShareKeys } from '../protocol/keys.ts';
import { CHUNK_BYTES, GROUP_BYTES } from '../protocol/limits.ts';
import { groupRoot, GroupTree, hashLeaf, treeRoot } from '../protocol/merkle.ts';
import { CHUNK_SET_BYTES } from '../protocol/peer-message.ts';
import { PeerNode } from '../runtime/peer-node.ts';
import { MemoryGroupStore } from './memory-group-store.ts';
import { memoryWire, type MemoryWire } from './memory-transport.ts';
import { someBytes, testCrypto } from './test-crypto.ts';

const crypto = testCrypto(7);

/** A clock that stands still until it is told. */
export class FakeClock implements Clock {
	#now: Ms = 0;
	#due: { readonly at: Ms; readonly wake: () => void }[] = [];

	now(): Ms { return this.#now; }

	after(delay: Ms, wake: () => void): () => void {
		const entry = { at: this.#now + delay, wake };
		this.#due.push(entry);
		return () => { this.#due = this.#due.filter((other) => other !== entry); };
	}

	/** Lets `span` pass at once. */
	pass(span: Ms): void {
		this.#now += span;
		const due = this.#due.filter(({ at }) => at <= this.#now);
		this.#due = this.#due.filter(({ at }) => at > this.#now);
		for (const { wake } of due) wake();
	}
}

/** Parts in memory. */
export class MemoryPartStore implements PartStore {
	readonly kept = new Map<string, Bytes>();

	get(name: StoredPartName): Promise<Bytes | undefined> {
		return Promise.resolve(this.kept.get(JSON.stringify(name, KEYS)));
	}

	put(name: StoredPartName, bytes: Bytes): Promise<boolean> {
		this.kept.set(JSON.stringify(name, KEYS), bytes.slice());
		return Promise.resolve(true);
	}
}

const KEYS = ['attachment', 'since', 'of', 'part'];

/** A share with everything about it. */
export interface TestShare {
	readonly keys: ShareKeys;
	/** What the share link carries. */
	readonly linkKey: Bytes;
	readonly link: LinkKeys;
	readonly contentKey: Bytes;
	readonly layout: Layout;
	readonly plain: Bytes;
	readonly groups: ReadonlyMap<number, StoredGroup>;
	readonly attachment: SealedAttachment;
	readonly attachmentContent: Bytes;
	readonly descriptor: ClearDescriptor;
}

/** Makes a share of `size` bytes with one attachment of `attachmentBytes`. */
export async function makeTestShare(size: number, attachmentBytes = 1000): Promise<TestShare> {
	const keys = await makeShareKeys(crypto);
	const linkKey = crypto.random(32);
	const link = await deriveLinkKeys(crypto, linkKey);
	const contentKey = crypto.random(32);
	const layout = new Layout(size);
	const plain = someBytes(size, 3);
	const sealed = await crypto.cipher(contentKey, 0, plain);
	const groups = new Map<number, StoredGroup>();
	for (let group = 0; group < layout.groups; group++) {
		groups.set(group, await storedGroup(keys, layout, { group, sealed }));
	}
	const attachmentContent = someBytes(attachmentBytes, 4);
	const place = { id: keys.id, number: 0, form: 'sealed', since: 1 } as const;
	const attachment = await sealAttachment(crypto, link.attachments, place, attachmentContent);
	const body = {
		title: 'A film', type: 'video/mp4', tracks: [], attachments: [{ kind: 'index' as const }],
		access: { type: 'open' as const, contentKey: base64url(contentKey) },
	};
	const draft = { state: 'open', revision: 1, size, attachments: [attachment.entry], body } as const;
	const descriptor = await makeDescriptor(crypto, draft, { share: keys, link });
	if (!descriptor.ok) throw new Error(descriptor.error);
	const made = { keys, linkKey, link, contentKey, layout, plain, groups };
	return { ...made, attachment, attachmentContent, descriptor: descriptor.value };
}

/** A group of the share whose bytes are these, signed by the share's own key. */
export function makeTestGroup({ keys, layout }: TestShare, group: number, bytes: Bytes): Promise<StoredGroup> {
	const sealed = new Uint8Array(layout.size);
	sealed.set(bytes, group * GROUP_BYTES);
	return storedGroup(keys, layout, { group, sealed });
}

/** The same share once its root is told: its groups are certified by their paths to it. */
export async function sealTestShare(share: TestShare): Promise<TestShare> {
	const roots = concat(...[...share.groups.values()].map(({ leaves }) => groupRoot(leaves, crypto.sha256Now)));
	const [root, tree] = [treeRoot(roots, crypto.sha256Now), new GroupTree(roots, crypto.sha256Now)];
	const body = await openDescriptor(crypto, share.descriptor, share.link.descriptor);
	if (!body.ok) throw new Error(body.error);
	const draft = {
		state: 'sealed', revision: 2, size: share.layout.size, root, attachments: [share.attachment.entry], body: body.value,
	} as const;
	const descriptor = await makeDescriptor(crypto, draft, { share: share.keys, link: share.link });
	if (!descriptor.ok) throw new Error(descriptor.error);
	const groups = [...share.groups].map(([group, stored]) => (
		[group, { ...stored, certificate: pathCertificate(tree.path(group)) }] as const
	));
	return { ...share, groups: new Map(groups), descriptor: descriptor.value };
}

async function storedGroup(
	keys: ShareKeys, layout: Layout, of: { readonly group: number; readonly sealed: Bytes },
): Promise<StoredGroup> {
	const { group, sealed } = of;
	const bytes = sealed.slice(group * GROUP_BYTES, group * GROUP_BYTES + layout.bytesIn(group));
	const chunks = Array.from(
		{ length: layout.chunksIn(group) }, (_, k) => bytes.slice(k * CHUNK_BYTES, (k + 1) * CHUNK_BYTES),
	);
	const leaves = concat(...await Promise.all(chunks.map((chunk) => hashLeaf(crypto, chunk))));
	const held = new Uint8Array(CHUNK_SET_BYTES);
	held.set(BitSet.full(layout.chunksIn(group)).bytes());
	return { bytes, held, leaves, certificate: await signGroup(crypto, keys, group, leaves) };
}

/** A peer of the share, and what its host was told. */
export interface TestPeer {
	readonly id: PeerId;
	readonly node: PeerNode;
	readonly kept: Map<number, StoredGroup>;
	readonly parts: MemoryPartStore;
	readonly store: () => GroupStore & MemoryGroupStore;
	readonly told: string[];
}

/** All peers of one test. */
export class ShareBed {
	readonly clock = new FakeClock();
	readonly share: TestShare;
	readonly #wires: MemoryWire[] = [];
	#peers = 0;

	constructor(share: TestShare) { this.share = share; }

	/** A peer that has nothing but the link. Its store keeps groups in `kept`. */
	peer(kept = new Map<number, StoredGroup>()): TestPeer {
		const told: string[] = [];
		const id = peerIdFrom(new Uint8Array(16).fill(++this.#peers));
		const parts = new MemoryPartStore();
		let store = new MemoryGroupStore(this.share.layout.groups, kept);
		const node = new PeerNode({
			share: this.share.keys.id, self: id, crypto, clock: this.clock, rng: seededRng(this.#peers), parts,
			openStore: (layout) => {
				told.push('open-store');
				store = new MemoryGroupStore(layout.groups, kept, crypto.sha256Now);
				return Promise.resolve(ok(store));
			},
			host: {
				connect: () => undefined, signal: () => undefined, find: () => undefined, changed: () => undefined,
				described: ({ revision }) => told.push(`described ${revision}`), storeFailed: (fault) => told.push(`store ${fault}`),
				equivocated: () => told.push('equivocation'),
				parted: (peer) => told.push(`parted ${peer}`),
			},
		});
		node.start();
		return { id, node, kept, parts, store: () => store, told };
	}

	/** The peer that made the share: it holds all of it and knows its descriptor. */
	async sharer(): Promise<TestPeer> {
		const sharer = this.peer(new Map(this.share.groups));
		const { parts, lists } = this.share.attachment;
		for (const [part, bytes] of parts.entries()) await sharer.parts.put({ attachment: 0, since: 1, of: 'part', part }, bytes);
		for (const [part, bytes] of lists.entries()) await sharer.parts.put({ attachment: 0, since: 1, of: 'list', part }, bytes);
		await sharer.node.describe(this.share.descriptor.bytes);
		sharer.node.attachmentsHeld(1);
		return sharer;
	}

	/** Connects two peers. `through` may meddle with what the first one sends. */
	connect(
		a: TestPeer, b: TestPeer, through: (frame: Bytes) => Bytes = (frame) => frame,
	): { readonly link: LinkId; readonly wire: MemoryWire } {
		const wire = memoryWire();
		this.#wires.push(wire);
		const link = a.node.addLink(new Meddler(wire.near, through), { peer: b.id, name: 'b', initiator: true });
		b.node.addLink(wire.far, { peer: a.id, name: 'a', initiator: false });
		return { link, wire };
	}

	/** Delivers all that is under way and lets all that waits go on, while time passes, until `done` or for `forMs`. */
	async settle(done: () => boolean = () => false, forMs: Ms = 10_000): Promise<boolean> {
		for (const end = this.clock.now() + forMs; this.clock.now() < end && !done(); this.clock.pass(TICK_MS / 10)) {
			await this.#round();
		}
		await this.#round();
		return done();
	}

	async #round(): Promise<void> {
		for (let k = 0; k < 4; k++) {
			for (const wire of this.#wires) wire.deliver();
			await new Promise((resolve) => { setImmediate(resolve); });
		}
	}
}

/** Changes the frames that one side sends. */
class Meddler implements Transport {
	readonly #inner: Transport;
	readonly #change: (frame: Bytes) => Bytes;

	constructor(inner: Transport, change: (frame: Bytes) => Bytes) {
		this.#inner = inner;
		this.#change = change;
	}

	start(events: Parameters<Transport['start']>[0]): void { this.#inner.start(events); }
	send(frame: Bytes): boolean { return this.#inner.send(this.#change(frame.slice())); }
	close(reason: Parameters<Transport['close']>[0]): void { this.#inner.close(reason); }
}
