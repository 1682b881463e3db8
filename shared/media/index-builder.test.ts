import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { film } from '../../e2e/films/make-films.ts';
import type { FilmName } from '../../e2e/films/recipes.ts';
import { randomBelow, seededRng } from '../base/rng.ts';
import { FileMediaReader, memoryMediaReader } from '../testkit/file-media-reader.ts';
import { filmTime, type FilmTrack, type SampleTable, shownAt } from './film.ts';
import { buildIndex, type BuiltIndex } from './index-builder.ts';
import { decodeHeader, decodePage, isCarried } from './stream-index.ts';

// The first to ask for a film waits for ffmpeg.
vi.setConfig({ testTimeout: 120_000 });

async function open(name: FilmName): Promise<FileMediaReader> {
	const reader = new FileMediaReader(await film(name));
	onTestFinished(() => reader.close());
	return reader;
}

async function build(name: FilmName): Promise<BuiltIndex> {
	const built = await buildIndex(await open(name));
	if (!built.ok) throw new Error(built.error);
	return built.value;
}

/** All samples of a carried track, out of the pages. */
function samplesOf(index: BuiltIndex, carried: number, shareSize = Infinity): SampleTable[] {
	const tracks = index.film.tracks.filter(isCarried).length;
	return Array.from(index.film.pages.keys, (_, k) => {
		const bytes = index.pages.slice(index.film.pages.offsets[k], index.film.pages.offsets[k + 1]);
		const page = decodePage(bytes, { tracks, shareSize });
		if (!page.ok) throw new Error(page.error);
		return page.value[carried]!;
	});
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
const codecs = (index: BuiltIndex) => index.film.tracks.map(({ codec }) => codec);

test.each<[FilmName, readonly string[], number]>([
	['ten-seconds', ['avc1.64001e', 'mp4a.40.2'], 10],
	['moov-at-end', ['avc1.64001e', 'mp4a.40.2'], 10],
	['quicktime', ['avc1.64001e', 'mp4a.40.2'], 10],
	['hevc', ['hvc1.1.6.L63.90', 'mp4a.40.2'], 3],
	['av1-opus', ['av01.0.01M.08', 'opus'], 4],
	['vp9-opus', ['vp09.00.21.08', 'opus'], 4],
	['flac', ['avc1.64001e', 'flac'], 10],
	['mp3-audio', ['avc1.64001e', 'mp3'], 10],
	['ac3-audio', ['avc1.64001e', 'ac-3'], 10],
	['pcm-audio', ['avc1.64001e', 'sowt'], 10],
	['audio-only', ['mp4a.40.2'], 10],
	['no-audio', ['avc1.64001e'], 10],
])('%s: %s, %d s', async (name, expected, duration) => {
	const index = await build(name);
	expect(codecs(index)).toEqual(expected);
	expect(index.film.duration).toBeCloseTo(duration, 1);
	expect(decodeHeader(index.header)).toEqual({ ok: true, value: index.film });
	expect(index.film.tracks.filter(isCarried).length).toBe(name === 'pcm-audio' ? 1 : expected.length);
});

test('every frame of the film is in one page, once, in order, and where the file has it', async () => {
	const index = await build('b-frames');
	const bytes = readFileSync(await film('b-frames'));
	const pages = samplesOf(index, 0);
	expect(sum(pages.map(({ count }) => count))).toBe(240);
	const track = index.film.tracks[0]!;
	const shown = pages.flatMap((page) => {
		return Array.from({ length: page.count }, (_, k) => Math.round(shownAt(track, page, k) * 24));
	});
	expect(shown.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 240 }, (_, k) => k));
	for (const page of pages) {
		for (let k = 0; k < page.count; k++) {
			// A sample begins with the length of its first unit (ISO/IEC 14496-15).
			const unit = bytes.readUInt32BE(page.offsets[k]);
			expect(unit).toBeGreaterThan(0);
			expect(unit + 4).toBeLessThanOrEqual(page.sizes[k]!);
		}
	}
});

test('a page holds no sample that is decoded before the page begins', async () => {
	for (const name of ['b-frames', 'edit-trim', 'edit-delay'] as const) {
		const index = await build(name);
		const early = index.film.tracks.flatMap((track, carried) => samplesOf(index, carried).filter((page, k) => {
			return k > 0 && page.count > 0 && filmTime(track, page.decodeTimes[0]!) < index.film.pages.starts[k]!;
		}));
		expect(early).toEqual([]);
	}
});

test('the same film in fragments has the same samples', async () => {
	const [whole, fragmented] = [await build('b-frames'), await build('fragmented')];
	for (const carried of [0, 1]) {
		const sizes = (index: BuiltIndex) => samplesOf(index, carried).flatMap(({ sizes }) => Array.from(sizes));
		expect(sizes(fragmented)).toEqual(sizes(whole));
	}
});

test('sound that begins later keeps its distance', async () => {
	const { tracks } = (await build('edit-delay')).film;
	expect(tracks[0]?.offset).toBe(0);
	expect(tracks[1]?.offset).toBeCloseTo(1.478, 3); // 1.5 s less the 1024 samples an AAC encoder puts in front
});

test('a cut between key frames shows its run-up, and sound waits for it', async () => {
	const { film } = await build('edit-trim');
	expect(film.tracks.map(({ offset }) => offset)).toEqual([0, 1.299967]);
	expect(film.duration).toBe(8);
});

test('languages and labels are read', async () => {
	const { tracks } = (await build('two-languages')).film;
	expect(tracks.slice(1).map(({ language, label }) => [language, label])).toEqual([['eng', ''], ['deu', 'Kommentar']]);
});

test('small untagged H.264 is told its colours, larger is not', async () => {
	const hasColours = async (name: FilmName) => Buffer.from((await build(name)).film.tracks[0]!.init).includes('colrnclx');
	expect(await hasColours('ten-seconds')).toBe(true);
	expect(await hasColours('minute-720p')).toBe(false);
});

test('of five gigabytes little more than the index is read, and offsets past 4 GiB are right', async () => {
	const reader = await open('five-gigabytes');
	const built = await buildIndex(reader);
	expect(reader.readBytes).toBeLessThan(200_000);
	const last = built.ok ? samplesOf(built.value, 0).at(-1)! : undefined;
	expect(last?.offsets.at(-1)).toBeGreaterThan(4.5 * 2 ** 30);
});

test('two hours make a header of one attachment part and pages of two megabytes', async () => {
	const index = await build('two-hours');
	expect(index.header.length).toBeLessThan(16_000);
	expect(index.pages.length).toBeLessThan(2.1e6);
	expect(index.film.duration).toBeCloseTo(7200, 0);
	expect(index.film.pages.keys.length).toBe(3600);
});

test('an index is a function of the film', async () => {
	const [once, again] = [await build('b-frames'), await build('b-frames')];
	expect(once.header).toEqual(again.header);
	expect(once.pages).toEqual(again.pages);
});

test.each<[FilmName, string]>([
	['truncated', 'truncated'], ['truncated-late', 'truncated'], ['not-a-film', 'not-a-video'],
])('%s is %s', async (name, fault) => {
	expect(await buildIndex(await open(name))).toEqual({ ok: false, error: fault });
});

test('an empty file is not a video', async () => {
	expect(await buildIndex(memoryMediaReader(new Uint8Array(0)))).toEqual({ ok: false, error: 'not-a-video' });
});

test('a film whose index was tampered with never throws, and never names bytes outside of it', async () => {
	for (const name of ['b-frames', 'fragmented', 'quicktime'] as const) {
		const original = readFileSync(await film(name)).subarray(0, 200_000);
		const moov = original.indexOf('moov');
		for (let seed = 0; seed < 40; seed++) {
			const rng = seededRng(seed);
			const film = Uint8Array.from(original);
			const reach = Math.min(12_000, film.length - moov);
			for (let k = 0; k < 8; k++) film[moov + randomBelow(rng, reach)] = randomBelow(rng, 256);
			const built = await buildIndex(memoryMediaReader(film));
			if (!built.ok) continue;
			expect(decodeHeader(built.value.header), `seed ${seed} of ${name}`).toMatchObject({ ok: true });
			const tracks = built.value.film.tracks.filter((track: FilmTrack) => isCarried(track));
			for (const k of tracks.keys()) samplesOf(built.value, k, film.length);
		}
	}
});
