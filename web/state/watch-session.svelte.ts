/**
 * One film I watch: finds who has it, plays it while it arrives, keeps what arrived and passes it on. Whatever keeps
 * it from playing is a state with a name, so that the screen can say what to do.
 */
import type { Bytes } from '../../shared/base/bytes.ts';
import type { Rng } from '../../shared/base/rng.ts';
import type { ClearDescriptor } from '../../shared/protocol/descriptor.ts';
import { openDescriptor } from '../../shared/protocol/descriptor.ts';
import { contentKeyOf, type AttachmentKind, type DescriptorBody } from '../../shared/protocol/descriptor-body.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import type { LinkKeys } from '../../shared/protocol/keys.ts';
import type { ShareLink } from '../../shared/protocol/share-link.ts';
import { ok } from '../../shared/base/result.ts';
import type { StoreFault } from '../../shared/ports/group-store.ts';
import type { MediaReader } from '../../shared/ports/media-reader.ts';
import { SwarmPeer } from '../../shared/rtc/swarm-peer.ts';
import type { NodeSnapshot } from '../../shared/runtime/snapshot.ts';
import { ContainerIndex } from '../media/container-index.ts';
import type { FilmPlayer } from '../media/player.ts';
import type { IndexSource, PlaybackMetrics, PlayerView } from '../media/playback.ts';
import type { WatchRecord } from '../peer/records.ts';
import { freeMemory } from '../peer/free-memory.ts';
import { isMetered, onLineChange } from '../peer/metered.ts';
import { roomAgain } from '../peer/room.ts';
import { openLine } from '../peer/open-line.ts';
import { makeDataPeer } from '../peer/simple-peer.ts';
import { openTabStore } from '../peer/tab-stores.ts';
import type { RevivalView, WatchProblem, WatchState, WatchView } from './app-view.ts';
import { attachedIndex } from './attached-index.ts';
import { peopleOf, Routes, stretchesOf } from './people.ts';
import { forgetFilm } from './kept-films.ts';
import type { PageContext } from './page-context.ts';
import { Pulse } from './pulse.ts';
import { RateHistory } from './rate-history.ts';
import { Revival, storeOf, type RevivedFilm } from './revival.ts';
import { problemOfPlayback } from './watch-problems.ts';
import { audioTracksOf, statsOf, wasReloaded, type WatchedLink } from './watch-details.ts';
import { watchState } from './watch-state.ts';

/** Peers the tracker introduces at first. */
const FIRST_PEERS = 12;

/** An index that a sharer is still making is there within this; then the film's own is read over the swarm. */
const INDEX_PATIENCE_MS = 1500;

/** Neighbours hear where the film is being watched this often. */
const POSITION_MS = 2000;

/** A film left earlier than this is begun anew. */
const WORTH_RESUMING_SEC = 10;

/** One of the film's attachments: its number, its plain bytes, its MIME type if it has one. */
interface Attached { readonly number: number; readonly bytes: number; readonly type: string }

/** A film of somebody else. */
export class WatchSession {
	readonly id: ShareId;
	/** As the screen shows it; replaced whole, a few times a second at most. */
	view = $state.raw<WatchView>() as WatchView;
	readonly #context: PageContext;
	readonly #link: ShareLink;
	readonly #url: string;
	readonly #keys: LinkKeys;
	readonly #lost: () => void;
	readonly #film: RevivedFilm | undefined;
	readonly #revival: Revival;
	readonly #peer: SwarmPeer;
	readonly #routes: Routes;
	/** A piece of its own, fetched while people are looked for: the first page has no use for it. */
	readonly #playing = import('../media/player.ts');
	/** The former visit. Whatever writes or plays a position waits for it. */
	readonly #kept: Promise<WatchRecord | undefined>;
	readonly #history = new RateHistory();
	readonly #pulse = new Pulse(() => { this.view = this.#draw(); });
	#body: DescriptorBody | undefined;
	#problem: WatchProblem | undefined;
	#reader: MediaReader | undefined;
	#video: HTMLVideoElement | undefined;
	#player: FilmPlayer | undefined;
	#posterUrl: string | undefined;
	#positionAt = -Infinity;
	/** Where the last visit stopped; offered, not imposed, unless the page was just reloaded. */
	#resumeAtSec: number | undefined;
	#positionSec = 0;
	#playedOnce = false;
	#wantsAll = false;
	readonly #stopLooking = onLineChange(() => this.#fetchRest());
	#startupMs: number | undefined;
	#indexWanted = false;
	#muted = false;
	#unkept: WatchView['unkept'];
	#contradicted = false;
	#closed = false;

	constructor(context: PageContext, link: ShareLink, about: WatchedLink) {
		this.#context = context;
		this.#link = link;
		this.#url = about.url;
		this.#keys = about.keys;
		this.#film = about.film;
		this.#lost = about.lost;
		this.id = link.id;
		const { self, crypto, clock, rng, records } = context.parts;
		this.#peer = new SwarmPeer({
			share: link.id, self, crypto, clock, rng: rng satisfies Rng, authKey: about.keys.auth, name: () => context.name,
			trackers: context.trackers(link.trackers), wants: FIRST_PEERS, parts: records.parts(link.id),
			makePeer: makeDataPeer, openLine, free: freeMemory, limit: (peer) => context.limits.join(peer, 'watched'),
			openStore: async (layout) => about.film ? ok(storeOf(about.film, layout, crypto)) : openTabStore(link.id, layout),
			host: {
				described: (descriptor) => void this.#described(descriptor),
				changed: () => this.#pulse.soon(),
				storeFailed: (fault) => this.#storeFailed(fault),
				equivocated: () => {
					this.#contradicted = true;
					this.#pulse.now();
				},
			},
		});
		this.#routes = new Routes(this.#peer);
		this.#revival = new Revival({
			crypto, keys: about.keys, parts: records.parts(link.id), changed: () => this.#pulse.soon(),
		});
		this.#kept = records.watched(link.id).then((kept) => {
			this.#positionSec = kept?.positionSec ?? 0;
			if (this.#positionSec > WORTH_RESUMING_SEC) this.#resumeAtSec = this.#positionSec;
			return kept;
		}, () => undefined); // what cannot be read was not kept
		this.view = this.#draw();
	}

	/** Looks for the film among people and on this device. */
	async start(): Promise<void> {
		if (!this.#closed) this.#peer.start(); // left meanwhile: nobody is to meet it
		const descriptor = this.#film?.descriptor.bytes ?? (await this.#kept)?.descriptor;
		if (descriptor && !this.#closed) await this.#peer.node.describe(descriptor);
	}

	/** The page's `<video>`; the return value lets go of it. */
	attachVideo(video: HTMLVideoElement): () => void {
		this.#video = video;
		video.addEventListener('timeupdate', () => this.#watched(video));
		video.addEventListener('volumechange', () => {
			if (!video.muted) this.#muted = false;
			this.#pulse.now();
		});
		void this.#play();
		return () => {
			this.#player?.close();
			this.#player = undefined;
			this.#video = undefined;
		};
	}

	selectAudio(track: number): void { this.#player?.selectAudio(track); }
	stepPicture(by: number): void { void this.#player?.step(by); }

	unmute(): void {
		this.#muted = false;
		if (this.#video) this.#video.muted = false;
		this.#pulse.now();
	}

	/** The film out of its file; undefined when that is another one. Whoever asked goes on with a session of its own. */
	async revive(file: File): Promise<RevivedFilm | undefined> {
		const [descriptor, body] = [this.descriptor, this.#body];
		return descriptor && body && this.#revival.check(file, { descriptor, body });
	}

	/** The whole film, although the connection counts data. */
	fetchAll(): void {
		this.#wantsAll = true;
		this.#fetchRest();
	}

	retry(): void {
		for (const tracker of this.#context.trackers(this.#link.trackers)) tracker.retryNow();
	}

	dropPerson(peer: Parameters<SwarmPeer['node']['dropPeer']>[0]): void { this.#peer.node.dropPeer(peer, 'leaving'); }

	async close(): Promise<void> {
		this.#closed = true;
		this.#player?.close();
		this.#revival.close();
		this.#stopLooking();
		if (this.#posterUrl !== undefined) URL.revokeObjectURL(this.#posterUrl);
		await this.#peer.close('leaving');
		this.#film?.source.close();
	}

	/** Deletes what is kept of the film on this device. The session is over. False: another tab still has some. */
	async freeSpace(): Promise<boolean> {
		await this.close();
		return forgetFilm(this.id, this.#context.parts.records);
	}

	get snapshot(): NodeSnapshot { return this.#peer.snapshot(); }
	get descriptor(): ClearDescriptor | undefined { return this.#peer.node.descriptor; }
	get playback(): PlaybackMetrics | undefined {
		const metrics = this.#player?.view.metrics;
		return metrics && { ...metrics, startupMs: this.#startupMs ?? metrics.startupMs };
	}

	async #described(descriptor: ClearDescriptor): Promise<void> {
		const { crypto } = this.#context.parts;
		if (descriptor.state === 'revoked') return this.#fail({ problem: 'stopped' });
		const [opened] = [await openDescriptor(crypto, descriptor, this.#keys.descriptor), await this.#kept];
		if (!opened.ok) return this.#fail({ problem: 'wrong-key' });
		// Left meanwhile: a record put now would outlive what was deleted. Or a newer one came.
		if (this.#closed || descriptor !== this.descriptor) return;
		this.#body = opened.value;
		this.#reader ??= this.#peer.node.reader(contentKeyOf(opened.value.access));
		this.#pulse.now();
		void this.#remember(descriptor);
		await this.#play();
		void this.#showPoster();
		if (this.#playedOnce) void this.#keepAttachments();
	}

	/** Begins to play once there are a descriptor, a `<video>` and an index, or patience for one has run out. */
	async #play(): Promise<void> {
		const [reader, video] = [this.#reader, this.#video];
		if (!reader || !video || this.#player || this.#closed || this.#problem) return;
		const index = this.#attachedIndex();
		const playing = await this.#playing.catch(() => undefined);
		if (!playing) return this.#fail({ problem: 'internal' }); // the server is gone, or serves a later build
		const { FilmPlayer: Player } = playing;
		if (!index && !this.#indexWanted) {
			this.#indexWanted = true;
			const own = () => this.#startPlayer(Player, { video, index: new ContainerIndex(reader) });
			this.#context.parts.clock.after(INDEX_PATIENCE_MS, own);
		}
		if (index) this.#startPlayer(Player, { video, index });
	}

	#startPlayer(Player: typeof FilmPlayer, on: { readonly video: HTMLVideoElement; readonly index: IndexSource }): void {
		const { video, index } = on;
		if (this.#player || !this.#reader || this.#video !== video || this.#closed) return;
		const player = new Player({ video, reader: this.#reader, index });
		this.#player = player;
		video.requestVideoFrameCallback(() => {
			this.#startupMs ??= performance.now(); // since the page began to load
			this.#firstFrame();
		});
		player.start(() => this.#playbackChanged(player.view));
		const start = this.#link.startSec ?? (wasReloaded() ? this.#positionSec : 0);
		if (start > 0) {
			video.currentTime = start;
			this.#resumeAtSec = undefined;
		}
		void this.#begin(video);
	}

	/** Plays with sound if the browser lets it, without if it insists. */
	async #begin(video: HTMLVideoElement): Promise<void> {
		try {
			await video.play();
		} catch (error) {
			if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return; // paused or closed meanwhile
			video.muted = true;
			this.#muted = true;
			await video.play().catch(() => undefined); // the person will press play
			this.#pulse.now();
		}
	}

	/** The picture is there: from now on there is time for the rest of the film, for others and for later. */
	#firstFrame(): void {
		if (this.#playedOnce) return;
		this.#playedOnce = true;
		this.#fetchRest();
		void this.#keepAttachments();
	}

	/** Where data is counted, only if a person says so. */
	#fetchRest(): void {
		this.#peer.node.setBackground(this.#playedOnce && (this.#wantsAll || !isMetered()));
		this.#pulse.now();
	}

	async #keepAttachments(): Promise<void> {
		const descriptor = this.descriptor;
		if (descriptor && await this.#peer.node.attachments.fetchAll() && descriptor === this.descriptor) {
			this.#peer.node.attachmentsHeld(descriptor.revision);
		}
	}

	#attachedIndex(): IndexSource | undefined {
		const [index, pages] = [this.#attachment('index'), this.#attachment('pages')];
		if (!index || !pages) return undefined;
		return attachedIndex({ attachments: this.#peer.node.attachments, key: this.#keys.attachments, index, pages });
	}

	#attachment(kind: AttachmentKind): Attached | undefined {
		const number = this.#body?.attachments.findIndex((attachment) => attachment.kind === kind) ?? -1;
		const entry = this.descriptor?.attachments[number];
		return entry && { number, bytes: entry.contentBytes, type: this.#body?.attachments[number]?.type ?? '' };
	}

	async #showPoster(): Promise<void> {
		const poster = this.#attachment('poster');
		if (!poster || this.#posterUrl !== undefined || !/^image\/(webp|jpeg|png)$/.test(poster.type)) return;
		const { attachments } = this.#peer.node;
		const content = await attachments.read(poster.number, { from: 0, to: poster.bytes }, this.#keys.attachments);
		if (!content.ok || this.view.posterUrl !== undefined || this.#closed) return;
		this.#posterUrl = URL.createObjectURL(new Blob([content.value satisfies Bytes], { type: poster.type }));
		this.#pulse.now();
	}

	#playbackChanged(view: PlayerView): void {
		if (view.playback.state === 'failed' && !this.#problem) this.#fail(problemOfPlayback(view.playback.failure));
		this.#pulse.soon();
	}

	#watched(video: HTMLVideoElement): void {
		const now = this.#context.parts.clock.now();
		if (now - this.#positionAt < POSITION_MS) return;
		this.#positionAt = now;
		this.#peer.node.tellPosition(video.currentTime * 1000, !video.paused);
		const descriptor = this.descriptor;
		if (!descriptor || video.currentTime === 0) return;
		this.#positionSec = video.ended ? 0 : video.currentTime;
		void this.#remember(descriptor);
	}

	/** For the next visit. On a full disk there is nothing to be done about it. */
	async #remember({ bytes }: ClearDescriptor): Promise<void> {
		const about = { title: this.#body?.title, positionSec: this.#positionSec, updatedAt: Date.now() };
		const record = { id: this.id, descriptor: bytes, ...about };
		await this.#context.parts.records.putWatched(record).catch(() => undefined);
	}

	/** A store that opened and then refuses, keeps no more; the film goes on from what comes. */
	#storeFailed(fault: StoreFault): void {
		if (this.#film) return this.#lost();
		if (this.snapshot.chunks.total === 0) return this.#fail({ problem: 'storage' });
		if (fault === 'full' && this.#unkept === undefined) void this.#waitForRoom();
		this.#unkept = fault === 'full' ? 'full' : 'failed';
		this.#pulse.now();
	}

	/** A person who reads that the disk is full makes room, and need not reload. */
	async #waitForRoom(): Promise<void> {
		if (!await roomAgain(this.#context.parts.clock, () => this.#closed)) return;
		this.#unkept = undefined;
		this.#peer.node.storeHasRoom();
		this.#pulse.now();
	}

	#fail(problem: WatchProblem): void {
		this.#problem = problem;
		if (problem.problem === 'stopped') this.#player?.close();
		this.#pulse.now();
	}

	#state(snapshot: NodeSnapshot): WatchState {
		return watchState({
			problem: this.#problem, line: this.#context.home.line, now: this.#context.parts.clock.now(),
			people: snapshot.links.length, connecting: this.#peer.connecting,
			playback: this.#player?.view.playback, hasStarted: this.#playedOnce, isComplete: this.#peer.node.isComplete,
			canConnect: this.#context.canConnect,
		});
	}

	#draw(): WatchView {
		const snapshot = this.#peer.snapshot();
		const now = this.#context.parts.clock.now();
		this.#history.note(now, snapshot.bytes);
		const people = peopleOf(snapshot, this.#routes, now);
		const player = this.#player?.view;
		return {
			id: this.id, title: this.#body?.title, link: this.#url, posterUrl: this.#posterUrl,
			sizeBytes: this.descriptor?.size, durationSec: player?.duration || this.#body?.durationSec,
			status: this.#state(snapshot), people,
			held: stretchesOf(this.#peer.node.runs(), snapshot),
			heldFraction: snapshot.chunks.total === 0 ? 0 : snapshot.chunks.held / snapshot.chunks.total,
			complete: snapshot.chunks.total > 0 && snapshot.chunks.held === snapshot.chunks.total, unkept: this.#unkept,
			spares: !this.#wantsAll && isMetered(),
			contradicted: this.#contradicted,
			downBps: people.reduce((sum, person) => sum + person.downBps, 0),
			upBps: people.reduce((sum, person) => sum + person.upBps, 0),
			stats: statsOf(snapshot, this.#history.seconds, this.playback), audioTracks: audioTracksOf(player),
			silentBecause: player?.silentBecause[0], mutedByBrowser: this.#muted,
			resumeAtSec: this.#resumeAtSec, revival: this.#revivalView(people.length),
		};
	}

	#revivalView(people: number): RevivalView | undefined {
		if (this.#film) return { state: 'serving', fileName: this.#film.fileName };
		const isLost = people === 0 && this.descriptor?.state === 'sealed' && this.#body && !this.#peer.node.isComplete;
		const { view } = this.#revival;
		if (view?.state === 'checking') return view;
		return isLost ? view ?? { state: 'offered' } : undefined;
	}
}
