/** From times to samples: reads pages of the index as they are needed and keeps the last few. */
import { fail, ok, type Result } from '../../shared/base/result.ts';
import {
	type FilmHeader, filmTime, type FilmTrack, KEY_INSIDE, type SampleTable, type Seconds, shownAt, sliceSamples,
} from '../../shared/media/film.ts';
import type { IndexFault } from '../../shared/media/index-builder.ts';
import { primaryOf } from '../../shared/media/pages.ts';
import { decodePage, isCarried } from '../../shared/media/stream-index.ts';
import type { IndexSource } from './playback.ts';

/** A sample of a track: number `sample` in page `page`. */
export interface Place { readonly page: number; readonly sample: number }

/** Samples of one page that follow each other. `next`: where to go on; undefined at the end of the film. */
export interface Run {
	readonly samples: SampleTable;
	readonly from: Seconds;
	readonly to: Seconds;
	readonly next: Place | undefined;
}

type Page = readonly SampleTable[];

/** Pages kept: two minutes of film, some 150 KB. */
const KEPT_PAGES = 64;

/** How far outside of the film a sample may be decoded: encoders' run-up, pictures put in order late. */
const LATENESS: Seconds = 60;

/** A player's clock and an index round times: this much is the same time. */
const ROUNDING: Seconds = 1e-3;

/** The time line of one film. */
export class FilmTimeline {
	readonly header: FilmHeader;
	readonly #index: IndexSource;
	readonly #shareSize: number;
	readonly #carried: readonly FilmTrack[];
	readonly #primary: FilmTrack | undefined;
	readonly #pages = new Map<number, Promise<Result<Page, IndexFault>>>();

	constructor(header: FilmHeader, index: IndexSource, shareSize: number) {
		this.header = header;
		this.#index = index;
		this.#shareSize = shareSize;
		this.#carried = header.tracks.filter(isCarried);
		this.#primary = primaryOf(this.#carried);
	}

	/**
	 * Where to begin decoding a track so that `time` can be shown: the last key frame at or before, or the first there
	 * is. Undefined: the track has no samples.
	 */
	async placeFor(track: FilmTrack, time: Seconds): Promise<Result<Place | undefined, IndexFault>> {
		for (let page = this.#pageAt(time); page >= 0; page--) {
			if (track === this.#primary && !((this.header.pages.keys[page] ?? 0) & KEY_INSIDE)) continue;
			const table = await this.#samples(track, page);
			if (!table.ok) return table;
			const sample = lastKeyShownBy(track, table.value, time);
			if (sample !== undefined) return ok({ page, sample });
		}
		return this.#firstSample(track);
	}

	/**
	 * The samples from a place on that are decoded before `until`, at least one, of one page. Undefined: there are none.
	 */
	async runFrom(track: FilmTrack, place: Place, until: Seconds): Promise<Result<Run | undefined, IndexFault>> {
		for (let { page, sample } = place; page < this.header.pages.keys.length; page++, sample = 0) {
			const table = await this.#samples(track, page);
			if (!table.ok) return table;
			if (sample < table.value.count) return ok(cut(track, table.value, { page, sample }, until));
		}
		return ok(undefined);
	}

	/**
	 * When the picture is shown that comes `by` pictures after the one shown at `time`, or before it if negative; the
	 * first or last that is known where there is no such. Knows the pictures of a page to either side: a second or two.
	 */
	async pictureFrom(track: FilmTrack, time: Seconds, by: number): Promise<Result<Seconds | undefined, IndexFault>> {
		const [at, pages] = [this.#pageAt(time), this.header.pages.keys.length];
		const shown: Seconds[] = [];
		for (let page = Math.max(0, at - 1); page <= Math.min(pages - 1, at + 1); page++) {
			const table = await this.#samples(track, page);
			if (!table.ok) return table;
			for (let k = 0; k < table.value.count; k++) shown.push(shownAt(track, table.value, k));
		}
		shown.sort((a, b) => a - b);
		const current = shown.findLastIndex((one) => one <= time + ROUNDING);
		return ok(shown[Math.min(shown.length - 1, Math.max(0, current + by))]);
	}

	#pageAt(time: Seconds): number {
		const { starts } = this.header.pages;
		let [low, high] = [0, starts.length];
		while (high - low > 1) {
			const middle = (low + high) >> 1;
			if ((starts[middle] ?? 0) <= time) low = middle;
			else high = middle;
		}
		return low;
	}

	async #firstSample(track: FilmTrack): Promise<Result<Place | undefined, IndexFault>> {
		for (let page = 0; page < this.header.pages.keys.length; page++) {
			const table = await this.#samples(track, page);
			if (!table.ok) return table;
			if (table.value.count > 0) return ok({ page, sample: 0 });
		}
		return ok(undefined);
	}

	async #samples(track: FilmTrack, page: number): Promise<Result<SampleTable, IndexFault>> {
		const tables = await this.#page(page);
		if (!tables.ok) return tables;
		const table = tables.value[this.#carried.indexOf(track)];
		return table ? ok(table) : fail('damaged');
	}

	#page(page: number): Promise<Result<Page, IndexFault>> {
		const kept = this.#pages.get(page) ?? this.#readPage(page);
		this.#pages.delete(page); // and in again, as the latest
		this.#pages.set(page, kept);
		const oldest = this.#pages.keys().next();
		if (this.#pages.size > KEPT_PAGES && !oldest.done) this.#pages.delete(oldest.value);
		return kept;
	}

	/** Whether all times are the film's: a player that believed others would ask for bytes without end. */
	#isInTime(page: Page): boolean {
		return this.#carried.every((track, k) => {
			const times = page[k]?.decodeTimes ?? [];
			const last = filmTime(track, times.at(-1) ?? track.startTicks);
			return last <= this.header.duration + LATENESS && filmTime(track, times[0] ?? track.startTicks) >= -LATENESS;
		});
	}

	async #readPage(page: number): Promise<Result<Page, IndexFault>> {
		const { offsets } = this.header.pages;
		const read = await this.#index.pages(offsets[page] ?? 0, offsets[page + 1] ?? 0);
		if (!read.ok) {
			this.#pages.delete(page);
			return read;
		}
		const decoded = decodePage(read.value, { tracks: this.#carried.length, shareSize: this.#shareSize });
		return decoded.ok && this.#isInTime(decoded.value) ? decoded : fail('damaged');
	}
}

function lastKeyShownBy(track: FilmTrack, table: SampleTable, time: Seconds): number | undefined {
	for (let sample = table.count - 1; sample >= 0; sample--) {
		if (table.keys[sample] === 1 && shownAt(track, table, sample) <= time + ROUNDING) return sample;
	}
	return undefined;
}

function cut(track: FilmTrack, table: SampleTable, { page, sample }: Place, until: Seconds): Run {
	let end = sample + 1;
	while (end < table.count && filmTime(track, table.decodeTimes[end] ?? 0) < until) end += 1;
	const samples = sliceSamples(table, sample, end);
	const next = end < table.count ? { page, sample: end } : { page: page + 1, sample: 0 };
	return { samples, ...shownSpan(track, samples), next };
}

function shownSpan(track: FilmTrack, samples: SampleTable): { from: Seconds; to: Seconds } {
	let [from, to] = [Infinity, -Infinity];
	for (let k = 0; k < samples.count; k++) {
		const shown = shownAt(track, samples, k);
		from = Math.min(from, shown);
		to = Math.max(to, shown + (samples.durations[k] ?? 0) / track.timescale);
	}
	return { from, to };
}
