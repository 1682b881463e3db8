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
import { deriveLinkKeys } from '../shared/protocol/keys.ts';
import type { ShareLink } from '../shared/protocol/share-link.ts';
import type { OpenTrackerSocket } from '../shared/ports/tracker-socket.ts';
import { TrackerSession } from '../shared/runtime/tracker-session.ts';
import type { MakeDataPeer } from '../shared/rtc/data-peer.ts';
import { Catalogue } from './catalogue.ts';
import type { Film, FilmOutcome, FilmWords } from './film.ts';
import type { FilmShelf } from './http/http-face.ts';
import { KeptShare, type KeptShareInit, type KnownKeys } from './kept-share.ts';
import { LookUp } from './look-up.ts';
import type { DiskStore } from './store/disk-store.ts';
import { Torrents, type TorrentOutcome } from './torrent/torrents.ts';

/** Trackers at once that links name beside our own. */
const MAX_TRACKERS = 8;

/** Listed films at once that nobody told us of: a tracker lets one connection take part in 64 shares. */
const MAX_PUBLIC = 32;

/** A beginning that has not come by then is tried again another time. */
const GLANCE_PATIENCE: Ms = 20 * SECOND;

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
	/** A share was stopped by its sharer. */
	readonly stopped?: (share: ShareId) => void;
}

/** A share as faces admit to it. */
export interface AdmittedShare { readonly authKey: Bytes; readonly share: KeptShare }

/**
 * A share that we take part in. `isPublic`: nobody told us of it, it stands in a catalogue. `parkedBytes`: it is
 * parked, and as large as that at most; without its descriptor's key that is all it is here for.
 */
interface Listed {
	readonly id: ShareId;
	readonly trackers: readonly string[];
	readonly keys: KnownKeys;
	readonly isPublic: boolean;
	parkedBytes: number | undefined;
	kept: KeptShare | undefined;
}

/** One per process. */
export class Bridge implements FilmShelf {
	readonly self: PeerId;
	readonly #init: BridgeInit;
	readonly #listed = new Map<ShareId, Listed>();
	readonly #trackers = new Map<string, TrackerSession>();
	readonly #lookUp: LookUp;
	readonly #torrents: Torrents;
	/** Films that are only looked at. */
	readonly #glances = new Map<ShareId, KeptShare>();
	#catalogues: readonly Catalogue[] = [];
	#closed = false;

	constructor(init: BridgeInit) {
		this.#init = init;
		this.self = peerIdFrom(init.crypto.random(16));
		this.#torrents = new Torrents(init.store);
		this.#lookUp = new LookUp(init.clock, () => this.#trackersAt(init.trackers));
	}

	/** Takes a share on: fetches it, keeps it, serves it. Again is harmless. */
	keep(link: ShareLink): Promise<void> { return this.#open(link, false); }

	/** Takes a share on that it cannot read: fetches it, keeps it, serves it, until {@link unpark}. */
	async park(id: ShareId, authKey: Bytes, bytes: number): Promise<void> {
		const listed = this.#listed.get(id);
		if (this.#closed) return;
		if (listed) {
			listed.parkedBytes = bytes;
			return this.#start(listed);
		}
		const keys = { auth: authKey };
		await this.#list({ id, trackers: [], keys, isPublic: false, parkedBytes: bytes, kept: undefined });
	}

	/** Its time is over. What nobody gave us the link of is deleted. */
	async unpark(id: ShareId): Promise<void> {
		const listed = this.#listed.get(id);
		if (listed) listed.parkedBytes = undefined;
		if (listed?.keys.descriptor) return;
		this.#listed.delete(id);
		await listed?.kept?.close();
		await this.#init.store.forget(id);
	}

	/** Part of a share that is kept, 0 to 1; 1 only once attachments are, too. */
	progress(id: ShareId): number {
		const node = this.#listed.get(id)?.kept?.node;
		if (!node) return 0;
		const { total, held } = node.snapshot().chunks;
		return node.isComplete ? 1 : Math.min(0.999, total === 0 ? 0 : held / total);
	}

	async find(id: ShareId): Promise<FilmOutcome> {
		const listed = await this.#wanted(id);
		if (typeof listed === 'string') return { state: listed };
		void this.#init.store.touch(id);
		await this.#start(listed); // it may have made room for another, and is wanted again
		return await listed.kept?.film() ?? { state: 'unknown' };
	}

	/** From now on it knows what films stand in the catalogues of its trackers, if it serves them. */
	followCatalogues(): void {
		if (!this.#init.servesListed) return;
		const { crypto, clock, trackers } = this.#init;
		this.#catalogues = this.#trackersAt(trackers).map((tracker) => new Catalogue(tracker, crypto, clock));
		for (const catalogue of this.#catalogues) catalogue.start();
	}

	/** Films that anybody may have, as far as they are known: of those we were told of, and of catalogues. */
	films(): readonly FilmWords[] {
		const told = [...this.#listed.values()].flatMap(({ isPublic, kept }) => (isPublic ? [] : kept?.known ?? []));
		const films = new Map<ShareId, FilmWords>();
		for (const { id, title, type, reader: { size } } of told) films.set(id, { id, title, type, size });
		for (const film of this.#catalogues.flatMap((each) => each.films)) {
			if (!films.has(film.id)) films.set(film.id, film);
		}
		return [...films.values()];
	}

	/** The first bytes of one of these films. One that is not here is looked at, and not taken on. */
	async beginning(id: ShareId, bytes: number): Promise<Bytes | undefined> {
		const listed = this.#listed.get(id);
		if (listed?.kept) return listed.kept.known && this.#beginningOf(listed.kept.known, bytes);
		const found = this.#catalogues.map((catalogue) => catalogue.film(id)).find((film) => film && film.online > 0);
		const keys = listed?.keys ?? found?.keys;
		if (!keys?.descriptor || this.#closed || this.#glances.has(id)) return undefined;
		const glance = this.#shareOf({ id, keys, trackers: listed?.trackers ?? [] }, {
			glances: true, mayKeep: () => false, stopped: () => undefined, storeFailed: () => undefined,
		});
		this.#glances.set(id, glance);
		await glance.start();
		const outcome = await glance.film();
		const read = outcome.state === 'here' ? await this.#beginningOf(outcome.film, bytes) : undefined;
		await glance.close();
		this.#glances.delete(id);
		return read;
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

	async #beginningOf({ reader }: Film, bytes: number): Promise<Bytes | undefined> {
		const pending = reader.read(0, Math.min(bytes, reader.size), GLANCE_PATIENCE);
		const cancel = this.#init.clock.after(GLANCE_PATIENCE, () => pending.cancel());
		const read = await pending.bytes;
		cancel();
		return read.ok ? read.value : undefined;
	}

	/** Leaves all swarms; what is kept stays. */
	async close(): Promise<void> {
		this.#closed = true;
		for (const catalogue of this.#catalogues) catalogue.close();
		await Promise.all([...this.#glances.values()].map((glance) => glance.close()));
		await Promise.all([...this.#listed.values()].map(async (listed) => listed.kept?.close()));
		for (const tracker of this.#trackers.values()) tracker.close();
	}

	/** Takes a share on with all that its link tells. One that was parked, or public, from now on is more than that. */
	async #open(link: ShareLink, isPublic: boolean): Promise<void> {
		const isThere = () => {
			const known = this.#listed.get(link.id);
			return known?.keys.descriptor !== undefined && (isPublic || !known.isPublic);
		};
		if (isThere()) return;
		const keys = await deriveLinkKeys(this.#init.crypto, link.key);
		const former = this.#listed.get(link.id);
		if (this.#closed || isThere()) return;
		await former?.kept?.close();
		const { id, trackers } = link;
		await this.#list({ id, trackers, keys, isPublic, parkedBytes: former?.parkedBytes, kept: undefined });
	}

	async #list(listed: Listed): Promise<void> {
		this.#listed.set(listed.id, listed);
		await this.#start(listed);
	}

	/** A share that we were told of, or that stands in a catalogue now. */
	async #wanted(id: ShareId): Promise<Listed | 'unlisted' | 'unasked' | 'busy'> {
		const known = this.#listed.get(id);
		const isOpen = known?.keys.descriptor !== undefined;
		if (this.#closed) return 'unlisted';
		if (isOpen && !known.isPublic) return known;
		const found = this.#init.servesListed ? await this.#lookUp.find(id) : 'unlisted';
		if (found === 'unasked') return isOpen ? known : found; // it was listed when it was asked for last
		if (found === 'unlisted') {
			if (known?.isPublic && known.parkedBytes === undefined && await this.letGo(id)) this.#listed.delete(id);
			return found;
		}
		if (!this.#listed.has(id) && !await this.#makePlace()) return 'busy';
		await this.#open(found, true);
		return this.#listed.get(id) ?? 'unlisted';
	}

	/** Lets go of the listed film that was taken up first, where there are too many. False: all are being sent. */
	async #makePlace(): Promise<boolean> {
		const shares = [...this.#listed.values()].filter((each) => each.isPublic && each.parkedBytes === undefined);
		if (shares.length < MAX_PUBLIC) return true;
		for (const { id } of shares) {
			if (!await this.letGo(id)) continue;
			this.#listed.delete(id);
			return true;
		}
		return false;
	}

	/** Takes part in it, if it does not yet. */
	async #start(listed: Listed): Promise<void> {
		const { id } = listed;
		const { say } = this.#init;
		await this.#glances.get(id)?.close(); // a swarm has one place for us
		if (listed.kept || this.#closed || this.#listed.get(id) !== listed) return;
		listed.kept = this.#shareOf(listed, {
			mayKeep: (bytes) => bytes <= (listed.parkedBytes ?? Infinity),
			stopped: () => {
				say(`The share ${id} was stopped by its sharer; what was kept of it is deleted.`);
				void this.#drop(listed);
				this.#init.stopped?.(id);
			},
			storeFailed: (fault) => say(`The disk keeps no more of ${id} (${fault}): only what is watched is fetched.`),
		});
		await listed.kept.start();
	}

	#shareOf(
		{ id, keys, trackers }: Pick<Listed, 'id' | 'keys' | 'trackers'>,
		how: Pick<KeptShareInit, 'glances' | 'mayKeep' | 'stopped' | 'storeFailed'>,
	): KeptShare {
		const { crypto, clock, rng, store, makePeer, name } = this.#init;
		return new KeptShare({
			share: id, keys, self: this.self, crypto, clock, rng, store, makePeer, name, ...how,
			trackers: this.#trackersAt([...this.#init.trackers, ...trackers]),
		});
	}

	async #drop(listed: Listed): Promise<void> {
		await listed.kept?.close();
		await this.#init.store.forget(listed.id);
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
