/**
 * Cuts a film into pages of about two seconds: at key frames where they come often enough, else anywhere, since
 * fragments need not begin with a key frame.
 */
import type { Bytes } from '../base/bytes.ts';
import { concat } from '../base/bytes.ts';
import { GROUP_BYTES } from '../protocol/limits.ts';
import {
	filmTime, type FilmTrack, KEY_FIRST, KEY_INSIDE, MAX_PAGE_BYTES, MAX_PAGE_MEDIA_BYTES, MAX_PAGES, type PageTable,
	type SampleTable, type Seconds, sliceSamples,
} from './film.ts';
import { encodePage } from './stream-index.ts';

/** A page ends at the first key frame after this. */
const SHORT_PAGE: Seconds = 1.5;
/** A page ends here, key frame or not. */
const LONG_PAGE: Seconds = 3;
/** A page ends when its pictures take this many bytes: a viewer holds one page of media at a time. */
const HEAVY_PAGE_BYTES = 16 * GROUP_BYTES;

/** A track and all its samples. */
export interface SampledTrack { readonly track: FilmTrack; readonly samples: SampleTable }

/** The first track of pictures, or of anything: pages are cut by its key frames. */
export function primaryOf<T extends { readonly kind: 'video' | 'audio' }>(tracks: readonly T[]): T | undefined {
	return tracks.find((track) => track.kind === 'video') ?? tracks[0];
}

/** The bytes of all pages, and where each lies. */
export interface Pages { readonly pages: Bytes; readonly table: PageTable }

/**
 * The pages of a film. `tracks`: the carried ones, each with samples, ending before {@link MAX_DURATION}. Undefined:
 * some page would be beyond what a viewer takes, which no film that can be played needs.
 */
export function makePages(tracks: readonly SampledTrack[]): Pages | undefined {
	const primary = tracks.find(({ track }) => track === primaryOf(tracks.map((each) => each.track)));
	if (!primary) return { pages: new Uint8Array(0), table: tableOf([], []) };
	const starts = pageStarts(primary, Math.max(...tracks.map(endOf)));
	const cuts = tracks.map((each) => starts.map((start, k) => (k === 0 ? 0 : firstDecodedFrom(each, start))));
	const tables = starts.map((_, k) => tracks.map(({ samples }, t) => {
		return sliceSamples(samples, cuts[t]?.[k] ?? 0, cuts[t]?.[k + 1] ?? samples.count);
	}));
	if (starts.length > MAX_PAGES) return undefined;
	if (tables.some((page) => mediaBytes(page) > MAX_PAGE_MEDIA_BYTES)) return undefined;
	const pages = tables.map(encodePage);
	if (pages.some(({ length }) => length > MAX_PAGE_BYTES)) return undefined;
	const keys = starts.map((_, k) => keysBetween(primary.samples, cuts[tracks.indexOf(primary)] ?? [], k));
	return { pages: concat(...pages), table: { ...tableOf(starts, pages), keys: Uint8Array.from(keys) } };
}

/** Decoding times of the pages' first primary samples, then every two seconds while another track goes on. */
function pageStarts({ track, samples }: SampledTrack, end: Seconds): Seconds[] {
	const starts: Seconds[] = [];
	let [start, bytes] = [-Infinity, 0];
	for (let k = 0; k < samples.count; k++) {
		const time = filmTime(track, samples.decodeTimes[k] ?? 0);
		const isDue = time - start >= LONG_PAGE || bytes >= HEAVY_PAGE_BYTES;
		if (time > start && (isDue || (time - start >= SHORT_PAGE && samples.keys[k] === 1))) {
			starts.push(time);
			[start, bytes] = [time, 0];
		}
		bytes += samples.sizes[k] ?? 0;
	}
	const lastEnd = filmTime(track, (samples.decodeTimes.at(-1) ?? 0) + (samples.durations.at(-1) ?? 0));
	for (let time = Math.max(lastEnd, start + SHORT_PAGE); time + SHORT_PAGE < end; time += 2) starts.push(time);
	return starts;
}

function endOf({ track, samples }: SampledTrack): Seconds {
	return filmTime(track, (samples.decodeTimes.at(-1) ?? 0) + (samples.durations.at(-1) ?? 0));
}

/** The first sample decoded at `time` or later. */
function firstDecodedFrom({ track, samples }: SampledTrack, time: Seconds): number {
	let [low, high] = [0, samples.count];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (filmTime(track, samples.decodeTimes[middle] ?? 0) < time) low = middle + 1;
		else high = middle;
	}
	return low;
}

function mediaBytes(page: readonly SampleTable[]): number {
	return page.reduce((sum, { sizes }) => sizes.reduce((total, size) => total + size, sum), 0);
}

function keysBetween(samples: SampleTable, cuts: readonly number[], page: number): number {
	const from = cuts[page] ?? 0;
	const to = cuts[page + 1] ?? samples.count;
	const isInside = samples.keys.subarray(from, to).includes(1);
	return (isInside ? KEY_INSIDE : 0) | (to > from && samples.keys[from] === 1 ? KEY_FIRST : 0);
}

function tableOf(starts: readonly Seconds[], pages: readonly Bytes[]): PageTable {
	const offsets = new Float64Array(pages.length + 1);
	for (const [k, page] of pages.entries()) offsets[k + 1] = (offsets[k] ?? 0) + page.length;
	const floored = Float64Array.from(starts, (start) => Math.floor(Math.max(0, start) * 1000 + 1e-6) / 1000);
	return { starts: floored, offsets, keys: new Uint8Array(pages.length) };
}
