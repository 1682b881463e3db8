/**
 * One film that is shared from this machine's disk. The link exists at once; index, poster and hashes follow while
 * people already watch. What is needed to go on another day is kept before anything is told.
 */
import { basename } from 'node:path';
import { ok } from '../../shared/base/result.ts';
import type { Rng } from '../../shared/base/rng.ts';
import { buildIndex, type IndexFault } from '../../shared/media/index-builder.ts';
import { describedTracks } from '../../shared/media/described-tracks.ts';
import { titleOf, typeOf } from '../../shared/media/file-names.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Crypto } from '../../shared/ports/crypto.ts';
import type { StoreFault } from '../../shared/ports/group-store.ts';
import type { ClearDescriptor } from '../../shared/protocol/descriptor.ts';
import { Layout, type PeerId, type ShareId } from '../../shared/protocol/ids.ts';
import { deriveLinkKeys, shareKeysFrom, type LinkKeys, type ShareKeys } from '../../shared/protocol/keys.ts';
import { GroupTree, treeRoot } from '../../shared/protocol/merkle.ts';
import type { MakeDataPeer } from '../../shared/rtc/data-peer.ts';
import { SwarmPeer } from '../../shared/rtc/swarm-peer.ts';
import { CertifyingStore } from '../../shared/runtime/certifying-store.ts';
import { Publication } from '../../shared/runtime/publication.ts';
import { isSameFilm } from '../../shared/runtime/same-film.ts';
import { Sealing } from '../../shared/runtime/sealing.ts';
import type { TrackerSession } from '../../shared/runtime/tracker-session.ts';
import { DiskFilmSource, type DiskFilm } from './disk-film.ts';
import { posterOf } from './poster.ts';
import type { ShareFiles, ShareRecord } from './share-records.ts';

/** Peers the tracker introduces at first: usually they come to a sharer. */
const FIRST_PEERS = 8;

/** Why a film is shared no longer. The disk's words are about the film, `storage` about what is kept of the share. */
export type EndOfShare = 'changed' | 'gone' | 'storage' | Exclude<IndexFault, 'cancelled' | 'closed'>;

/** What a process has that shares films. */
export interface SharerParts {
	readonly self: PeerId;
	readonly crypto: Crypto;
	readonly clock: Clock;
	readonly rng: Rng;
	readonly tracker: TrackerSession;
	readonly makePeer: MakeDataPeer;
	/** As viewers see it in their list of people. */
	readonly name: string;
}

/** What one film is made of. */
export interface SharedFilmInit {
	readonly parts: SharerParts;
	readonly record: ShareRecord;
	readonly files: ShareFiles;
	readonly film: DiskFilm;
	/** Told once, when it ends by itself. */
	readonly ended: (why: EndOfShare) => void;
}

/** How it goes. Fractions from 0 to 1. */
export interface FilmProgress {
	readonly indexed: boolean;
	readonly sealed: number;
	/** Connected, and those of them who hold all of it: with one of those the sharer may go. */
	readonly people: number;
	readonly copies: number;
	readonly uploadedBytes: number;
}

/** From when it was opened until it is closed. */
export class SharedFilm {
	readonly record: ShareRecord;
	readonly #init: SharedFilmInit;
	readonly #publication: Publication;
	readonly #sealing: Sealing;
	readonly #source: DiskFilmSource;
	readonly #peer: SwarmPeer;
	#tree: GroupTree | undefined;
	#sealedRevision = 0;
	#over = false;

	private constructor(init: SharedFilmInit, keys: { readonly share: ShareKeys; readonly link: LinkKeys }) {
		const { record, files, film, parts: { crypto } } = init;
		this.#init = init;
		this.record = record;
		this.#source = new DiskFilmSource(film, crypto, record.contentKey);
		this.#sealing = new Sealing({ share: record.id, groups: new Layout(record.size).groups, records: files });
		const fileName = basename(record.path);
		this.#publication = new Publication({
			crypto, keys, contentKey: record.contentKey, size: record.size, parts: files.parts,
			publish: (descriptor) => this.#publish(descriptor),
		}, { title: titleOf(fileName), type: typeOf(fileName, '') });
		this.#peer = this.#makePeer(keys);
	}

	/** What is known of it from former days is taken up. It does nothing yet. */
	static async open(init: SharedFilmInit): Promise<SharedFilm> {
		const { record, files, parts: { crypto } } = init;
		const [share, link] = [await shareKeysFrom(crypto, record.secretKey), await deriveLinkKeys(crypto, record.linkKey)];
		const shared = new SharedFilm(init, { share, link });
		const descriptor = await files.descriptor();
		if (descriptor) await shared.#publication.resume(descriptor);
		await shared.#sealing.takeUp(await shared.#publication.groupRoots());
		return shared;
	}

	/** Closed, or ended by itself: looked at after each wait. */
	#isOver(): boolean { return this.#over; }
	get id(): ShareId { return this.record.id; }
	get title(): string { return this.#publication.body.title; }

	/** It was ended for good. */
	get isRevoked(): boolean { return this.#publication.latest?.state === 'revoked'; }
	/** Whether something of the film is known that another one would not have. */
	get isKnown(): boolean { return this.#sealing.found > 0 || this.#init.files.certifiedGroups.length > 0; }

	/** Whether the file has the known bytes, wherever a few looks fall. */
	isSame(): Promise<boolean> {
		const { files, parts: { crypto } } = this.#init;
		const { found } = this.#sealing;
		const groups = Array.from({ length: found }, (_, group) => group);
		const known = {
			groups: [...groups, ...files.certifiedGroups.filter((group) => group >= found)],
			rootOf: (group: number) => Promise.resolve(this.#sealing.rootOf(group) ?? files.certified(group)?.root),
		};
		return isSameFilm(this.#source, known, crypto.sha256Now);
	}

	/** Enters the swarm; settles when everything is prepared, or it ended. */
	async run(): Promise<void> {
		this.#peer.start();
		const { latest } = this.#publication;
		if (latest) await this.#tell(latest);
		else await this.#publication.revise({});
		await this.#prepare();
		await this.#seal();
	}

	get progress(): FilmProgress {
		const { links, bytes } = this.#peer.node.snapshot();
		const sealed = this.#sealedRevision;
		return {
			indexed: this.#publication.has('index'), sealed: this.#publication.root ? 1 : this.#sealing.fraction,
			people: links.length, uploadedBytes: bytes.uploaded,
			copies: links.filter((link) => sealed > 0 && link.completeRevision >= sealed).length,
		};
	}

	/** Leaves the swarm. Another day it goes on. */
	async close(): Promise<void> {
		this.#over = true;
		await this.#peer.close('leaving');
		await this.#init.film.close();
		await this.#publication.settled(); // what it keeps comes before, not after
	}

	async #publish(descriptor: ClearDescriptor): Promise<void> {
		try {
			await this.#init.files.putDescriptor(descriptor.bytes);
		} catch {
			return this.#end('storage');
		}
		await this.#tell(descriptor);
	}

	async #tell(descriptor: ClearDescriptor): Promise<void> {
		await this.#peer.node.describe(descriptor.bytes);
		this.#peer.node.attachmentsHeld(descriptor.revision); // what we tell of, we have
		this.#init.parts.tracker.publish(this.id, descriptor);
	}

	async #prepare(): Promise<void> {
		if (this.#publication.has('index')) return;
		const index = await buildIndex(this.#init.film.reader);
		if (this.#isOver()) return;
		if (!index.ok) return this.#end(index.error === 'cancelled' || index.error === 'closed' ? 'gone' : index.error);
		const { header, pages, film: { duration, tracks } } = index.value;
		const isKept = await this.#publication.attach([
			{ kind: 'index', form: 'sealed', content: header }, { kind: 'pages', form: 'sealed', content: pages },
		], { durationSec: duration, tracks: describedTracks(tracks) });
		if (!isKept) return this.#end('storage');
		const poster = tracks.some(({ kind }) => kind === 'video') ? await posterOf(this.record.path, duration) : undefined;
		if (!poster || this.#isOver()) return;
		await this.#publication.attach([{ kind: 'poster', form: 'sealed', type: 'image/jpeg', content: poster }]);
	}

	async #seal(): Promise<void> {
		const { files, parts: { crypto } } = this.#init;
		if (this.#isOver()) return;
		if (!this.#publication.root) {
			const sealed = await this.#sealing.run(this.#source, () => undefined);
			if (this.#isOver()) return;
			if (!sealed.ok) return this.#fileFailed(sealed.error);
			const isKept = await this.#publication.seal(treeRoot(sealed.value, crypto.sha256Now), sealed.value);
			if (!isKept) return this.#end('storage');
			await files.forgetFoundRoots(); // from now on they are kept as what was published
		}
		const roots = await this.#publication.groupRoots();
		if (roots) this.#tree = new GroupTree(roots, crypto.sha256Now); // else signatures go on to certify
		this.#sealedRevision = this.#publication.revision;
	}

	#fileFailed(fault: StoreFault): void { this.#end(fault === 'changed' || fault === 'gone' ? fault : 'storage'); }

	#end(why: EndOfShare): void {
		if (this.#isOver()) return;
		this.#over = true;
		this.#init.ended(why);
	}

	#makePeer(keys: { readonly share: ShareKeys; readonly link: LinkKeys }): SwarmPeer {
		const { record: { id }, files, parts } = this.#init;
		const { self, crypto, clock, rng, tracker, makePeer, name } = parts;
		return new SwarmPeer({
			share: id, self, crypto, clock, rng, trackers: [tracker], makePeer, authKey: keys.link.auth, name: () => name,
			wants: FIRST_PEERS, parts: files.parts,
			openStore: (layout) => Promise.resolve(ok(new CertifyingStore({
				crypto, keys: keys.share, layout, tree: () => this.#tree,
				load: async (group) => {
					const loaded = await this.#source.loadGroup(group);
					if (!loaded.ok) this.#fileFailed(loaded.error);
					return loaded;
				},
				certified: (group) => Promise.resolve(files.certified(group)),
				found: (group) => this.#sealing.rootOf(group),
				keep: async (group, certified) => {
					const kept = await files.putCertified(group, certified);
					if (!kept.ok) this.#end('storage');
					return kept;
				},
				changed: () => this.#end('changed'),
			}))),
			host: {
				described: () => undefined, changed: () => undefined, storeFailed: (fault) => this.#fileFailed(fault),
				equivocated: () => undefined, // this process alone signs
			},
		});
	}
}
