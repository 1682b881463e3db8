/**
 * The stream index: what a viewer needs to play a film without parsing its container. Two attachments: a header, and
 * pages with the sample table of about 2 s each. Both are as untrusted as their sharer: whatever bytes come in,
 * decoding gives a film whose every sample lies inside the share, or a fault, and takes memory in proportion to the
 * bytes.
 *
 * Numbers are varints (`varint.ts`), times in pages are ticks of the track. In a page each carried track has, in the
 * header's order: count; and if that is not 0: decode time, offset, flags, the duration if all have the same; then per
 * sample size × 2 + key, the change of duration and of composition time where they vary, and the distance from the end
 * of the sample before to this one. The format is fixed by `FORMAT`; changing anything here raises it.
 */
import type { Bytes, WireFault } from '../base/bytes.ts';
import { fail, type Result } from '../base/result.ts';
import {
	emptySamples, type FilmHeader, type FilmTrack, KEY_FIRST, KEY_INSIDE, MAX_DURATION, MAX_HEADER_BYTES, MAX_INIT_BYTES,
	MAX_PAGE_BYTES, MAX_PAGE_MEDIA_BYTES, MAX_PAGES, MAX_TRACKS, type PageTable, type SampleTable,
} from './film.ts';
import { VarintReader, VarintWriter } from './varint.ts';

/** The format's number, the header's first byte. */
export const FORMAT = 1;

/** A codec as headers may name it. */
export const CODEC = /^[\w-][\w.-]{0,63}$/;
const LANGUAGE = /^[\w-]{0,35}$/;
// No control characters: labels end up on screen.
const LABEL = /^[^\p{Cc}\p{Cf}]*$/u;
const MAX_LABEL_BYTES = 256;
const MAX_TICK = 2 ** 48;
const MAX_UINT32 = 2 ** 32 - 1;

const SAME_DURATION = 1;
const COMPOSED = 2;

/** The header's bytes. */
export function encodeHeader(film: FilmHeader): Bytes {
	const w = new VarintWriter().number(FORMAT).number(Math.round(film.duration * 1e6)).number(film.tracks.length);
	for (const track of film.tracks) writeTrack(w, track);
	writePages(w, film.pages);
	return w.done();
}

/** The film a header tells of. */
export function decodeHeader(bytes: Bytes): Result<FilmHeader, WireFault> {
	if (bytes.length > MAX_HEADER_BYTES) return fail('oversize');
	const r = new VarintReader(bytes);
	if (r.number() !== FORMAT) return fail('unknown');
	const duration = r.number(MAX_DURATION * 1e6) / 1e6;
	const tracks = Array.from({ length: r.number(MAX_TRACKS) }, () => readTrack(r));
	const pages = readPages(r);
	if (duration === 0 || tracks.length === 0 || tracks.some(isCarried) !== pages.keys.length > 0) r.fault('malformed');
	return r.end({ duration, tracks, pages });
}

/** Whether the pages hold the track's samples. */
export function isCarried(track: FilmTrack): boolean {
	return track.init.length > 0;
}

function writeTrack(w: VarintWriter, track: FilmTrack): void {
	w.number(track.kind === 'video' ? 0 : 1).text(track.codec).number(track.timescale).signed(track.startTicks);
	w.signed(Math.round(track.offset * 1e6)).text(track.language).text(track.label);
	w.number(track.width).number(track.height).number(track.channels).number(track.sampleRate).bytes(track.init);
}

function readTrack(r: VarintReader): FilmTrack {
	const track: FilmTrack = {
		kind: r.number(1) === 0 ? 'video' : 'audio',
		codec: r.text(64, CODEC),
		timescale: r.number(MAX_UINT32),
		startTicks: r.signed(),
		offset: r.signed() / 1e6,
		language: r.text(35, LANGUAGE),
		label: r.text(MAX_LABEL_BYTES, LABEL),
		width: r.number(2 ** 16),
		height: r.number(2 ** 16),
		channels: r.number(255),
		sampleRate: r.number(2 ** 24),
		init: r.bytes(MAX_INIT_BYTES),
	};
	const isPlaced = Math.abs(track.startTicks) <= MAX_TICK && Math.abs(track.offset) <= MAX_DURATION;
	if (track.timescale === 0 || !isPlaced) r.fault('malformed');
	return track;
}

/**
 * Starts in milliseconds and lengths, both as the change of the change: a steady film costs two or three bytes a page.
 */
function writePages(w: VarintWriter, pages: PageTable): void {
	const count = pages.keys.length;
	w.number(count);
	let [start, step, length] = [0, 0, 0];
	for (let k = 0; k < count; k++) {
		const nextStart = Math.floor((pages.starts[k] ?? 0) * 1000 + 1e-6);
		const nextLength = (pages.offsets[k + 1] ?? 0) - (pages.offsets[k] ?? 0);
		w.number(pages.keys[k] ?? 0).signed(nextStart - start - step).signed(nextLength - length);
		[start, step, length] = [nextStart, nextStart - start, nextLength];
	}
}

function readPages(r: VarintReader): PageTable {
	const count = r.number(Math.min(MAX_PAGES, Math.floor(r.left / 3)));
	const pages = { starts: new Float64Array(count), offsets: new Float64Array(count + 1), keys: new Uint8Array(count) };
	let [start, step, length] = [0, 0, 0];
	for (let k = 0; k < count; k++) {
		pages.keys[k] = r.number(KEY_INSIDE | KEY_FIRST);
		step += r.signed();
		start += step;
		length += r.signed();
		const isSane = start <= MAX_DURATION * 1000 && length > 0 && length <= MAX_PAGE_BYTES;
		if (!isSane || start < 0 || (k > 0 && step < 0)) r.fault('malformed');
		if (r.isFaulty) break;
		pages.starts[k] = start / 1000;
		pages.offsets[k + 1] = (pages.offsets[k] ?? 0) + length;
	}
	return pages;
}

/** One page: the samples of each carried track in the page's span, in the header's order. */
export function encodePage(tables: readonly SampleTable[]): Bytes {
	const w = new VarintWriter();
	for (const samples of tables) writeSamples(w, samples);
	return w.done();
}

function writeSamples(w: VarintWriter, samples: SampleTable): void {
	w.number(samples.count);
	if (samples.count === 0) return;
	let duration = samples.durations[0] ?? 0;
	const isSteady = samples.durations.every((each) => each === duration);
	const isComposed = samples.compositions.some((each) => each !== 0);
	let end = samples.offsets[0] ?? 0;
	let composition = 0;
	const flags = (isSteady ? SAME_DURATION : 0) | (isComposed ? COMPOSED : 0);
	w.number(samples.decodeTimes[0] ?? 0).number(end).number(flags).number(duration);
	for (let k = 0; k < samples.count; k++) {
		const next = sampleAt(samples, k);
		w.number(2 * next.size + next.key).signed(next.offset - end);
		if (!isSteady) w.signed(next.duration - duration);
		if (isComposed) w.signed(next.composition - composition);
		[end, duration, composition] = [next.offset + next.size, next.duration, next.composition];
	}
}

function sampleAt(samples: SampleTable, k: number) {
	return {
		offset: samples.offsets[k] ?? 0, size: samples.sizes[k] ?? 0, key: samples.keys[k] ?? 0,
		duration: samples.durations[k] ?? 0, composition: samples.compositions[k] ?? 0,
	};
}

/** What a page must agree with. */
export interface PageLimits { readonly tracks: number; readonly shareSize: number }

/** The sample tables of a page, one for each carried track. */
export function decodePage(bytes: Bytes, limits: PageLimits): Result<readonly SampleTable[], WireFault> {
	if (bytes.length > MAX_PAGE_BYTES) return fail('oversize');
	const r = new VarintReader(bytes);
	const tables: SampleTable[] = [];
	let mediaBytes = 0;
	for (let k = 0; k < limits.tracks; k++) {
		const samples = readSamples(r, limits.shareSize);
		for (const size of samples.sizes) mediaBytes += size;
		tables.push(samples);
	}
	if (mediaBytes > MAX_PAGE_MEDIA_BYTES) r.fault('oversize');
	return r.end(tables);
}

function readSamples(r: VarintReader, shareSize: number): SampleTable {
	const count = r.number(Math.floor(r.left / 2)); // a sample takes two bytes at least
	const samples = emptySamples(count);
	if (count === 0) return samples;
	let time = r.number(MAX_TICK);
	let end = r.number();
	const flags = r.number(SAME_DURATION | COMPOSED);
	let duration = r.number(MAX_UINT32);
	let composition = 0;
	for (let k = 0; k < count && !r.isFaulty; k++) {
		const sized = r.number(2 * MAX_UINT32 + 1);
		const size = Math.floor(sized / 2);
		const offset = end + r.signed();
		if (!(flags & SAME_DURATION)) duration += r.signed();
		if (flags & COMPOSED) composition += r.signed();
		end = offset + size;
		const isSane = duration >= 0 && duration <= MAX_UINT32 && Math.abs(composition) < 2 ** 31 && time <= MAX_TICK;
		if (!isSane || offset < 0 || end > shareSize) r.fault('malformed');
		samples.offsets[k] = offset;
		samples.sizes[k] = size;
		samples.decodeTimes[k] = time;
		samples.durations[k] = duration;
		samples.compositions[k] = composition;
		samples.keys[k] = sized % 2;
		time += duration;
	}
	return samples;
}
