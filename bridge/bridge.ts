/**
 * What a bridge has: the shares it was told of, each a peer of its swarm, and the disk they are kept on. Faces (HTTP,
 * TCP) ask it for films and for peers; it knows none of them.
 */
import type { Bytes } from '../shared/base/bytes.ts';
import type { Rng } from '../shared/base/rng.ts';
import { MIB, SECOND, type Ms } from '../shared/base/units.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Crypto } from '../shared/ports/crypto.ts';
import { peerIdFrom, type PeerId, type ShareId } from '../shared/protocol/ids.ts';
import { deriveLinkKeys, type LinkKeys } from '../shared/protocol/keys.ts';
import type { ShareLink } from '../shared/protocol/share-link.ts';
import type { OpenTrackerSocket } from '../shared/ports/tracker-socket.ts';
import { TrackerSession } from '../shared/runtime/tracker-session.ts';
import type { MakeDataPeer } from '../shared/rtc/data-peer.ts';
import type { Film, FilmOutcome } from './film.ts';
import type { FilmShelf } from './http/http-face.ts';
import { KeptShare } from './kept-share.ts';
import { LookUp } from './look-up.ts';
import type { DiskStore } from './store/disk-store.ts';
import { Torrents, type TorrentOutcome } from './torrent/torrents.ts';

/** Trackers at once that links name beside our own. */
const MAX_TRACKERS = 8;

/** Listed films at once that nobody told us of: a tracker lets one connection take part in 64 shares. */
const MAX_PUBLIC = 32;

/** A torrent that is made within this time comes at once; else whoever asks is told to ask again. */
const TORRENT_PATIENCE: Ms = 4 * SECOND;

/** What a bridge is made of. */
export interface BridgeInit {
	readonly crypto: Crypto;
	readonly clock: Clock;
	readonly rng: Rng;
	readonly store: DiskStore;
	readonly makePeer: MakeDataPeer;
	readonly openTrackerSocket: OpenTrackerSocket;
	/** WebSocket URLs of the trackers that every share is looked for at. */
	readonly trackers: readonly string[];
	readonly name: string;
	/** Whether films in the public catalogues of these trackers are served without being told of. */
	readonly servesListed: boolean;
	/** A line for whoever runs it. */
	readonly say: (line: string) => void;
}

/** A share as faces admit to it. */
export interface AdmittedShare { readonly authKey: Bytes; readonly share: KeptShare }

/** `isPublic`: nobody told us of it, it stands in a catalogue. */
interface Listed { readonly link: ShareLink; readonly keys: LinkKeys; kept: KeptShare | undefined; isPublic: boolean }

/** One per process. */
export class Bridge implements FilmShelf {
	readonly self: PeerId;
	readonly #init: BridgeInit;
	readonly #listed = new Map<ShareId, Listed>();
	readonly #trackers = new Map<string, TrackerSession>();
	readonly #lookUp: LookUp;
	readonly #torrents: Torrents;
	#closed = false;

	constructor(init: BridgeInit) {
		this.#init = init;
		this.self = peerIdFrom(init.crypto.random(16));
		this.#torrents = new Torrents(init.store);
		this.#lookUp = new LookUp(init.clock, () => this.#trackersAt(init.trackers));
	}

	/** Takes a share on: fetches it, keeps it, serves it. Again is harmless. */
	async keep(link: ShareLink): Promise<void> {
		const known = this.#listed.get(link.id);
		if (known) known.isPublic = false;
		else await this.#add(link, { isPublic: false });
	}

	async find(id: ShareId): Promise<FilmOutcome> {
		const listed = await this.#wanted(id);
		if (typeof listed === 'string') return { state: listed };
		void this.#init.store.touch(id);
		if (!listed.kept) await this.#start(listed).start(); // it made room for another, and is wanted again
		return await listed.kept?.film() ?? { state: 'unknown' };
	}

	async torrent(film: Film, filmUrl: string): Promise<TorrentOutcome> {
		const release = this.use(film.id);
		const outcome = await this.#torrents.of(film, filmUrl);
		if (outcome.state !== 'hashing') {
			release();
			return outcome;
		}
		const made = this.#torrents.settled(film.id).then(release);
		await Promise.race([made, new Promise<void>((resolve) => this.#init.clock.after(TORRENT_PATIENCE, resolve))]);
		return this.#torrents.of(film, filmUrl);
	}

	use(id: ShareId): () => void {
		const kept = this.#listed.get(id)?.kept;
		if (kept) kept.users += 1;
		return () => { if (kept) kept.users -= 1; };
	}

	/** The share, for transports of other kinds; undefined when it is not here. */
	admit(id: ShareId): AdmittedShare | undefined {
		const listed = this.#listed.get(id);
		return listed?.kept && { authKey: listed.keys.auth, share: listed.kept };
	}

	/** Room is needed: closes a share that nobody is being sent. False: it stays. */
	async letGo(id: ShareId): Promise<boolean> {
		const listed = this.#listed.get(id);
		const kept = listed?.kept;
		if (!kept) return true;
		if (kept.users > 0) return false;
		listed.kept = undefined;
		await kept.close();
		return true;
	}

	health(): Readonly<Record<string, number>> {
		const kept = [...this.#listed.values()].flatMap((listed) => listed.kept ?? []);
		const peers = kept.reduce((sum, { node }) => sum + node.snapshot().links.length, 0);
		return { shares: kept.length, peers, memoryMiB: Math.round(process.memoryUsage.rss() / MIB) };
	}

	/** Leaves all swarms; what is kept stays. */
	async close(): Promise<void> {
		this.#closed = true;
		await Promise.all([...this.#listed.values()].map(async (listed) => listed.kept?.close()));
		for (const tracker of this.#trackers.values()) tracker.close();
	}

	async #add(link: ShareLink, { isPublic }: { readonly isPublic: boolean }): Promise<void> {
		const keys = await deriveLinkKeys(this.#init.crypto, link.key);
		if (this.#closed || this.#listed.has(link.id)) return;
		const listed: Listed = { link, keys, kept: undefined, isPublic };
		this.#listed.set(link.id, listed);
		await this.#start(listed).start();
	}

	/** A share that we were told of, or that stands in a catalogue now. */
	async #wanted(id: ShareId): Promise<Listed | 'unlisted' | 'unasked' | 'busy'> {
		const known = this.#listed.get(id);
		if (this.#closed) return 'unlisted';
		if (known && !known.isPublic) return known;
		const found = this.#init.servesListed ? await this.#lookUp.find(id) : 'unlisted';
		if (found === 'unasked') return known ?? found; // it was listed when it was asked for last
		if (found === 'unlisted') {
			if (known?.isPublic && await this.letGo(id)) this.#listed.delete(id);
			return found;
		}
		if (!this.#listed.has(id)) {
			if (!await this.#makePlace()) return 'busy';
			await this.#add(found, { isPublic: true });
		}
		return this.#listed.get(id) ?? 'unlisted';
	}

	/** Lets go of the listed film that was taken up first, where there are too many. False: all are being sent. */
	async #makePlace(): Promise<boolean> {
		const shares = [...this.#listed].filter(([, listed]) => listed.isPublic).map(([share]) => share);
		if (shares.length < MAX_PUBLIC) return true;
		for (const share of shares) {
			if (!await this.letGo(share)) continue;
			this.#listed.delete(share);
			return true;
		}
		return false;
	}

	#start(listed: Listed): KeptShare {
		const { link, keys } = listed;
		const { crypto, clock, rng, store, makePeer, name, say } = this.#init;
		listed.kept = new KeptShare({
			share: link.id, keys, self: this.self, crypto, clock, rng, store, makePeer, name,
			trackers: this.#trackersOf(link),
			stopped: () => {
				say(`The share ${link.id} was stopped by its sharer; what was kept of it is deleted.`);
				void this.#drop(listed);
			},
			storeFailed: (fault) => say(`The disk keeps no more of ${link.id} (${fault}): only what is watched is fetched.`),
		});
		return listed.kept;
	}

	async #drop(listed: Listed): Promise<void> {
		await listed.kept?.close();
		await this.#init.store.forget(listed.link.id);
	}

	#trackersOf({ trackers }: ShareLink): TrackerSession[] {
		return this.#trackersAt([...this.#init.trackers, ...trackers]);
	}

	#trackersAt(urls: readonly string[]): TrackerSession[] {
		return [...new Set(urls)].flatMap((url) => this.#trackers.get(url) ?? this.#openTracker(url) ?? []);
	}

	#openTracker(url: string): TrackerSession | undefined {
		if (this.#trackers.size >= this.#init.trackers.length + MAX_TRACKERS) return undefined;
		const { clock, rng, openTrackerSocket, name, say } = this.#init;
		const session = new TrackerSession({ url, self: this.self, open: openTrackerSocket, clock, rng });
		let isOut = false;
		session.listen({ line: (line) => {
			if (line.state === 'online' && isOut) say(`The tracker ${url} is back.`);
			if (line.state === 'offline' && !isOut) say(`The tracker ${url} cannot be reached; trying again until it can.`);
			if (line.state === 'replaced') say(`The tracker ${url} has another connection with our id; start the bridge anew.`);
			if (line.state !== 'connecting') isOut = line.state === 'offline';
		} });
		session.rename(name);
		this.#trackers.set(url, session);
		session.start();
		return session;
	}
}
