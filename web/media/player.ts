/**
 * Plays a film from its stream index: reads ranges of the share, writes fragments, appends them around the playhead.
 * Knows no swarm and no page; both meet it at {@link FilmPlayerParts} and {@link PlayerView}.
 */
import type { Ms } from '../../shared/base/units.ts';
import { assert } from '../../shared/base/result.ts';
import type { FilmHeader, Seconds } from '../../shared/media/film.ts';
import { decodeHeader } from '../../shared/media/stream-index.ts';
import type { MediaReader } from '../../shared/ports/media-reader.ts';
import { bufferedAhead, placeBehindGap, spansOf } from './buffer-window.ts';
import { FilmSession, type FormattedTrack } from './film-session.ts';
import { FilmTimeline } from './film-timeline.ts';
import { isTypeTaken, MediaAttachment, mediaSourceClass } from './media-attachment.ts';
import type { IndexSource, PlaybackFailure, PlaybackState, PlayerView } from './playback.ts';
import { PlaybackMeter } from './playback-meter.ts';
import { Recovery } from './recovery.ts';
import type { Playhead } from './track-feeder.ts';
import { chooseTracks, codecsOf, formatOf, type Playable } from './track-format.ts';

/** What a player is made of. `now`: monotonic milliseconds. */
export interface FilmPlayerParts {
	readonly video: HTMLVideoElement;
	readonly reader: MediaReader;
	readonly index: IndexSource;
	readonly now?: () => Ms;
}

/** How often to look after playback that sends no events: a stalled film sends none. */
const TICK: Ms = 250;

/** With less than this ahead, a film that stands is waiting for bytes. */
const STARVED_SEC = 0.25;

/** A seek to the very instant of a picture may round down to the one before; no picture is shorter than this. */
const INTO_PICTURE: Seconds = 0.001;

const EVENTS = [
	'timeupdate', 'seeking', 'seeked', 'waiting', 'playing', 'play', 'pause', 'ended', 'ratechange', 'loadeddata', 'canplay',
	'error', 'progress',
] as const;

/** One film in one `<video>`. */
export class FilmPlayer {
	readonly #parts: FilmPlayerParts;
	readonly #now: () => Ms;
	readonly #meter: PlaybackMeter;
	readonly #recovery: Recovery;
	readonly #ended = new AbortController();
	#changed: () => void = () => {};
	#timer: ReturnType<typeof setInterval> | undefined;
	#timeline: FilmTimeline | undefined;
	#playable: Playable | undefined;
	#session: FilmSession | undefined;
	#audio: number | undefined;
	#outcome: PlaybackFailure | 'closed' | undefined;
	#isRebuilding = false;
	#lastStep = Promise.resolve();
	/** What the person asked for last: a new source forgets it. */
	#wantsPlay = false;

	constructor(parts: FilmPlayerParts) {
		this.#parts = parts;
		this.#now = parts.now ?? (() => performance.now());
		this.#meter = new PlaybackMeter(this.#now);
		this.#recovery = new Recovery(this.#now);
	}

	/**
	 * Attaches to the element and loads the index. `changed`: {@link view} may differ now; often, so draw it lazily.
	 * Once.
	 */
	start(changed: () => void): void {
		assert(this.#timer === undefined, 'a player starts once');
		this.#changed = changed;
		this.#meter.started();
		for (const name of EVENTS) {
			this.#parts.video.addEventListener(name, () => this.#happened(name), { signal: this.#ended.signal });
		}
		this.#timer = setInterval(() => this.#tick(), TICK);
		void this.#load();
	}

	/** All there is to show, as of now. */
	get view(): PlayerView {
		const header = this.#timeline?.header;
		const audio = this.#audio;
		const hasSilentSound = header && this.#playable && this.#playable.audio === undefined;
		return {
			playback: this.#state(),
			metrics: this.#meter.read(bufferedAhead(spansOf(this.#parts.video.buffered), this.#parts.video.currentTime)),
			duration: header?.duration ?? 0,
			tracks: header?.tracks ?? [],
			playable: this.#playable?.all ?? [],
			audio,
			silentBecause: hasSilentSound ? codecsOf(header, 'audio') : [],
		};
	}

	/** Plays another audio track, an index into the view's `tracks`; ignored if it cannot be played. */
	selectAudio(track: number): void {
		const next = this.#formatted(track);
		if (next?.track.kind !== 'audio' || this.#audio === undefined || this.#audio === track) return;
		this.#audio = track;
		void this.#session?.replaceSound(next);
		this.#changed();
	}

	/** Shows another picture, counted from the one on the screen: -1 is the one before it. Steps follow one another. */
	step(pictures: number): Promise<void> { return this.#lastStep = this.#lastStep.then(() => this.#step(pictures)); }

	/** Lets go of the element and cancels all reads. Idempotent. */
	close(): void {
		if (this.#outcome === 'closed') return;
		this.#outcome = 'closed';
		this.#release();
		this.#changed();
	}

	async #step(pictures: number): Promise<void> {
		const { video } = this.#parts;
		const track = this.#timeline?.header.tracks[this.#playable?.video ?? -1];
		if (!this.#timeline || !track) return;
		const time = await this.#timeline.pictureFrom(track, video.currentTime, pictures);
		if (time.ok && time.value !== undefined && !this.#outcome) video.currentTime = time.value + INTO_PICTURE;
	}

	async #load(): Promise<void> {
		const Source = mediaSourceClass();
		if (!Source) return this.#fail({ reason: 'browser' });
		// The element and the index get ready side by side.
		const attachment = new MediaAttachment(this.#parts.video, Source);
		const [isOpen, header] = await Promise.all([attachment.open(), this.#parts.index.header()]);
		if (this.#outcome) return attachment.close();
		const film = header.ok ? decodeHeader(header.value) : header;
		if (!film.ok) {
			attachment.close();
			const fault = header.ok ? 'damaged' : header.error;
			return this.#fail({ reason: 'index', fault });
		}
		const needed = this.#choose(film.value, (mime) => Source.isTypeSupported(mime));
		if (needed || !isOpen) attachment.close();
		if (needed) return this.#fail({ reason: 'codec', codecs: needed });
		if (isOpen) this.#play(attachment, this.#parts.video.currentTime);
	}

	/** Chooses what to play; gives the codecs that the film needs and this browser lacks, if that is why it cannot. */
	#choose(header: FilmHeader, isSupported: (mime: string) => boolean): readonly string[] | undefined {
		this.#timeline = new FilmTimeline(header, this.#parts.index, this.#parts.reader.size);
		this.#playable = chooseTracks(header, isSupported);
		this.#audio = this.#playable.audio;
		const hasVideo = header.tracks.some(({ kind }) => kind === 'video');
		const needed = hasVideo ? this.#playable.video : this.#playable.audio;
		return needed === undefined ? codecsOf(header, hasVideo ? 'video' : 'audio') : undefined;
	}

	#play(attachment: MediaAttachment, time: Seconds): void {
		const timeline = this.#timeline;
		if (!timeline || !this.#playable) return;
		const session: FilmSession = new FilmSession({
			attachment, timeline, reader: this.#parts.reader,
			playhead: () => this.#playhead(),
			changed: () => this.#session === session && this.#tick(),
			failed: (failure) => this.#session === session && this.#fail(failure),
			broken: () => this.#session === session && this.#rebuild(),
		});
		this.#session = session;
		const wanted = [this.#playable.video, this.#audio].map((k) => k === undefined ? undefined : this.#formatted(k));
		const isMade = session.start(wanted.filter((each) => each !== undefined), time);
		if (!isMade) return this.#fail({ reason: 'decode', codecs: this.#codecs() });
		if (time > 0) this.#parts.video.currentTime = time;
		this.#tick();
	}

	#formatted(k: number): FormattedTrack | undefined {
		const track = this.#timeline?.header.tracks[k];
		const format = track && formatOf(track, isTypeTaken);
		return format && { track, format };
	}

	#codecs(): readonly string[] {
		return this.#timeline ? codecsOf(this.#timeline.header, 'video') : [];
	}

	#playhead(): Playhead {
		return { time: this.#parts.video.currentTime, rate: Math.abs(this.#parts.video.playbackRate) };
	}

	#happened(name: (typeof EVENTS)[number]): void {
		if (this.#outcome || this.#isRebuilding) return;
		const { video } = this.#parts;
		switch (name) {
			case 'seeking':
				this.#meter.seeking();
				this.#session?.jump();
				break;
			case 'seeked': this.#meter.seeked(); break;
			case 'loadeddata': this.#meter.showed(); break;
			case 'timeupdate':
				if (!video.paused && !video.seeking && video.readyState >= video.HAVE_FUTURE_DATA) this.#meter.moved();
				break;
			case 'play': this.#wantsPlay = true; break;
			case 'pause': this.#wantsPlay = false; break;
			case 'error': return this.#rebuild();
			default:
		}
		this.#tick();
	}

	#tick(): void {
		if (this.#outcome || this.#isRebuilding) return;
		const { video } = this.#parts;
		this.#session?.fill();
		const isStanding = video.readyState < video.HAVE_FUTURE_DATA && !video.paused && !video.ended;
		// A film that stands though its bytes are here waits for a slow decoder, which no peer can help.
		const isStarved = bufferedAhead(spansOf(video.buffered), video.currentTime) < STARVED_SEC;
		if (isStanding && isStarved && !video.seeking) this.#meter.stalled();
		else this.#meter.flowing();
		if (isStanding || video.seeking || !this.#meter.hasStarted) this.#jumpGap();
		const nudged = this.#recovery.nudge({ isMeantToMove: !video.paused && !video.ended && !video.seeking, video });
		if (nudged === 'rebuild') return this.#rebuild();
		this.#changed();
	}

	#jumpGap(): void {
		const { video } = this.#parts;
		const spans = spansOf(video.buffered);
		const to = placeBehindGap({ spans, playhead: video.currentTime, settledUntil: this.#session?.settledUntil ?? 0 });
		if (to !== undefined && to < video.duration) video.currentTime = to;
	}

	/** The browser gave up, on bytes that are what the sharer signed: tries again at the same place, then a little on. */
	#rebuild(): void {
		const Source = mediaSourceClass();
		const { video } = this.#parts;
		if (this.#isRebuilding) return; // a broken buffer and a failed element are one failure, reported twice
		const step = this.#recovery.failed();
		if (step === 'give-up' || !Source || !this.#timeline) return this.#fail({ reason: 'decode', codecs: this.#codecs() });
		const time = Math.min(video.currentTime + (step === 'skip' ? 2 : 0), this.#timeline.header.duration);
		this.#wantsPlay ||= !video.paused;
		this.#isRebuilding = true;
		this.#session?.close();
		this.#session = undefined;
		const attachment = new MediaAttachment(video, Source);
		void attachment.open().then((isOpen) => {
			this.#isRebuilding = false;
			if (this.#outcome || !isOpen) return attachment.close();
			this.#play(attachment, time);
			// A browser that does not let it play leaves it paused, which the state says.
			if (this.#wantsPlay) void video.play().catch(() => {});
		});
	}

	#fail(failure: PlaybackFailure): void {
		if (this.#outcome) return;
		this.#outcome = failure;
		this.#release();
		this.#changed();
	}

	#release(): void {
		clearInterval(this.#timer);
		this.#ended.abort();
		this.#session?.close();
	}

	#state(): PlaybackState {
		const { video } = this.#parts;
		if (this.#outcome === 'closed') return { state: 'closed' };
		if (this.#outcome) return { state: 'failed', failure: this.#outcome };
		if (!this.#timeline) return { state: 'loading-index' };
		if (video.ended) return { state: 'ended' };
		const isShort = video.readyState < video.HAVE_FUTURE_DATA || this.#isRebuilding;
		if (video.seeking || (isShort && (!video.paused || !this.#meter.hasStarted))) {
			return { state: 'buffering', isSeeking: video.seeking, awaited: this.#session?.awaited };
		}
		return { state: video.paused ? 'paused' : 'playing' };
	}
}
