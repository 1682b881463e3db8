import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from '../testkit/hex.ts';
import { emptySamples, type FilmHeader, type FilmTrack, type SampleTable } from './film.ts';
import { decodeHeader, decodePage, encodeHeader, encodePage } from './stream-index.ts';

const TRACK: FilmTrack = {
	kind: 'video', codec: 'avc1.64001f', timescale: 12_288, startTicks: 1024, offset: 0.5, language: 'deu', label: 'Fassung',
	width: 640, height: 360, channels: 0, sampleRate: 0, init: Uint8Array.of(1, 2, 3),
};

const FILM: FilmHeader = {
	duration: 6.25,
	tracks: [TRACK],
	pages: {
		starts: Float64Array.of(0, 2, 4.001), offsets: Float64Array.of(0, 600, 1190, 1500), keys: Uint8Array.of(3, 3, 1),
	},
};

const sample = fc.record({
	offset: fc.integer({ min: 0, max: 2 ** 36 }),
	size: fc.integer({ min: 0, max: 2 ** 20 }),
	duration: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
	composition: fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 }),
	key: fc.integer({ min: 0, max: 1 }),
});

const beginning = fc.integer({ min: 0, max: 2 ** 40 });
const samples = fc.tuple(beginning, fc.array(sample, { maxLength: 100 })).map(([start, each]) => {
	const table = emptySamples(each.length);
	let time = start;
	for (const [k, { offset, size, duration, composition, key }] of each.entries()) {
		table.offsets[k] = offset;
		table.sizes[k] = size;
		table.decodeTimes[k] = time;
		table.durations[k] = duration;
		table.compositions[k] = composition;
		table.keys[k] = key;
		time += duration;
	}
	return table;
});

test('a header means what it meant', () => {
	const decoded = decodeHeader(encodeHeader(FILM));
	expect(decoded).toEqual({ ok: true, value: FILM });
});

test('the header of today is the header of tomorrow', () => {
	expect(toHex(encodeHeader(FILM))).toBe(GOLDEN_HEADER);
	expect(toHex(encodePage([twoFrames()]))).toBe(GOLDEN_PAGE);
});

const GOLDEN_HEADER = '0190bcfd0201000b617663312e36343030316680608010c0843d036465750746617373756e67'
	+ '8005e802000003010203030300b00903a01f130102af04';
const GOLDEN_PAGE = '020030038004d10f0080109003008008';

function twoFrames(): SampleTable {
	const table = emptySamples(2);
	table.offsets.set([48, 1048]);
	table.sizes.set([1000, 200]);
	table.decodeTimes.set([0, 512]);
	table.durations.set([512, 512]);
	table.compositions.set([1024, 1536]);
	table.keys.set([1, 0]);
	return table;
}

test('any page means what it meant', () => {
	fc.assert(fc.property(fc.array(samples, { maxLength: 3 }), (tables) => {
		const decoded = decodePage(encodePage(tables), { tracks: tables.length, shareSize: 2 ** 37 });
		expect(decoded).toEqual({ ok: true, value: tables });
	}));
});

test('any header means what it meant', () => {
	const page = fc.record({ ms: fc.integer({ min: 0, max: 5000 }), bytes: fc.integer({ min: 1, max: 2 ** 18 }) });
	const micros = fc.integer({ min: 1, max: 3 * 10 ** 11 });
	fc.assert(fc.property(fc.array(page, { minLength: 1 }), micros, (pages, micros) => {
		const before = (k: number, field: 'ms' | 'bytes') => pages.slice(0, k).reduce((sum, each) => sum + each[field], 0);
		const offsets = Float64Array.from({ length: pages.length + 1 }, (_, k) => before(k, 'bytes'));
		const starts = Float64Array.from(pages, (_, k) => before(k + 1, 'ms') / 1000);
		const film = { ...FILM, duration: micros / 1e6, pages: { starts, offsets, keys: new Uint8Array(pages.length) } };
		expect(decodeHeader(encodeHeader(film))).toEqual({ ok: true, value: film });
	}));
});

test('no bytes make a decoder throw, and what they claim is inside the share', () => {
	fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (bytes, at) => {
		decodeHeader(Uint8Array.from(bytes));
		const broken = encodeHeader(FILM);
		broken[at % broken.length] = at & 255;
		decodeHeader(broken);
		const page = decodePage(Uint8Array.from(bytes), { tracks: 2, shareSize: 1000 });
		if (!page.ok) return;
		for (const table of page.value) {
			for (let k = 0; k < table.count; k++) {
				expect(table.offsets[k]).toBeGreaterThanOrEqual(0);
				expect((table.offsets[k] ?? 0) + (table.sizes[k] ?? 0)).toBeLessThanOrEqual(1000);
			}
		}
	}), { numRuns: 2000 });
});

test('a page takes memory in proportion to its bytes, whatever it claims', () => {
	// A count of 2^49 and nothing behind it.
	const claims = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01);
	expect(decodePage(claims, { tracks: 1, shareSize: 1000 })).toEqual({ ok: false, error: 'malformed' });
});

test.each<[string, Partial<FilmHeader> | { tracks: FilmTrack[] }]>([
	['no duration', { duration: 0 }],
	['no tracks', { tracks: [] }],
	['a timescale of zero', { tracks: [{ ...TRACK, timescale: 0 }] }],
	['a codec with a quote in it', { tracks: [{ ...TRACK, codec: 'avc1"; evil="' }] }],
	['a label that turns text around', { tracks: [{ ...TRACK, label: 'abc\u202Efed' }] }],
	['pages of tracks that nobody plays', { tracks: [{ ...TRACK, init: new Uint8Array(0) }] }],
	['pages that run backwards', { pages: { ...FILM.pages, starts: Float64Array.of(0, 4, 2) } }],
	['a page without bytes', { pages: { ...FILM.pages, offsets: Float64Array.of(0, 0, 1, 2) } }],
])('a header with %s is malformed', (_, change) => {
	expect(decodeHeader(encodeHeader({ ...FILM, ...change }))).toEqual({ ok: false, error: 'malformed' });
});

test('a header of another format is unknown, a cut one short, a longer one long', () => {
	const whole = encodeHeader(FILM);
	expect(decodeHeader(Uint8Array.of(2, ...whole.subarray(1)))).toEqual({ ok: false, error: 'unknown' });
	expect(decodeHeader(whole.slice(0, 20))).toMatchObject({ ok: false });
	expect(decodeHeader(Uint8Array.of(...whole, 0))).toEqual({ ok: false, error: 'long' });
});
