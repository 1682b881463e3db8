import { createFile, MP4BoxBuffer, type Sample } from 'mp4box';
import { expect, test, vi } from 'vitest';
import { film } from '../../e2e/films/make-films.ts';
import { concat } from '../base/bytes.ts';
import { FileMediaReader } from '../testkit/file-media-reader.ts';
import { emptySamples, sliceSamples, type SampleTable } from './film.ts';
import { byteRanges, MAX_HOLE_BYTES, writeFragment } from './fragment.ts';
import { buildIndex } from './index-builder.ts';
import { decodePage } from './stream-index.ts';

// The first to ask for a film waits for ffmpeg.
vi.setConfig({ testTimeout: 120_000 });

function samplesAt(...places: [offset: number, size: number][]): SampleTable {
	const samples = emptySamples(places.length);
	samples.offsets.set(places.map(([offset]) => offset));
	samples.sizes.set(places.map(([, size]) => size));
	return samples;
}

test('samples that lie close are read at once, others apart', () => {
	const far = 2000 + MAX_HOLE_BYTES + 1;
	expect(byteRanges(samplesAt([1000, 500], [1500, 500], [far, 10]))).toEqual([
		{ offset: 1000, length: 1000 }, { offset: far, length: 10 },
	]);
	expect(byteRanges(samplesAt([1000, 1000], [far - 1, 10]))).toHaveLength(1);
});

test('samples in any order make ascending ranges, overlapping ones a single one, empty ones none', () => {
	expect(byteRanges(samplesAt([500_000, 10], [0, 10], [5, 100], [250_000, 0]))).toEqual([
		{ offset: 0, length: 105 }, { offset: 500_000, length: 10 },
	]);
});

test('init and fragments are a film that mp4box reads, sample by sample', async () => {
	const reader = new FileMediaReader(await film('b-frames'));
	const built = await buildIndex(reader);
	if (!built.ok) throw new Error(built.error);
	const { film: header, pages } = built.value;
	const page = decodePage(pages.slice(0, header.pages.offsets[1]), { tracks: 2, shareSize: reader.size });
	const table = page.ok ? page.value[0]! : emptySamples(0);
	const parts = [sliceSamples(table, 0, 12), sliceSamples(table, 12, table.count)];
	const fragments = await Promise.all(parts.map(async (part) => {
		const ranges = await Promise.all(byteRanges(part).map(async ({ offset, length }) => {
			const read = await reader.read(offset, length).bytes;
			return { offset, bytes: read.ok ? read.value : new Uint8Array(0) };
		}));
		return writeFragment(part, ranges);
	}));
	const whole = concat(header.tracks[0]!.init, ...fragments);
	const file = createFile(true);
	const found: Sample[] = [];
	file.onReady = () => {
		file.setExtractionOptions(1, undefined, { nbSamples: 1 });
		file.onSamples = (_id, _user, samples) => found.push(...samples);
		file.start();
	};
	file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(whole.buffer, 0), true);
	file.flush();
	expect(found.map(({ dts }) => dts)).toEqual(Array.from(table.decodeTimes));
	expect(found.map(({ cts, dts }) => cts - dts)).toEqual(Array.from(table.compositions));
	expect(found.map(({ is_sync: isKey }) => isKey)).toEqual(Array.from(table.keys, (key) => key === 1));
	for (const [k, { data }] of found.entries()) {
		const read = await reader.read(table.offsets[k]!, table.sizes[k]!).bytes;
		expect(data).toEqual(read.ok && read.value);
	}
	reader.close();
});

test('composition before decoding is written with a sign', () => {
	const samples = emptySamples(1);
	samples.compositions[0] = -512;
	samples.durations[0] = 512;
	const fragment = Buffer.from(writeFragment(samples, []));
	const trun = fragment.indexOf('trun');
	expect(fragment[trun + 4]).toBe(1);
	expect(fragment.readInt32BE(trun + 28)).toBe(-512);
});
