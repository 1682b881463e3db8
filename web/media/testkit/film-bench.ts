/** For tests in a real page: films of `e2e/films`, a reader over them that can be slow, and a `<video>` to look at. */
import { buildIndex } from '../../../shared/media/index-builder.ts';
import type { MediaReader, PendingRead } from '../../../shared/ports/media-reader.ts';
import { fail, ok, type Result } from '../../../shared/base/result.ts';
import type { Bytes } from '../../../shared/base/bytes.ts';
import type { ReadFault } from '../../../shared/ports/media-reader.ts';
import { frameNumberOf } from '../../../e2e/films/frame-number.ts';
import type { FilmName } from '../../../e2e/films/recipes.ts';
import { indexOfBytes } from '../given-index.ts';
import type { IndexSource, PlayerView } from '../playback.ts';
import { FilmPlayer } from '../player.ts';

/** A read as a test sees it. */
export interface SeenRead { readonly offset: number; readonly length: number; dueInMs: number; state: 'waiting' | 'read' | 'cancelled' }

/** Reads a film over HTTP. While `isHeld`, reads wait for {@link release}. */
export class FilmReader implements MediaReader {
	readonly size: number;
	readonly seen: SeenRead[] = [];
	isHeld = false;
	/** The next reads give other bytes than the film's, so many. */
	lies = 0;
	readonly #url: string;
	#waiting: (() => void)[] = [];

	constructor(url: string, size: number) {
		this.#url = url;
		this.size = size;
	}

	read(offset: number, length: number, dueInMs: number): PendingRead {
		const seen: SeenRead = { offset, length, dueInMs, state: 'waiting' };
		this.seen.push(seen);
		let cancel: (result: Result<Bytes, ReadFault>) => void = () => {};
		const cancelled = new Promise<Result<Bytes, ReadFault>>((settle) => { cancel = settle; });
		const abort = new AbortController();
		const read = this.#fetch(offset, length, abort.signal).then((bytes): Result<Bytes, ReadFault> => {
			if (seen.state === 'waiting') seen.state = 'read';
			return ok(bytes);
		}, () => fail('cancelled'));
		return {
			bytes: Promise.race([cancelled, read]),
			due: (inMs) => { seen.dueInMs = inMs; },
			cancel: () => {
				if (seen.state === 'waiting') seen.state = 'cancelled';
				cancel(fail('cancelled'));
				abort.abort();
			},
		};
	}

	/** Lets all held reads go on. */
	release(): void {
		this.isHeld = false;
		for (const go of this.#waiting.splice(0)) go();
	}

	async #fetch(offset: number, length: number, signal: AbortSignal): Promise<Bytes> {
		if (this.isHeld) await new Promise<void>((go) => { this.#waiting.push(go); });
		const response = await fetch(this.#url, { signal, headers: { range: `bytes=${offset}-${offset + length - 1}` } });
		const bytes = new Uint8Array(await response.arrayBuffer());
		if (this.lies > 0) {
			this.lies -= 1;
			bytes.fill(0x55);
		}
		return bytes;
	}
}

/** Opens a test film. */
export async function openFilm(name: FilmName): Promise<FilmReader> {
	const head = await fetch(`/films/${name}`, { method: 'HEAD' });
	return new FilmReader(`/films/${name}`, Number(head.headers.get('content-length')));
}

/** An index built here and now. */
export async function indexOf(reader: MediaReader): Promise<IndexSource> {
	const built = await buildIndex(reader);
	if (!built.ok) throw new Error(`no index: ${built.error}`);
	return indexOfBytes(built.value.header, built.value.pages);
}

/** A player with its element, attached to the page. */
export interface Stage { readonly video: HTMLVideoElement; readonly player: FilmPlayer; readonly reader: FilmReader }

/** What is not as usual: another index, reads held back, a playhead elsewhere (seconds). */
export interface Staging { readonly index?: IndexSource; readonly isHeld?: boolean; readonly startAt?: number }

/** Puts a film on stage. {@link strike} takes it off. */
export async function stage(name: FilmName, made?: Staging): Promise<Stage> {
	const reader = await openFilm(name);
	const index = made?.index ?? await indexOf(reader);
	reader.seen.length = 0;
	reader.isHeld = made?.isHeld ?? false;
	const video = document.createElement('video');
	video.muted = true;
	document.body.append(video);
	const player = new FilmPlayer({ video, reader, index });
	player.start(() => {});
	if (made?.startAt !== undefined) video.currentTime = made.startAt;
	return { video, player, reader };
}

/** Takes a film off. */
export function strike({ video, player }: Stage): void {
	player.close();
	video.remove();
}

/** Waits until a view of the player is as wanted. */
export async function until(
	player: FilmPlayer, isSo: (view: PlayerView) => boolean, patienceMs = 15_000,
): Promise<PlayerView> {
	const deadline = performance.now() + patienceMs;
	while (!isSo(player.view)) {
		if (performance.now() > deadline) throw new Error(`still ${JSON.stringify(player.view, (k, v: unknown) => k === 'tracks' ? undefined : v)}`);
		await new Promise((tick) => { setTimeout(tick, 10); });
	}
	return player.view;
}

/** The number of the frame on screen. */
export function frameOnScreen(video: HTMLVideoElement): number | undefined {
	const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
	const context = canvas.getContext('2d');
	if (!context || canvas.width === 0) return undefined;
	context.drawImage(video, 0, 0);
	return frameNumberOf(context.getImageData(0, 0, canvas.width, canvas.height));
}

/** Moves the playhead and waits until the frame there is shown; gives its number. */
export async function frameAt({ video, player }: Stage, time: number): Promise<number | undefined> {
	const shown = new Promise<void>((settle) => { video.requestVideoFrameCallback(() => settle()); });
	video.currentTime = time;
	await Promise.all([shown, until(player, () => !video.seeking && video.readyState >= 2)]);
	return frameOnScreen(video);
}
