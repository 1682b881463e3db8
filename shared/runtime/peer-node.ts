/**
 * Runs one engine on real ports: performs its effects and feeds it what happens. Page, bridge and tests each bring a
 * store, transports, a clock and cryptography; the rest is the same everywhere.
 */
import { equalBytes, type Bytes } from '../base/bytes.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Rng } from '../base/rng.ts';
import type { Ms } from '../base/units.ts';
import { checkProof } from '../protocol/certificate.ts';
import { readDescriptor, supersedes, type ClearDescriptor } from '../protocol/descriptor.ts';
import { Layout, type LinkId, type PeerId, type ShareId } from '../protocol/ids.ts';
import { GROUP_CHUNKS } from '../protocol/limits.ts';
import { groupRoot, hashLeaf } from '../protocol/merkle.ts';
import { CHUNK_SET_BYTES, type ByeReason } from '../protocol/peer-message.ts';
import type { Crypto } from '../protocol/primitives.ts';
import type { Clock } from '../ports/clock.ts';
import type { GroupStore, StoreFault } from '../ports/group-store.ts';
import type { MediaReader, ReadFault } from '../ports/media-reader.ts';
import type { PartStore } from '../ports/part-store.ts';
import type { Transport } from '../ports/transport.ts';
import { Engine } from '../engine/engine.ts';
import type { Effect, Input, PartName } from '../engine/events.ts';
import { TICK_MS } from '../engine/settings.ts';
import { Attachments } from './attachments.ts';
import { FrameMemory, type FreeMemory } from './frame-memory.ts';
import { Givers, type Run } from './givers.ts';
import { GroupCache, holdsAll, type KnownGroup } from './group-cache.ts';
import { Reads } from './reads.ts';
import { SealedRoots, sealedRoots } from './sealed-roots.ts';
import { Sender } from './sender.ts';
import { heldRuns, takeSnapshot, type NodeSnapshot } from './snapshot.ts';

/** What a node is made of. `openStore` is called once, when the size of the share is known. */
export interface PeerNodeInit {
	readonly share: ShareId;
	readonly self: PeerId;
	readonly crypto: Crypto;
	readonly clock: Clock;
	readonly rng: Rng;
	readonly openStore: (layout: Layout) => Promise<Result<GroupStore, StoreFault>>;
	readonly parts: PartStore;
	readonly host: NodeHost;
	/** Connections that are accepted, where others than usual. */
	readonly maxLinks?: number;
	/** Where garbage is collected late: how memory of what was received is given back. */
	readonly free?: FreeMemory;
}

/** What a node asks of whoever runs it, and tells them. */
export interface NodeHost {
	/** Connect to a peer, by the tracker or over one of these links; then `addLink`, or `connectFailed`. */
	connect(peer: PeerId, relays: readonly LinkId[]): void;
	/** A signal of a peer came over a neighbour. */
	signal(from: PeerId, via: LinkId, signal: Bytes): void;
	/** More peers are wanted of the tracker. */
	find(count: number): void;
	/** A newer descriptor was verified and is in force. */
	described(descriptor: ClearDescriptor): void;
	/** The sharer's key signed two descriptions that contradict each other. The first is kept. */
	equivocated(): void;
	/** No link to that peer any more. */
	parted(peer: PeerId): void;
	/** Something that a person might see changed. Often: the listener slows itself down. */
	changed(): void;
	/** The store failed; the share goes on without keeping more, until `storeHasRoom`. */
	storeFailed(fault: StoreFault): void;
}

/** Who is at the other end of a transport that is handed over. */
export interface LinkInfo { readonly peer: PeerId; readonly name: string; readonly initiator: boolean }

/** One peer of one share. */
export class PeerNode {
	readonly attachments: Attachments;
	readonly #init: PeerNodeInit;
	readonly #engine: Engine;
	readonly #senders = new Map<LinkId, Sender>();
	#groups: GroupCache | undefined;
	#givers: Givers | undefined;
	#store: GroupStore | undefined;
	#reads: Reads | undefined;
	#descriptor: ClearDescriptor | undefined;
	#descriptorChecks: Promise<void> = Promise.resolve();
	readonly #inputs: Input[] = [];
	readonly #frames: FrameMemory;
	readonly #proofChecks = new Map<number, Promise<void>>();
	readonly #roots = new SealedRoots();
	#nextLink = 1;
	#stopTicking: (() => void) | undefined;
	#opening = false;
	#closed = false;
	#wantsAll = false;
	#storeRefuses = false;

	constructor(init: PeerNodeInit) {
		this.#init = init;
		const { self, rng, maxLinks } = init;
		this.#engine = new Engine({ self, rng, ...(maxLinks !== undefined && { maxLinks }) });
		this.#frames = new FrameMemory(init.free ?? (() => undefined));
		this.attachments = new Attachments(init.crypto, init.parts, (part) => this.#step({ type: 'want-part', part }));
	}

	/** The newest verified descriptor. */
	get descriptor(): ClearDescriptor | undefined { return this.#descriptor; }
	/** Whether everything of the share is here. */
	get isComplete(): boolean { return this.#engine.isComplete; }

	/** Begins to live: from now on time passes. */
	start(): void {
		const tick = () => {
			this.#step({ type: 'tick' });
			this.#stopTicking = this.#init.clock.after(TICK_MS, tick);
		};
		this.#stopTicking = this.#init.clock.after(0, tick);
	}

	/**
	 * A descriptor from the tracker, the store or ourselves. Settles once it is in force, or was found wanting.
	 * `version`: of a later program.
	 */
	async describe(bytes: Bytes): Promise<'newer' | 'same' | 'older' | 'equivocation' | 'version' | 'forged'> {
		const read = await readDescriptor(this.#init.crypto, this.#init.share, bytes);
		if (!read.ok) return read.error === 'version' ? 'version' : 'forged';
		if (this.#descriptor) {
			const succession = supersedes(this.#descriptor, read.value);
			if (succession === 'equivocation') this.#init.host.equivocated();
			if (succession !== 'newer') return succession;
		}
		await this.#adopt(read.value);
		return 'newer';
	}

	/** A transport whose peer has greeted. */
	addLink(transport: Transport, info: LinkInfo): LinkId {
		const link = this.#nextLink++ as LinkId;
		if (this.#closed) transport.close('done');
		const sender = new Sender(transport, this.#sources(), (input) => this.#step({ ...input, link }));
		this.#senders.set(link, sender);
		this.#step({ type: 'link-opened', link, ...info });
		transport.start({
			frame: (bytes) => this.#frames.during(bytes, () => this.#step({ type: 'frame', link, bytes })),
			drained: () => this.#step({ type: 'writable', link }),
			closed: (reason) => {
				this.#senders.delete(link);
				this.#step({ type: 'link-closed', link, reason });
				if (!this.#engine.neighbours.linkTo(info.peer)) this.#init.host.parted(info.peer);
			},
		});
		return link;
	}

	connectFailed(peer: PeerId): void { this.#step({ type: 'connect-failed', peer }); }
	/** The tracker named these peers. */
	learnPeers(peers: readonly PeerId[]): void { this.#step({ type: 'peers-known', peers }); }
	/** Sends a signal over a neighbour. */
	relay(via: LinkId, to: PeerId, signal: Bytes): void { this.#step({ type: 'relay', via, to, signal }); }
	/** Whether to fetch the whole film beside what is being watched, as long as the store takes it. */
	setBackground(on: boolean): void {
		this.#wantsAll = on;
		this.#step({ type: 'background', on: on && !this.#storeRefuses });
	}
	/** Bytes a second that may leave and come at most; undefined: as many as go. */
	setLimits(up: number | undefined, down: number | undefined): void { this.#step({ type: 'limits', up, down }); }
	/** The store, which refused groups, has room again. */
	storeHasRoom(): void {
		this.#storeRefuses = false;
		this.setBackground(this.#wantsAll);
		for (const group of this.#groups?.refused ?? []) void this.#save(group);
	}
	/** Tells neighbours where the film is being watched. */
	tellPosition(ms: Ms, playing: boolean): void { this.#step({ type: 'position', ms: Math.round(ms), playing }); }
	/** All attachments of that revision are kept. */
	attachmentsHeld(revision: number): void {
		this.#step({ type: 'attachments-held', revision });
		void this.#compareRoots();
	}
	/** Parts with a peer. */
	dropPeer(peer: PeerId, reason: ByeReason): void {
		const link = this.#engine.neighbours.linkTo(peer);
		if (link) this.#step({ type: 'drop', link: link.id, reason });
	}

	/** Verified, decrypted bytes of the share. Undefined until its size is known. */
	reader(contentKey: Bytes): MediaReader | undefined {
		if (!this.#descriptor || this.#descriptor.size === 0) return undefined;
		return this.#reads ??= new Reads(this.#descriptor.size, {
			holds: (index) => this.#engine.requests?.inventory.holds(index) ?? false,
			want: (read, first, count, dueInMs) => {
				this.#step({ type: 'want', read, first, count, dueAt: this.#now() + dueInMs });
			},
			due: (read, dueInMs) => this.#step({ type: 'due', read, dueAt: this.#now() + dueInMs }),
			unwant: (read) => this.#step({ type: 'unwant', read }),
			copy: (group, from, into) => this.#copy(group, from, into),
			decrypt: (offset, bytes) => this.#init.crypto.cipher(contentKey, offset, bytes),
		});
	}

	/** What is the case now, as plain values. */
	snapshot(): NodeSnapshot { return takeSnapshot(this.#engine, this.#now()); }
	/** What is held, and who gave it. */
	runs(): readonly Run[] { return heldRuns(this.#engine, this.#givers); }

	/** A group that is held turned out not to be what was sealed, or not to be readable. */
	async loseGroup(group: number): Promise<void> {
		await this.#groups?.remove(group);
		this.#step({ type: 'group-lost', group });
		this.#reads?.recount();
	}

	/** Says goodbye, writes what is unsaved and lets go of everything. */
	async close(reason: ByeReason): Promise<void> {
		if (this.#closed) return;
		this.#step({ type: 'stop', reason });
		this.#closed = true;
		this.#stopTicking?.();
		this.#reads?.close('closed');
		this.attachments.close();
		await Promise.resolve(); // called from inside a step, the goodbye and the last writes follow that step
		this.#groups?.close();
		await this.#store?.close();
	}

	#now(): Ms { return this.#init.clock.now(); }

	#step(input: Input): void {
		if (this.#closed) return;
		this.#inputs.push(input);
		if (this.#inputs.length > 1) return; // performing an effect made it happen: its turn comes when this step is done
		for (let next = this.#inputs[0]; next; next = this.#inputs[0]) {
			for (const effect of this.#engine.step(next, this.#now())) this.#perform(effect);
			this.#inputs.shift();
		}
		this.#init.host.changed();
	}

	#perform(effect: Effect): void {
		const { host } = this.#init;
		switch (effect.type) {
			case 'send': return void this.#senders.get(effect.link)?.send(effect.frame);
			case 'close': return this.#senders.get(effect.link)?.close(effect.reason);
			case 'serve': return this.#senders.get(effect.link)?.serve(effect);
			case 'serve-proof': return this.#senders.get(effect.link)?.serveProof(effect.group);
			case 'serve-part': return this.#senders.get(effect.link)?.servePart(effect.part);
			case 'check-descriptor': return this.#checkDescriptor(effect.link, effect.bytes);
			case 'check-proof': return this.#checkProof(effect);
			case 'check-chunk': return void this.#checkChunk(effect);
			case 'check-part': return void this.#checkPart(effect);
			case 'held': return this.#reads?.held(effect.index);
			case 'save': return void this.#save(effect.group);
			case 'forget': return this.#groups?.forget(effect.group);
			case 'connect': return host.connect(effect.peer, effect.relays);
			case 'signal': return host.signal(effect.from, effect.via, effect.signal);
			case 'find': return host.find(effect.count);
			case 'ban': return; // the engine remembers; nobody's word about a third counts
		}
	}

	#checkDescriptor(link: LinkId, bytes: Bytes): void {
		this.#descriptorChecks = this.#descriptorChecks.then(async () => {
			const outcome = await this.describe(bytes);
			if (outcome === 'forged') this.#step({ type: 'descriptor-rejected', link });
		});
	}

	async #adopt(descriptor: ClearDescriptor): Promise<void> {
		this.#descriptor = descriptor;
		this.attachments.describe(descriptor);
		const { revision, state, size, bytes } = descriptor;
		this.#step({ type: 'described', descriptor: { revision, state, size, bytes } });
		this.#init.host.described(descriptor);
		if (size === 0 || this.#opening) return;
		this.#opening = true;
		await this.#open(new Layout(size));
	}

	async #open(layout: Layout): Promise<void> {
		const opened = await this.#init.openStore(layout);
		if (!opened.ok) return this.#init.host.storeFailed(opened.error);
		const stored = await opened.value.inventory();
		if (!stored.ok) this.#init.host.storeFailed(stored.error);
		if (!stored.ok || this.#closed) return opened.value.close();
		this.#store = opened.value;
		this.#givers = new Givers(layout.groups);
		const { free } = this.#init;
		const found = (group: number, stored: KnownGroup | undefined) => this.#found(group, stored);
		this.#groups = new GroupCache(opened.value, layout, { found, ...(free && { free }) });
		this.#step({ type: 'inventory', inventory: stored.value });
		this.#reads?.recount();
	}

	/** Descriptors that came before the proof are looked at first: the proof may be a path to a root they bring. */
	#checkProof({ link, group, certificate, leaves }: Extract<Effect, { type: 'check-proof' }>): void {
		const check = this.#descriptorChecks.then(async () => {
			const descriptor = this.#descriptor;
			if (!descriptor || !this.#groups) return;
			const { id, publicKey, size, root } = descriptor;
			const share = { id, publicKey, layout: size > 0 ? new Layout(size) : undefined, root };
			const checked = await checkProof(this.#init.crypto, share, { group, certificate, leaves });
			const isOurs = checked.ok && (certificate.form === 'path' || this.#roots.fits(group, checked.value));
			if (isOurs) await this.#groups.prove(group, { leaves: leaves.slice(), certificate });
			this.#step({ type: 'proof-checked', link, group, good: checked.ok });
		}).finally(() => { if (this.#proofChecks.get(group) === check) this.#proofChecks.delete(group); });
		this.#proofChecks.set(group, check);
	}

	async #checkChunk({ link, index, bytes }: Extract<Effect, { type: 'check-chunk' }>): Promise<void> {
		this.#frames.take(bytes);
		const expected = this.#groups?.leaf(index) ?? await this.#leafLater(index);
		let result: 'good' | 'bad' | 'unproven' = 'unproven';
		if (expected && !equalBytes(await hashLeaf(this.#init.crypto, bytes), expected)) result = 'bad';
		else if (expected && this.#groups?.put(index, bytes)) result = 'good';
		this.#frames.done(bytes);
		const giver = this.#engine.links.get(link);
		if (result === 'good' && giver) this.#givers?.note(Math.floor(index / GROUP_CHUNKS), giver.who.peer);
		this.#step({ type: 'chunk-checked', link, index, result });
	}

	/** The leaf of a chunk whose proof is being looked at, or was kept at a former visit. */
	async #leafLater(index: number): Promise<Bytes | undefined> {
		const group = Math.floor(index / GROUP_CHUNKS);
		await this.#proofChecks.get(group);
		await this.#groups?.read(group);
		return this.#groups?.leaf(index);
	}

	async #checkPart({ link, part, bytes }: Extract<Effect, { type: 'check-part' }>): Promise<void> {
		await this.#descriptorChecks;
		const good = await this.attachments.check(part, bytes.slice());
		this.#step({ type: 'part-checked', link, part, good });
	}

	async #save(group: number): Promise<void> {
		const saved = await this.#groups?.save(group);
		if (!saved || saved.ok) return;
		this.#storeRefuses = true;
		this.setBackground(this.#wantsAll); // nothing more can be kept: only what is watched is fetched from now on
		this.#init.host.storeFailed(saved.error);
		for (const dropped of this.#groups?.dropUnsaved() ?? []) this.#step({ type: 'group-lost', group: dropped });
	}

	async #copy(group: number, from: number, into: Bytes): Promise<Result<void, ReadFault | 'lost'>> {
		const read = this.#groups?.peek(group) ? ok(undefined) : await this.#read(group);
		const stored = this.#groups?.peek(group);
		if (stored && holdsAll(stored, from, from + into.length)) {
			into.set(stored.bytes.subarray(from, from + into.length));
			return ok(undefined);
		}
		if (stored) this.#missing(group, stored.held); // or the read would find the same forever
		if (read.ok) return fail(this.#closed ? 'closed' : 'lost');
		if (read.error === 'lost') return fail('lost');
		return fail(read.error === 'changed' || read.error === 'gone' ? read.error : 'closed');
	}

	/** A group came from the store. One that is not of the sealed film is lost. */
	#found(group: number, found: KnownGroup | undefined): void {
		const isSigned = found?.certificate.form === 'signature';
		const isOurs = !isSigned || this.#roots.fits(group, groupRoot(found.leaves, this.#init.crypto.sha256Now));
		if (isOurs) this.#missing(group, found?.held);
		else void this.loseGroup(group);
	}

	/** Held groups are compared with the list of the sealed film's, as soon as that is here. */
	async #compareRoots(): Promise<void> {
		const descriptor = this.#descriptor;
		if (!descriptor || this.#roots.isKnown) return;
		const roots = await sealedRoots(this.attachments, descriptor, this.#init.crypto.sha256Now);
		if (!roots) return;
		for (const group of this.#roots.learn(roots)) await this.loseGroup(group);
	}

	/** Chunks of a stored group that rotted are held no longer, and fetched anew. */
	#missing(group: number, held: Bytes | undefined): void {
		if (this.#engine.requests?.inventory.exceeds(group, held ?? new Uint8Array(CHUNK_SET_BYTES)) !== true) return;
		this.#step({ type: 'group-lost', group, ...(held && { held }) });
		this.#reads?.recount();
	}

	/** A group that should be here. One that is not is lost, and one that cannot be read is the host's to know of. */
	async #read(group: number): Promise<Result<KnownGroup | undefined, StoreFault>> {
		const read = await this.#groups?.read(group) ?? ok(undefined);
		if (this.#closed) return read;
		if (!read.ok && read.error !== 'lost') this.#init.host.storeFailed(read.error);
		else if (!read.ok || !read.value) await this.loseGroup(group);
		return read;
	}

	#sources(): ConstructorParameters<typeof Sender>[1] {
		return {
			peek: (group) => this.#groups?.peek(group),
			read: (group) => this.#read(group),
			part: (name: PartName) => this.attachments.serve(name),
		};
	}
}
