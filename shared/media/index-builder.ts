/**
 * Builds the stream index of an MP4 or MOV: the same bytes for the same film, wherever it is built. Of the film it
 * reads the headers of the outermost boxes, `moov` whole and, if it has them, each `moof`; memory is in proportion to
 * those.
 */
import type { Bytes } from '../base/bytes.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { MediaReader, ReadFault } from '../ports/media-reader.ts';
import { BoxWindow, type OuterBox } from './box-window.ts';
import { type Edit, type Place, placeTracks, readEdit } from './edit-list.ts';
import {
	type FilmHeader, type FilmTrack, filmTime, MAX_DURATION, MAX_TRACKS, type SampleTable, type Seconds, sliceSamples,
} from './film.ts';
import { type Box, bodyOf, boxesIn, find, versionOf, viewOf } from './mp4-boxes.ts';
import { type FragmentedTrack, readFragment, SampleList } from './mp4-fragments.ts';
import { readSampleTables, type TableFault } from './mp4-tables.ts';
import { type RawTrack, readFormat, readTrack, type SampleFormat } from './mp4-tracks.ts';
import { makePages, type SampledTrack } from './pages.ts';
import { CODEC, encodeHeader } from './stream-index.ts';

/**
 * Why there is no index. `not-a-video`: no MP4 or MOV at all. `truncated`: its end is missing. `no-tracks`: neither
 * picture nor sound in it. `encrypted`: copy protection. `damaged`: it contradicts itself. `too-large`: beyond every
 * bound.
 */
export type IndexFault = 'not-a-video' | 'truncated' | 'no-tracks' | 'encrypted' | TableFault | ReadFault;

/** An index as its two attachments, and the film the header tells of. */
export interface BuiltIndex { readonly header: Bytes; readonly pages: Bytes; readonly film: FilmHeader }

/** Bytes of a `moov`: a day's film has some 60 MB. */
const MAX_MOOV_BYTES = 2 ** 28;

/** Boxes a film may begin with. QuickTime's oldest have no `ftyp`. */
const FIRST_BOXES = new Set(['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot', 'styp', 'sidx', 'uuid']);

/** A single picture without a duration is shown for a moment. */
const SHORTEST: Seconds = 1e-3;

/** Decoding times that pages can carry. */
const MAX_TICK = 2 ** 48;

/** Parses the film's container. A film that nobody can play has an index too: it names the codecs. */
export async function buildIndex(reader: MediaReader): Promise<Result<BuiltIndex, IndexFault>> {
	const movie = await readMovie(reader);
	if (!movie.ok) return movie;
	const { raw, duration } = movie.value;
	if (raw.some(({ track }) => track.kind === 'video' && track.format === 'encv')) return fail('encrypted');
	if (raw.every(({ track }) => track.format === 'enca')) return fail('encrypted');
	const named = raw.map((each) => ({ ...each, format: each.samples.count > 0 ? each.format : undefined }));
	const carried = named.filter((each) => each.format !== undefined);
	const fault = carried.map(({ samples }) => faultOf(samples, reader.size)).find((each) => each !== undefined);
	if (fault) return fail(fault);
	const places = placeTracks(carried.map(({ track, samples, edit }) => {
		return { kind: track.kind, timescale: track.timescale, firstTicks: firstShown(samples), edit };
	}));
	const tracks = named.map((each) => describe(each, places[carried.findIndex((other) => other.track === each.track)]));
	return assemble(tracks, named, duration);
}

interface NamedTrack {
	readonly track: RawTrack;
	readonly samples: SampleTable;
	readonly edit: Edit;
	/** Undefined: nobody plays it, so pages do without its samples. */
	readonly format: SampleFormat | undefined;
}
interface Movie { readonly raw: readonly NamedTrack[]; readonly duration: Seconds }

function assemble(
	tracks: readonly FilmTrack[], named: readonly NamedTrack[], said: Seconds,
): Result<BuiltIndex, IndexFault> {
	const sampled = tracks
		.map((track, k): SampledTrack | undefined => {
			const each = named[k];
			return each?.format && { track, samples: each.samples };
		})
		.filter((each) => each !== undefined);
	const ends = sampled.map(({ track, samples }) => filmTime(track, lastShown(samples)));
	const duration = Math.max(ends.length > 0 ? Math.max(...ends) : said, SHORTEST);
	const made = duration < MAX_DURATION ? makePages(sampled) : undefined;
	if (!made) return fail('too-large');
	const film: FilmHeader = { duration: Math.round(duration * 1e6) / 1e6, tracks, pages: made.table };
	return ok({ header: encodeHeader(film), pages: made.pages, film });
}

/** What is known of a track that nobody plays. */
const UNPLAYED = { startTicks: 0, offset: 0, width: 0, height: 0, channels: 0, sampleRate: 0 } as const;

function describe({ track, format }: NamedTrack, place: Place | undefined): FilmTrack {
	const codec = format?.codec ?? track.format.replaceAll(/[^\w.-]/g, '');
	const told = {
		kind: track.kind,
		codec: CODEC.test(codec) ? codec : 'unknown',
		timescale: Math.max(1, track.timescale),
		language: track.language,
		label: track.label,
	};
	if (!format || !place) return { ...told, ...UNPLAYED, init: new Uint8Array(0) };
	const { width, height, channels, sampleRate } = format;
	return { ...told, ...place, width, height, channels, sampleRate, init: format.init(place.startTicks) };
}

async function readMovie(reader: MediaReader): Promise<Result<Movie, IndexFault>> {
	const outer = new BoxWindow(reader);
	const first = reader.size >= 8 ? await outer.boxAt(0) : ok(undefined);
	if (!first.ok) return first;
	if (!first.value || !FIRST_BOXES.has(first.value.type)) return fail('not-a-video');
	const found: Found = { moov: undefined, fragments: [], isCut: false };
	for (let at = 0; at + 8 <= reader.size;) {
		const next = await outer.boxAt(at);
		if (!next.ok) return next;
		if (!next.value) break; // something after the last box: other players do not mind either
		const fault = await lookInto(outer, next.value, reader.size, found);
		if (fault) return fail(fault);
		at = next.value.end;
	}
	if (!found.moov) return fail(found.isCut ? 'truncated' : 'not-a-video');
	if (found.isCut && found.fragments.length === 0) return fail('truncated');
	return readTracks(found.moov, found.fragments, reader.size);
}

interface Found { moov: DataView | undefined; fragments: readonly FragmentedTrack[]; isCut: boolean }

/** Adds to `found` what an outermost box tells. Damaged fragments are left out: a player can do without them. */
async function lookInto(
	outer: BoxWindow, box: OuterBox, shareSize: number, found: Found,
): Promise<IndexFault | undefined> {
	if (box.end > shareSize) found.isCut = true;
	const isWanted = (box.type === 'moov' && !found.moov) || (box.type === 'moof' && found.fragments.length > 0);
	if (!isWanted || box.end > shareSize) return undefined;
	const body = await readBox(outer, box);
	if (!body.ok) return body.error;
	if (box.type === 'moof') readFragment(body.value, wholeOf(body.value), box.start, found.fragments);
	else {
		found.moov = body.value;
		found.fragments = fragmentedTracks(body.value);
	}
	return undefined;
}

async function readBox(outer: BoxWindow, box: OuterBox): Promise<Result<DataView, IndexFault>> {
	if (box.end - box.body > MAX_MOOV_BYTES) return fail('too-large');
	const read = await outer.read(box.body, box.end - box.body);
	return read.ok ? ok(viewOf(read.value)) : read;
}

function wholeOf(view: DataView): Box {
	return { type: '', start: 0, body: 0, end: view.byteLength };
}

/** The tracks whose samples come in fragments; none for a film without `mvex`. */
function fragmentedTracks(moov: DataView): readonly FragmentedTrack[] {
	const mvex = find(moov, wholeOf(moov), 'mvex');
	if (!mvex) return [];
	return boxesIn(moov, mvex.body, mvex.end)
		.filter((box) => box.type === 'trex' && box.end - box.body >= 24)
		.slice(0, MAX_TRACKS)
		.map((box) => {
			const trex = bodyOf(moov, box);
			const defaults = { duration: trex.getUint32(12), size: trex.getUint32(16), flags: trex.getUint32(20) };
			return { id: trex.getUint32(4), defaults, samples: new SampleList() };
		});
}

function readTracks(
	moov: DataView, fragments: readonly FragmentedTrack[], shareSize: number,
): Result<Movie, IndexFault> {
	const header = movieHeader(moov);
	const raw: NamedTrack[] = [];
	for (const trak of boxesIn(moov, 0, moov.byteLength).filter((box) => box.type === 'trak')) {
		const track = readTrack(moov, trak);
		if (!track || raw.length === MAX_TRACKS) continue;
		const format = track.timescale > 0 ? readFormat(moov, track) : undefined;
		const samples = format ? samplesOf(moov, track, fragments, shareSize) : ok(new SampleList().table());
		if (!samples.ok) return samples;
		raw.push({ track, format, samples: samples.value, edit: readEdit(moov, track.elst, header.timescale) });
	}
	return raw.length > 0 ? ok({ raw, duration: header.duration }) : fail('no-tracks');
}

/** Samples from tables, or from fragments as far as the film goes: a recording that broke off plays up to there. */
function samplesOf(
	moov: DataView, track: RawTrack, fragments: readonly FragmentedTrack[], shareSize: number,
): Result<SampleTable, TableFault> {
	const tables = readSampleTables(moov, track.stbl);
	if (!tables.ok || tables.value.count > 0) return tables;
	const gathered = fragments.find((each) => each.id === track.id)?.samples.table() ?? tables.value;
	const cut = gathered.offsets.findIndex((offset, k) => offset + (gathered.sizes[k] ?? 0) > shareSize);
	return ok(cut < 0 ? gathered : sliceSamples(gathered, 0, cut));
}

function movieHeader(moov: DataView): { timescale: number; duration: Seconds } {
	const mvhd = find(moov, wholeOf(moov), 'mvhd');
	const body = mvhd && bodyOf(moov, mvhd);
	if (!body || body.byteLength < 32) return { timescale: 1000, duration: 0 };
	const isLarge = versionOf(body) === 1;
	const timescale = Math.max(1, body.getUint32(isLarge ? 20 : 12));
	return { timescale, duration: (isLarge ? Number(body.getBigUint64(24)) : body.getUint32(16)) / timescale };
}

function faultOf(samples: SampleTable, shareSize: number): 'truncated' | 'damaged' | undefined {
	if ((samples.decodeTimes.at(-1) ?? 0) > MAX_TICK) return 'damaged';
	return samples.offsets.some((offset, k) => offset + (samples.sizes[k] ?? 0) > shareSize) ? 'truncated' : undefined;
}

function firstShown(samples: SampleTable): number {
	return samples.decodeTimes.reduce((first, time, k) => {
		return Math.min(first, time + (samples.compositions[k] ?? 0));
	}, Infinity);
}

function lastShown(samples: SampleTable): number {
	return samples.decodeTimes.reduce((last, time, k) => {
		return Math.max(last, time + (samples.compositions[k] ?? 0) + (samples.durations[k] ?? 0));
	}, 0);
}
