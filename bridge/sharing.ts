/** Shares films from this machine's disk: what one process gives, and what is kept of it for another day. */
import { mkdir, rm, stat } from 'node:fs/promises';
import { homedir, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { urlsOf } from '../node/listen.ts';
import { nodeClock } from '../node/node-clock.ts';
import { nodeCrypto } from '../node/node-crypto.ts';
import { fail, ok, type Result } from '../shared/base/result.ts';
import { peerIdFrom, type ShareId } from '../shared/protocol/ids.ts';
import { KEY_BYTES, makeShareKeys, shareKeysFrom } from '../shared/protocol/keys.ts';
import { MAX_SHARE_BYTES } from '../shared/protocol/limits.ts';
import { makeListing } from '../shared/protocol/listing.ts';
import { formatShareLink } from '../shared/protocol/share-link.ts';
import type { MakeDataPeer } from '../shared/rtc/data-peer.ts';
import { TrackerSession } from '../shared/runtime/tracker-session.ts';
import { openTrackerSocket } from './node-tracker-socket.ts';
import { loadDataPeers } from './rtc/node-data-peer.ts';
import { DiskFilm, type OpenFault } from './share/disk-film.ts';
import { FilmFolder, type FolderEvents } from './share/film-folder.ts';
import { revoke } from './share/revoke.ts';
import { findShares, ShareFiles, type ShareRecord } from './share/share-records.ts';
import { SharedFilm, type EndOfShare, type FilmProgress, type SharerParts } from './share/shared-film.ts';
import { lockDirectory, type Unlock } from './store/directory-lock.ts';

export type { EndOfShare, FilmProgress };

/** What is kept of a share, for this process alone. */
interface Kept { readonly files: ShareFiles; readonly unlock: Unlock }

/** Where to share, and who hears how it goes. */
export interface SharingInit {
	/** WebSocket URL of the tracker: {@link trackerUrlOf} a page. */
	readonly trackerUrl: string;
	/** Where keys and descriptions are kept: {@link defaultShareFolder}. */
	readonly folder: string;
	readonly name: string;
	/** A line for the person. */
	readonly say: (line: string) => void;
	/** A film is shared no longer, by itself. */
	readonly ended: (film: FilmShare, why: EndOfShare) => void;
}

/** Ends after which a share may go on another day. */
const COMES_BACK: ReadonlySet<EndOfShare> = new Set(['changed', 'gone', 'storage']);

const NO_WEBRTC = 'The package node-datachannel, which connects to browsers, has no build for this machine.';

/** Why a file is not shared. `busy`: it is being shared already. */
export type NoShare = OpenFault | 'empty' | 'too-large' | 'busy' | 'storage';

/** A film that is being shared. */
export interface FilmShare {
	readonly id: ShareId;
	readonly linkKey: Uint8Array<ArrayBuffer>;
	readonly path: string;
	readonly title: string;
	readonly bytes: number;
	/** Whether it was shared before, with the same link. */
	readonly isKnown: boolean;
	readonly progress: FilmProgress;
	/** Has the tracker's catalogue list it, as shared by `name`, or takes it off the list, as soon as it can be told. */
	list(name: string | undefined): Promise<void>;
	/** Leaves the swarm. Another day the same file has the same link. */
	close(): Promise<void>;
}

/** How stopping went. `busy`: it is being shared. `untold`: the tracker could not be reached; to be tried again. */
export type Stopped = 'stopped' | 'busy' | 'untold';

/** The server that `npm start` runs, when nothing else is said. */
const LOCAL = 'http://localhost:8000';

/**
 * The tracker of a page.
 *
 * @param page - the address that people open in a browser, without a path; undefined: of the server on this machine
 */
export function trackerUrlOf(page = LOCAL): string { return `${page.replace(/^http/, 'ws')}/ws`; }

/** Links to a film, the one for others first: this machine's own name means another machine to them. */
export function linksTo({ id, linkKey: key }: Pick<FilmShare, 'id' | 'linkKey'>, tracker: string | undefined): string[] {
	const lan = urlsOf(undefined, Number(new URL(LOCAL).port), networkInterfaces()).lan.slice(0, 1);
	const origins = tracker === undefined ? [...lan, LOCAL] : [tracker];
	return origins.map((origin) => formatShareLink(origin.replace(/\/$/, ''), { id, key, trackers: [], startSec: undefined }));
}

/** Where what a person shares is kept when nobody says: `DATA_DIR`, or the platform's own place. */
export function defaultShareFolder(env: NodeJS.ProcessEnv): string {
	if (env.DATA_DIR) return join(env.DATA_DIR, 'shares');
	if (process.platform === 'win32') return join(env.APPDATA ?? homedir(), 'Streamlet', 'shares');
	if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Streamlet', 'shares');
	return join(env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'streamlet', 'shares');
}

/** A line to the tracker, and how many films are shared over it. */
interface Line { readonly parts: SharerParts; films: number }

/** Films of one line: a tracker takes a peer for 64. More films are shared by further peers. */
const MAX_FILMS = 60;

/** While it runs. */
export class Sharing {
	readonly #init: SharingInit;
	readonly #makePeer: MakeDataPeer;
	readonly #lines: Line[] = [];
	/** What runs: a directory is locked against other processes, not against ourselves. */
	readonly #running = new Set<ShareId>();

	private constructor(init: SharingInit, makePeer: MakeDataPeer) {
		this.#init = init;
		this.#makePeer = makePeer;
	}

	/** @throws when WebRTC is missing or the folder cannot be made; the message says which */
	static async start(init: SharingInit): Promise<Sharing> {
		const peers = await loadDataPeers();
		if (!peers.ok) throw new Error(NO_WEBRTC);
		await mkdir(init.folder, { recursive: true, mode: 0o700 }).catch(() => {
			throw new Error(`The folder ${init.folder} cannot be made. DATA_DIR names another.`);
		});
		return new Sharing(init, peers.value);
	}

	/** Shares a file. The link is good when this settles. */
	async share(path: string): Promise<Result<FilmShare, NoShare>> {
		const known = await this.#known(path);
		if (known) return known;
		const opened = await this.#openFilm(path);
		if (!opened.ok) return opened;
		const film = opened.value;
		const { size, modifiedMs } = film;
		const { id, secretKey } = await makeShareKeys(nodeCrypto);
		const [linkKey, contentKey] = [nodeCrypto.random(KEY_BYTES), nodeCrypto.random(KEY_BYTES)];
		const record: ShareRecord = { id, secretKey, linkKey, contentKey, path, size, modifiedMs };
		return await this.#begin(record, film, () => Promise.resolve(true), false) ?? fail('storage');
	}

	/** Ends for good the share of a file, or of an id. */
	async stop(what: { readonly path: string } | { readonly id: ShareId }): Promise<Stopped | 'unknown'> {
		const records = (await findShares(this.#init.folder)).filter(({ id, path }) => {
			return 'id' in what ? id === what.id : path === what.path;
		});
		if (records.length === 0) return 'unknown';
		if (records.some(({ id }) => this.#running.has(id))) return 'busy';
		for (const record of records) {
			const stopped = await this.#stopOne(record);
			if (stopped !== 'stopped') return stopped;
		}
		return 'stopped';
	}

	/** Looks after a folder: its films are shared as they come and go. */
	watch(folder: string, events: FolderEvents): FilmFolder {
		return new FilmFolder(folder, nodeClock, events);
	}

	/** Says goodbye to the tracker. Films are closed by whoever has them. */
	close(): void { for (const { parts } of this.#lines) parts.tracker.close(); }

	/** The share that this file was given before: at this place, or at another with the same bytes. */
	async #known(path: string): Promise<Result<FilmShare, NoShare> | undefined> {
		const size = await stat(path).then((found) => found.size, () => undefined);
		if (size === undefined) return undefined;
		const alike = (await findShares(this.#init.folder)).filter((record) => record.size === size);
		const nearest = alike.toSorted((one, other) => Number(other.path === path) - Number(one.path === path));
		for (const record of nearest) {
			if (this.#running.has(record.id)) {
				if (record.path === path) return fail('busy');
				continue; // a second copy of a film has a link of its own
			}
			const opened = await this.#openFilm(path);
			if (!opened.ok) return opened;
			const film = opened.value;
			const isUntouched = record.path === path && record.modifiedMs === film.modifiedMs;
			// Of a film of which nothing is known any of its size might be it.
			const isIt = async (shared: SharedFilm) => (shared.isKnown ? await shared.isSame() : isUntouched);
			const begun = await this.#begin({ ...record, path, modifiedMs: film.modifiedMs }, film, isIt, true);
			if (begun && (begun.ok || record.path === path)) return begun;
		}
		return undefined;
	}

	async #openFilm(path: string): Promise<Result<DiskFilm, NoShare>> {
		const opened = await DiskFilm.open(path);
		if (!opened.ok) return opened;
		const { size } = opened.value;
		if (size > 0 && size <= MAX_SHARE_BYTES) return opened;
		await opened.value.close();
		return fail(size === 0 ? 'empty' : 'too-large');
	}

	/** Undefined: the file is not that share's. */
	async #begin(
		record: ShareRecord, film: DiskFilm, isIt: (shared: SharedFilm) => Promise<boolean>, isKnown: boolean,
	): Promise<Result<FilmShare, NoShare> | undefined> {
		const directory = join(this.#init.folder, record.id);
		const kept = await this.#openFiles(directory);
		if (!kept.ok) {
			await film.close();
			return kept;
		}
		const { files, unlock } = kept.value;
		const line = this.#freeLine();
		line.films += 1;
		this.#running.add(record.id);
		const letGo = async () => {
			line.films -= 1;
			this.#running.delete(record.id);
			await film.close();
			await files.close();
			await unlock();
		};
		const ended = (why: EndOfShare) => {
			// Whoever has the link of what is no film is told, instead of waiting for it.
			void share.close().then(() => (COMES_BACK.has(why) ? undefined : this.#stopOne(record)));
			this.#init.ended(share, why);
		};
		const shared = await SharedFilm.open({ parts: line.parts, record, files, film, ended });
		if (shared.isRevoked || !await isIt(shared)) {
			await letGo();
			return undefined;
		}
		try {
			await files.putRecord(record);
		} catch {
			await letGo();
			return fail('storage');
		}
		const share = shareOf(shared, isKnown, { letGo, list: listerOf(line.parts.tracker, record) });
		void shared.run().catch(() => ended('storage')); // a disk that was taken away
		return ok(share);
	}

	async #openFiles(directory: string): Promise<Result<Kept, 'busy' | 'storage'>> {
		try {
			await mkdir(directory, { recursive: true, mode: 0o700 });
			const lock = await lockDirectory(directory);
			if (!lock.ok) return fail(lock.error === 'busy' ? 'busy' : 'storage');
			return ok({ files: await ShareFiles.open(directory, nodeCrypto.sha256Now), unlock: lock.value });
		} catch {
			return fail('storage');
		}
	}

	async #stopOne(record: ShareRecord): Promise<Stopped> {
		const kept = await this.#openFiles(join(this.#init.folder, record.id));
		if (!kept.ok) return kept.error === 'busy' ? 'busy' : 'untold';
		const { files, unlock } = kept.value;
		const isTold = await revoke(this.#freeLine().parts, record, files);
		await files.close();
		await unlock();
		if (isTold) await rm(join(this.#init.folder, record.id), { recursive: true, force: true });
		return isTold ? 'stopped' : 'untold';
	}

	#freeLine(): Line {
		let line = this.#lines.find(({ films }) => films < MAX_FILMS);
		if (!line) this.#lines.push(line = this.#openLine());
		return line;
	}

	#openLine(): Line {
		const { trackerUrl: url, name } = this.#init;
		const [self, clock, rng, crypto] = [peerIdFrom(nodeCrypto.random(16)), nodeClock, Math.random, nodeCrypto];
		const tracker = new TrackerSession({ url, self, open: openTrackerSocket, clock, rng });
		if (this.#lines.length === 0) this.#listen(tracker);
		tracker.rename(name);
		tracker.start();
		return { parts: { self, crypto, clock, rng, tracker, makePeer: this.#makePeer, name }, films: 0 };
	}

	/** Says when the tracker cannot be reached, and when it can again. */
	#listen(tracker: TrackerSession): void {
		const { say } = this.#init;
		let isOut = false;
		tracker.listen({ line: ({ state }) => {
			if (state === 'online' && isOut) say('The tracker is back.');
			if (state === 'offline' && !isOut) say(`No tracker answers at ${tracker.url}. Nobody finds a film until one does.`);
			if (state !== 'connecting') isOut = state === 'offline';
		} });
	}
}

function shareOf(
	shared: SharedFilm, isKnown: boolean,
	{ letGo, list }: { readonly letGo: () => Promise<void>; readonly list: FilmShare['list'] },
): FilmShare {
	let closing: Promise<void> | undefined;
	const { id, linkKey, path, size } = shared.record;
	return {
		id, linkKey, path, isKnown, list, bytes: size,
		get title() { return shared.title; },
		get progress() { return shared.progress; },
		close: () => closing ??= shared.close().then(letGo),
	};
}

function listerOf(tracker: TrackerSession, record: ShareRecord): FilmShare['list'] {
	let last = 0;
	return async (name) => {
		last = Math.max(Date.now(), last + 1);
		const listed = name === undefined ? undefined : { linkKey: record.linkKey, name };
		const keys = await shareKeysFrom(nodeCrypto, record.secretKey);
		tracker.list(await makeListing(nodeCrypto, keys, { number: last, listed }));
	};
}
