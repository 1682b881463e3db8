/**
 * One film I share. The link exists at once; index, poster and hashes follow while people already watch. Everything
 * that is needed to go on after a reload is kept at the moment of the drop.
 */
import type { ClearDescriptor } from '../../shared/protocol/descriptor.ts';
import { Layout, type ShareId } from '../../shared/protocol/ids.ts';
import { GroupTree, treeRoot } from '../../shared/protocol/merkle.ts';
import { MAX_SHARE_BYTES } from '../../shared/protocol/limits.ts';
import { formatShareLink } from '../../shared/protocol/share-link.ts';
import type { StoreFault } from '../../shared/ports/group-store.ts';
import type { SwarmPeer } from '../../shared/rtc/swarm-peer.ts';
import { Publication } from '../../shared/runtime/publication.ts';
import { Sealing } from '../../shared/runtime/sealing.ts';
import type { NodeSnapshot } from '../../shared/runtime/snapshot.ts';
import { describedTracks } from '../../shared/media/described-tracks.ts';
import { titleLine, titleOf, typeOf } from '../../shared/media/file-names.ts';
import { FileGroupSource } from '../peer/file-group-source.ts';
import { openLine } from '../peer/open-line.ts';
import type { ShareRecord } from '../peer/records.ts';
import { ShareClaim } from '../peer/share-claim.ts';
import type { IndexFault } from '../../shared/media/index-builder.ts';
import { prepareFilm, type Preparation } from '../media/prepare.ts';
import type { ShareProblem, ShareState, ShareView } from './app-view.ts';
import { fileOf, isGranted } from './file-handles.ts';
import { Parking } from './parking.ts';
import { Routes } from './people.ts';
import type { PageContext } from './page-context.ts';
import { Pulse } from './pulse.ts';
import { isSameFile } from './same-file.ts';
import { drawShare } from './share-drawing.ts';
import { keysOf, newShare, type Keys } from './share-keys.ts';
import { PublicListing } from './public-listing.ts';
import { onceKept, sharePeer } from './share-peer.ts';
import { problemOfFile, problemOfIndex } from './share-problems.ts';

/** Long enough to see it while a whole card appears. */
const COPIED_MS = 6000;

/** A share of mine, running or waiting for its file. */
export class ShareSession {
	readonly id: ShareId;
	readonly link: string;
	/** Its place in the public catalogue. */
	readonly listing: PublicListing;
	/** As the screen shows it; replaced whole, a few times a second at most. */
	view = $state.raw<ShareView>() as ShareView;
	readonly #context: PageContext;
	readonly #keys: Keys;
	readonly #publication: Publication;
	readonly #sealing: Sealing;
	readonly #claim: ShareClaim;
	readonly #parking: Parking;
	#record: ShareRecord;
	#status: ShareState = { state: 'needs-file' };
	#fileUrl: string | undefined;
	#source: FileGroupSource | undefined;
	#peer: SwarmPeer | undefined;
	#routes: Routes | undefined;
	#preparation: Preparation | undefined;
	#indexed = 0;
	#sealedRevision = 0;
	/** Of the sealed film, once its root has been told. */
	#tree: GroupTree | undefined;
	#poster: string | undefined;
	#copied = false;
	/** Counts beginnings and ends: what was begun before the last of them has no say any more. */
	#turn = 0;
	#forgotten = false;
	#lastAlone: Promise<void> = Promise.resolve();
	readonly #pulse = new Pulse(() => { this.view = this.#draw(); });

	private constructor(context: PageContext, keys: Keys, record: ShareRecord) {
		this.#context = context;
		this.#keys = keys;
		this.#record = record;
		const { id, linkKey: key, size } = record;
		this.id = id;
		this.#claim = new ShareClaim(id);
		this.link = formatShareLink(context.parts.origin, { id, key, trackers: [], startSec: undefined });
		this.#sealing = new Sealing({ share: id, groups: new Layout(size).groups, records: context.parts.records });
		this.#parking = new Parking({
			...context.parts, openLine, keys, bytes: size, changed: () => this.#pulse.now(),
			remember: (parkedUntil) => void this.#keep({ parkedUntil }),
		}, record.parkedUntil);
		this.#publication = new Publication({
			crypto: context.parts.crypto, keys, contentKey: record.contentKey, size, parts: context.parts.records.parts(id),
			publish: async (descriptor) => {
				await this.#keep({ descriptor: descriptor.bytes });
				await this.#peer?.node.describe(descriptor.bytes);
				this.#peer?.node.attachmentsHeld(descriptor.revision); // what we tell of, we have
				this.#tellTrackers(descriptor);
				this.#pulse.now();
			},
		}, { title: titleOf(record.fileName), type: typeOf(record.fileName, record.fileType) });
		this.listing = new PublicListing({
			context, keys, record: () => this.#record, keep: (listing) => this.#keep({ listing }),
			alone: (act) => this.#alone(act), changed: () => this.#pulse.now(),
		});
		this.view = this.#draw();
	}

	/** A new share of a file: the link is there when this settles. */
	static async create(
		context: PageContext, file: File, handle: FileSystemFileHandle | undefined,
	): Promise<ShareSession | ShareProblem> {
		if (file.size === 0 || file.size > MAX_SHARE_BYTES) return file.size === 0 ? 'empty' : 'too-large';
		const { crypto, records } = context.parts;
		const { keys, record } = await newShare(crypto, file, handle);
		const kept = await records.putShare(record);
		if (!kept.ok) return 'storage';
		const session = new ShareSession(context, keys, record);
		void session.#claim.hold(); // nobody else knows of it
		session.#begin(file);
		return session;
	}

	/**
	 * A share of a former visit. It waits for its file unless the browser gives it back by itself and it `mayResume`, or
	 * for another tab that shares it.
	 */
	static async restore(context: PageContext, record: ShareRecord, mayResume = true): Promise<ShareSession> {
		const session = new ShareSession(context, await keysOf(context.parts.crypto, record), record);
		if (record.descriptor) await session.#publication.resume(record.descriptor);
		if (!record.stopped) await Promise.all([session.#showPoster(), session.listing.resume()]);
		session.#setStatus({ state: record.stopped ? 'stopped' : record.handle ? 'needs-permission' : 'needs-file' });
		if (!record.stopped && session.#parking.isWanted) session.#parking.open();
		if (record.stopped || !mayResume) return session;
		if (record.handle && await isGranted(record.handle)) void session.resume(undefined);
		else void session.#alone(() => Promise.resolve()); // says so if another tab shares it
		return session;
	}

	/** Stopped in a former visit. The tracker may not have heard: once it has, nothing of the share is kept. */
	async withdraw(): Promise<void> {
		const revision = () => this.#publication.revision;
		onceKept(this.#context.home, this.id, { revision, then: () => void this.forget() });
		await this.#publication.revoke();
		const { latest } = this.#publication;
		if (latest) this.#tellTrackers(latest);
	}

	/** Has a bridge keep a copy for so many hours; 0: no longer. */
	park(hours: number): void { this.#parking.keepFor(hours); }

	/** Goes on with the file of a former visit: the one given, or the one the browser remembers. */
	async resume(given: File | undefined, handle?: FileSystemFileHandle): Promise<void> {
		await this.#takeUp(given, handle).catch((error: unknown) => this.#broke(error));
	}

	async #takeUp(given: File | undefined, handle: FileSystemFileHandle | undefined): Promise<void> {
		const waiting = this.#status;
		if (this.isSharing || waiting.state === 'checking-file' || this.#record.stopped) return;
		const turn = ++this.#turn;
		this.#setStatus({ state: 'checking-file' });
		if (!await this.#enter(turn)) return;
		const file = given ?? (this.#record.handle && await fileOf(this.#record.handle));
		if (turn !== this.#turn) return;
		if (!file) {
			this.#setStatus({ state: 'needs-file' });
			return this.#claim.letGo();
		}
		await this.#sealing.takeUp(await this.#publication.groupRoots());
		const { records, crypto } = this.#context.parts;
		const about = { size: this.#record.size, contentKey: this.#record.contentKey, share: this.id };
		const isSame = await isSameFile(file, about, { records, sealing: this.#sealing, hash: crypto.sha256Now });
		if (turn !== this.#turn) return;
		if (!isSame) return this.#fail('other-file');
		const mayDiffer = file.lastModified !== this.#record.lastModified; // what was published is certain all the same
		if (mayDiffer && !this.#publication.root) await this.#sealing.startOver();
		await this.#keep({ lastModified: file.lastModified, ...(handle && { handle }) });
		if (turn === this.#turn) this.#begin(file);
	}

	/** Nothing happens when no printable letter is left: every viewer would refuse such a description. */
	rename(words: string): void {
		const title = titleLine(words);
		if (title !== '') void this.#alone(() => this.#publication.revise({ title }));
	}

	/** The link was copied at the drop: says so for a moment. */
	markCopied(): void {
		this.#copied = true;
		this.#pulse.now();
		this.#context.parts.clock.after(COPIED_MS, () => {
			this.#copied = false;
			this.#pulse.now();
		});
	}

	/** For good: viewers are told, and whoever asks the tracker later. */
	async stop(): Promise<void> {
		if (!this.#record.stopped) await this.#alone(() => this.#stopAs({ state: 'stopped' }));
	}

	/** Somebody else in this page is to be the peer of this share. */
	async pause(): Promise<void> {
		if (!this.#isBusy) return;
		this.#setStatus({ state: this.#record.handle ? 'needs-permission' : 'needs-file' });
		await this.close('leaving');
	}

	/** Lets go of everything but what is kept. What is begun meanwhile is not touched. */
	async close(reason: 'leaving' | 'stopped'): Promise<void> {
		this.#turn += 1;
		this.#parking.close();
		this.#preparation?.cancel();
		const [peer, source, url] = [this.#peer, this.#source, this.#fileUrl];
		this.#peer = undefined;
		this.#source = undefined;
		this.#fileUrl = undefined;
		await peer?.close(reason);
		source?.close();
		if (url !== undefined) URL.revokeObjectURL(url);
		await this.#claim.letGo();
		this.#pulse.now();
	}

	/** Leaves nothing of it on this device. */
	async forget(): Promise<void> {
		this.#forgotten = true;
		this.listing.close();
		await this.close('stopped');
		if (this.#poster !== undefined) URL.revokeObjectURL(this.#poster);
		await this.#publication.settled(); // what it keeps comes before, not after
		await this.#context.parts.records.forgetShare(this.id);
	}

	get isSharing(): boolean { return this.#status.state === 'sharing'; }
	/** Whether leaving now would take the film from people. */
	get mustStay(): boolean { return this.isSharing && this.view.fullCopies === 0; }
	/** For `globalThis.streamlet`. */
	get snapshot(): NodeSnapshot | undefined { return this.#peer?.snapshot(); }

	/** What only one tab may do. Nothing happens when another shares the film: this one says so. */
	#alone(act: () => Promise<void>): Promise<void> {
		if (this.#isBusy) return act();
		const turn = this.#lastAlone.then(async () => {
			if (!this.#isBusy && !await this.#enter(this.#turn)) return;
			await act();
			if (!this.#isBusy) await this.#claim.letGo();
		});
		this.#lastAlone = turn.catch(() => undefined); // whoever asked for this turn hears of it; the next has its own
		return turn;
	}

	/** Whether the claim is held, or being asked for, by what runs. */
	get #isBusy(): boolean { return this.isSharing || this.#status.state === 'checking-file'; }

	/** Claims the share, and takes over what other tabs did with it. False when there is nothing to go on with. */
	async #enter(turn: number): Promise<boolean> {
		const isAlone = await this.#claim.hold();
		const record = isAlone ? await this.#context.parts.records.share(this.id) : undefined;
		if (turn !== this.#turn) return false;
		if (record) this.#record = record;
		if (record?.descriptor) await this.#publication.resume(record.descriptor);
		if (record && !record.stopped) return turn === this.#turn;
		this.#setStatus({ state: isAlone ? 'stopped' : 'elsewhere' });
		await this.#claim.letGo();
		return false;
	}

	#begin(file: File): void { this.#run(file).catch((error: unknown) => this.#broke(error)); }

	/** A mistake of ours, or a database that was taken away: said instead of waiting for ever. */
	#broke(error: unknown): void {
		this.#fail('internal');
		reportError(error);
	}

	/** What a person stops, or a fault ends, goes no further than the step it is at. */
	async #run(file: File): Promise<void> {
		const turn = ++this.#turn;
		this.#fileUrl = URL.createObjectURL(file);
		this.#source = new FileGroupSource(file, this.#record.contentKey);
		this.#setStatus({ state: 'sharing' });
		this.#peer = this.#makePeer(this.#source);
		this.#routes = new Routes(this.#peer);
		this.#peer.start();
		this.#parking.open();
		const { latest } = this.#publication;
		if (latest) await this.#announce(latest);
		else await this.#publication.revise({});
		if (turn === this.#turn) await this.#prepare(file, turn);
		if (turn === this.#turn) await this.#seal(turn);
	}

	#makePeer(source: FileGroupSource): SwarmPeer {
		return sharePeer({
			context: this.#context, id: this.id, keys: this.#keys, source, sealing: this.#sealing, tree: () => this.#tree,
			changed: () => this.#pulse.soon(), unkept: () => this.#fail('storage'),
			failed: (fault) => this.#storeFailed(fault),
		});
	}

	/** What was published in a former visit is in force again. */
	async #announce(descriptor: ClearDescriptor): Promise<void> {
		await this.#peer?.node.describe(descriptor.bytes);
		this.#peer?.node.attachmentsHeld(descriptor.revision);
		this.#tellTrackers(descriptor);
	}

	#tellTrackers(descriptor: ClearDescriptor): void {
		for (const tracker of this.#context.trackers([])) tracker.publish(this.id, descriptor);
	}

	async #prepare(file: File, turn: number): Promise<void> {
		if (this.#publication.has('index')) {
			this.#indexed = 1;
			return;
		}
		this.#preparation = prepareFilm(file, (fraction) => {
			this.#indexed = fraction;
			this.#pulse.soon();
		});
		const [index, poster] = [await this.#preparation.index, this.#preparation.poster];
		if (turn !== this.#turn) return;
		if (!index.ok) return this.#notIndexed(index.error);
		const { header, pages, film } = index.value;
		const kept = await this.#publication.attach([
			{ kind: 'index', form: 'sealed', content: header }, { kind: 'pages', form: 'sealed', content: pages },
		], { durationSec: film.duration, tracks: describedTracks(film.tracks) });
		if (!kept) return this.#noRoom(turn);
		this.#indexed = 1;
		const picture = await poster;
		if (!picture || turn !== this.#turn) return;
		await this.#publication.attach([{ kind: 'poster', form: 'sealed', type: picture.type, content: picture.bytes }]);
		await this.#showPoster();
	}

	async #showPoster(): Promise<void> {
		const poster = await this.#publication.content('poster');
		if (!poster || this.#forgotten || this.#poster !== undefined) return;
		this.#poster = URL.createObjectURL(new Blob([poster.bytes], { type: poster.type }));
		this.#pulse.now();
	}

	/** No film: whoever has the link is told that it was stopped. A file that is away may come back. */
	async #notIndexed(fault: IndexFault): Promise<void> {
		if (fault === 'cancelled' || fault === 'closed') return;
		if (fault === 'gone' || fault === 'changed') return this.#storeFailed(fault);
		await this.#stopAs({ state: 'failed', problem: problemOfIndex(fault) });
	}

	/** Hashes the whole film in the background, from where the last visit ended. */
	async #seal(turn: number): Promise<void> {
		if (!this.#source) return;
		const { crypto, records } = this.#context.parts;
		if (!this.#publication.root) {
			const sealed = await this.#sealing.run(this.#source, () => this.#pulse.soon());
			if (turn !== this.#turn) return;
			if (!sealed.ok) return this.#storeFailed(sealed.error);
			const kept = await this.#publication.seal(treeRoot(sealed.value, crypto.sha256Now), sealed.value);
			if (!kept) return this.#noRoom(turn);
			await records.forgetFoundRoots(this.id); // from now on they are kept as what was published
		}
		const roots = await this.#publication.groupRoots();
		if (roots) this.#tree = new GroupTree(roots, crypto.sha256Now); // else signatures go on to certify
		this.#sealedRevision = this.#publication.revision;
		this.#pulse.now();
	}

	async #stopAs(status: ShareState): Promise<void> {
		if (this.#record.stopped) return;
		this.#turn += 1;
		this.#setStatus(status);
		await this.#keep({ stopped: true });
		await this.#publication.revoke();
		await this.close('stopped');
	}

	/** What viewers need beside the film could not be kept. */
	#noRoom(turn: number): void { if (turn === this.#turn) this.#fail('storage'); }
	#storeFailed(fault: StoreFault): void { if (this.isSharing) this.#fail(problemOfFile(fault)); }

	#fail(problem: ShareProblem): void {
		this.#setStatus({ state: 'failed', problem });
		void this.close('leaving');
	}

	#setStatus(status: ShareState): void {
		this.#status = status;
		this.#pulse.now();
	}

	async #keep(change: Partial<ShareRecord>): Promise<void> {
		this.#record = { ...this.#record, ...change };
		if (this.#forgotten) return;
		const kept = await this.#context.parts.records.putShare(this.#record);
		if (!kept.ok && this.isSharing) this.#fail('storage');
	}

	#draw(): ShareView {
		return drawShare({
			link: this.link, copied: this.#copied, status: this.#status, fileUrl: this.#fileUrl, posterUrl: this.#poster,
			indexed: this.#indexed, parking: this.#parking.view, listing: this.listing.view, record: this.#record,
			publication: this.#publication, hashed: this.#sealing.fraction, sealedRevision: this.#sealedRevision,
			snapshot: this.snapshot, routes: this.#routes, now: this.#context.parts.clock.now(),
		});
	}
}
