/** Fragments for MediaSource: a run of samples of one track as `moof` and `mdat`, written with mp4box's boxes. */
import { BoxParser, DataStream, Endianness } from 'mp4box';
import type { Bytes } from '../base/bytes.ts';
import type { SampleTable } from './film.ts';

/** Bytes between two samples that are read along rather than asked for apart: a common stretch of the other tracks. */
export const MAX_HOLE_BYTES = 32 * 1024;

/** A range of the share. */
export interface ByteRange { readonly offset: number; readonly length: number }

/** The ranges that hold all samples, ascending, apart by more than {@link MAX_HOLE_BYTES}. */
export function byteRanges(samples: SampleTable): readonly ByteRange[] {
	const order = Array.from({ length: samples.count }, (_, k) => k).filter((k) => (samples.sizes[k] ?? 0) > 0);
	order.sort((a, b) => (samples.offsets[a] ?? 0) - (samples.offsets[b] ?? 0));
	const ranges: { offset: number; length: number }[] = [];
	for (const k of order) {
		const offset = samples.offsets[k] ?? 0;
		const end = offset + (samples.sizes[k] ?? 0);
		const last = ranges.at(-1);
		if (last && offset <= last.offset + last.length + MAX_HOLE_BYTES) {
			last.length = Math.max(last.length, end - last.offset);
		} else ranges.push({ offset, length: end - offset });
	}
	return ranges;
}

/** A range and its bytes. */
export interface ReadRange { readonly offset: number; readonly bytes: Bytes }

/** The id of the one track in every initialization segment, and so in every fragment. */
export const INIT_TRACK_ID = 1;

const DATA_OFFSET = 0x1;
const PER_SAMPLE = 0x100 | 0x200 | 0x400 | 0x800; // duration, size, flags, composition
const BASE_IS_MOOF = 0x20000;
const KEY_FLAGS = 0x2000000; // depends on no other
const OTHER_FLAGS = 0x1010000; // depends on others, not a sync sample
const MDAT_HEADER_BYTES = 8;

/** A whole fragment. `ranges`: what {@link byteRanges} named, read. */
export function writeFragment(samples: SampleTable, ranges: readonly ReadRange[]): Bytes {
	const moof = new BoxParser.box.moof();
	moof.addBox(new BoxParser.box.mfhd()).sequence_number = 1; // browsers do not look
	const traf = moof.addBox(new BoxParser.box.traf());
	const tfhd = traf.addBox(new BoxParser.box.tfhd());
	tfhd.track_id = INIT_TRACK_ID;
	tfhd.flags = BASE_IS_MOOF;
	traf.addBox(new BoxParser.box.tfdt()).baseMediaDecodeTime = samples.decodeTimes[0] ?? 0;
	const trun = traf.addBox(new BoxParser.box.trun());
	trun.flags = DATA_OFFSET | PER_SAMPLE;
	// Version 0 has no composition times before decoding times (ISO/IEC 14496-12 §8.8.8).
	trun.version = samples.compositions.some((ticks) => ticks < 0) ? 1 : 0;
	trun.sample_count = samples.count;
	trun.data_offset = 0;
	trun.sample_duration = Array.from(samples.durations);
	trun.sample_size = Array.from(samples.sizes);
	trun.sample_flags = Array.from(samples.keys, (key) => (key === 1 ? KEY_FLAGS : OTHER_FLAGS));
	trun.sample_composition_time_offset = Array.from(samples.compositions);
	const stream = new DataStream(undefined, 0, Endianness.BIG_ENDIAN);
	moof.write(stream);
	stream.adjustUint32(trun.data_offset_position, moof.size + MDAT_HEADER_BYTES);
	return withData(new Uint8Array(stream.buffer, 0, moof.size), samples, ranges);
}

function withData(moof: Uint8Array, samples: SampleTable, ranges: readonly ReadRange[]): Bytes {
	const mdatBytes = samples.sizes.reduce((sum, size) => sum + size, MDAT_HEADER_BYTES);
	const fragment = new Uint8Array(moof.length + mdatBytes);
	fragment.set(moof);
	new DataView(fragment.buffer).setUint32(moof.length, mdatBytes);
	fragment.set([0x6d, 0x64, 0x61, 0x74], moof.length + 4); // mdat
	let at = moof.length + MDAT_HEADER_BYTES;
	for (let k = 0; k < samples.count; k++) {
		fragment.set(sampleBytes(samples, k, ranges), at);
		at += samples.sizes[k] ?? 0;
	}
	return fragment;
}

/** The bytes of sample k: a view. */
export function sampleBytes(samples: SampleTable, k: number, ranges: readonly ReadRange[]): Bytes {
	const [offset = 0, size = 0] = [samples.offsets[k], samples.sizes[k]];
	const range = ranges.find((each) => offset >= each.offset && offset + size <= each.offset + each.bytes.length);
	return range ? range.bytes.subarray(offset - range.offset, offset - range.offset + size) : new Uint8Array(0);
}
