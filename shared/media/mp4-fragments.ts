/** Samples of movie fragments (ISO/IEC 14496-12 §8.8), read from a `moof` box's bytes into growing columns. */
import { emptySamples, MAX_SAMPLES, type SampleTable } from './film.ts';
import { bodyOf, boxesIn, type Box } from './mp4-boxes.ts';

/** What a fragment leaves out: the `trex` box of its track. */
export interface FragmentDefaults { readonly duration: number; readonly size: number; readonly flags: number }

/** One sample on its way into columns. */
interface FragmentSample {
	readonly offset: number;
	readonly size: number;
	readonly time: number;
	readonly composition: number;
	readonly duration: number;
	readonly isKey: boolean;
}

/** Columns of samples that grow. */
export class SampleList {
	#samples = emptySamples(1024);
	#count = 0;

	/** The tick after the last sample. */
	get endTime(): number {
		return this.#count === 0 ? 0 : this.#timeAt(this.#count - 1) + (this.#samples.durations[this.#count - 1] ?? 0);
	}
	get count(): number { return this.#count; }

	/** False when it is full. A sample earlier than its predecessor is moved; a gap lengthens the predecessor. */
	add(sample: FragmentSample): boolean {
		if (this.#count >= MAX_SAMPLES) return false;
		if (this.#count === this.#samples.count) this.#grow();
		const k = this.#count++;
		const time = k === 0 ? sample.time : Math.max(sample.time, this.#timeAt(k - 1));
		if (k > 0) this.#samples.durations[k - 1] = time - this.#timeAt(k - 1);
		this.#samples.offsets[k] = sample.offset;
		this.#samples.sizes[k] = sample.size;
		this.#samples.decodeTimes[k] = time;
		this.#samples.compositions[k] = sample.composition;
		this.#samples.durations[k] = sample.duration;
		this.#samples.keys[k] = sample.isKey ? 1 : 0;
		return true;
	}

	/** What was added, without the spare room. */
	table(): SampleTable {
		const table = emptySamples(this.#count);
		copyColumns(this.#samples, table, this.#count);
		return table;
	}

	#timeAt(k: number): number { return this.#samples.decodeTimes[k] ?? 0; }

	#grow(): void {
		const larger = emptySamples(2 * this.#samples.count);
		copyColumns(this.#samples, larger, this.#count);
		this.#samples = larger;
	}
}

function copyColumns(from: SampleTable, to: SampleTable, count: number): void {
	to.offsets.set(from.offsets.subarray(0, count));
	to.sizes.set(from.sizes.subarray(0, count));
	to.decodeTimes.set(from.decodeTimes.subarray(0, count));
	to.compositions.set(from.compositions.subarray(0, count));
	to.durations.set(from.durations.subarray(0, count));
	to.keys.set(from.keys.subarray(0, count));
}

/** A track whose fragments are being gathered. */
export interface FragmentedTrack {
	readonly id: number;
	readonly defaults: FragmentDefaults;
	readonly samples: SampleList;
}

const BASE_GIVEN = 0x1;
const BASE_IS_MOOF = 0x20000;
const NOT_KEY = 0x10000;

/** A place in the bytes of one box, that reads on. Past the end all is zero and `isShort` holds. */
class Cursor {
	isShort = false;
	readonly #view: DataView;
	#at: number;
	constructor(view: DataView, at: number) { this.#view = view; this.#at = at; }

	uint32(): number { return this.#take(4) ? this.#view.getUint32(this.#at - 4) : 0; }
	int32(): number { return this.#take(4) ? this.#view.getInt32(this.#at - 4) : 0; }
	uint64(): number { return this.#take(8) ? Number(this.#view.getBigUint64(this.#at - 8)) : 0; }

	#take(bytes: number): boolean {
		if (this.#at + bytes > this.#view.byteLength) this.isShort = true;
		else this.#at += bytes;
		return !this.isShort;
	}
}

/**
 * Adds the samples of one `moof` to their tracks.
 *
 * @param moofOffset - where the box begins in the file
 * @returns false when the box is damaged or a track is full
 */
export function readFragment(
	view: DataView, moof: Box, moofOffset: number, tracks: readonly FragmentedTrack[],
): boolean {
	let dataEnd = moofOffset;
	for (const traf of boxesIn(view, moof.body, moof.end).filter((box) => box.type === 'traf')) {
		const end = readTrackFragment(view, traf, { moofOffset, dataEnd }, tracks);
		if (end === undefined) return false;
		dataEnd = end;
	}
	return true;
}

/** Where data offsets count from. */
interface DataBase { readonly moofOffset: number; readonly dataEnd: number }

/** Where its data ends; undefined when it is damaged. */
function readTrackFragment(
	view: DataView, traf: Box, base: DataBase, tracks: readonly FragmentedTrack[],
): number | undefined {
	const children = boxesIn(view, traf.body, traf.end);
	const tfhd = children.find((box) => box.type === 'tfhd');
	const run = tfhd && readHeader(bodyOf(view, tfhd), base, tracks);
	if (!run) return undefined;
	const tfdt = children.find((box) => box.type === 'tfdt');
	if (tfdt) run.time = decodeTime(bodyOf(view, tfdt));
	const runs = children.filter((box) => box.type === 'trun');
	return runs.every((box) => readRun(bodyOf(view, box), run)) ? run.dataEnd : undefined;
}

/** A `tfhd` (§8.8.7): what its runs leave out, and where their data begins. */
function readHeader(tfhd: DataView, base: DataBase, tracks: readonly FragmentedTrack[]): Run | undefined {
	const cursor = new Cursor(tfhd, 0);
	const flags = cursor.uint32() & 0xffffff;
	const id = cursor.uint32();
	const track = tracks.find((each) => each.id === id);
	const usual = track?.defaults ?? { duration: 0, size: 0, flags: 0 };
	const given = flags & BASE_GIVEN ? cursor.uint64() : undefined;
	if (flags & 0x2) cursor.uint32(); // which sample description: all are taken for the first
	const defaults: FragmentDefaults = {
		duration: flags & 0x8 ? cursor.uint32() : usual.duration,
		size: flags & 0x10 ? cursor.uint32() : usual.size,
		flags: flags & 0x20 ? cursor.uint32() : usual.flags,
	};
	const origin = given ?? (flags & BASE_IS_MOOF ? base.moofOffset : base.dataEnd);
	return cursor.isShort ? undefined : { defaults, track, origin, dataEnd: origin, time: track?.samples.endTime ?? 0 };
}

function decodeTime(tfdt: DataView): number {
	const cursor = new Cursor(tfdt, 0);
	return cursor.uint32() >>> 24 === 1 ? cursor.uint64() : cursor.uint32();
}

interface Run {
	readonly defaults: FragmentDefaults;
	readonly track: FragmentedTrack | undefined;
	readonly origin: number;
	dataEnd: number;
	time: number;
}

function readRun(trun: DataView, run: Run): boolean {
	const cursor = new Cursor(trun, 0);
	const flags = cursor.uint32() & 0xffffff;
	const count = cursor.uint32();
	if (flags & 0x1) run.dataEnd = run.origin + cursor.int32();
	const firstFlags = flags & 0x4 ? cursor.uint32() : undefined;
	if (count > MAX_SAMPLES) return false;
	for (let k = 0; k < count; k++) {
		const duration = flags & 0x100 ? cursor.uint32() : run.defaults.duration;
		const size = flags & 0x200 ? cursor.uint32() : run.defaults.size;
		const own = flags & 0x400 ? cursor.uint32() : undefined;
		const sampleFlags = own ?? (k === 0 ? firstFlags : undefined) ?? run.defaults.flags;
		const composition = flags & 0x800 ? cursor.int32() : 0;
		if (cursor.isShort) return false;
		const isKey = !(sampleFlags & NOT_KEY);
		const sample = { offset: run.dataEnd, size, time: run.time, composition, duration, isKey };
		if (run.track && !run.track.samples.add(sample)) return false;
		run.dataEnd += size;
		run.time += duration;
	}
	return true;
}
