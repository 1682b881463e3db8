import { describe, expect, test } from 'vitest';
import type { FilmTrack } from '../../shared/media/film.ts';
import { codecWarnings } from './codec-warnings.ts';

const PICTURE: FilmTrack = {
	kind: 'video', codec: 'avc1.64001f', timescale: 1000, startTicks: 0, offset: 0, language: '', label: '',
	width: 1280, height: 720, channels: 0, sampleRate: 0, init: new Uint8Array(8),
};
const SOUND: FilmTrack = {
	...PICTURE, kind: 'audio', codec: 'mp4a.40.2', width: 0, height: 0, channels: 2, sampleRate: 48_000,
};
const playsAll = () => true;
const playsNone = () => false;

describe('a sharer is warned', () => {
	test('of nothing in a film that every browser plays', () => {
		expect(codecWarnings([PICTURE, SOUND], playsAll)).toEqual([]);
	});

	test.each(['hvc1.1.6.L93', 'hev1.1.6.L93', 'ac-3', 'ec-3'])('that %s plays in some browsers, whether or not this one does', (codec) => {
		const expected = [{ kind: 'video', codec, plays: 'some' }];
		expect(codecWarnings([{ ...PICTURE, codec }], playsAll)).toEqual(expected);
		expect(codecWarnings([{ ...PICTURE, codec }], playsNone)).toEqual(expected);
	});

	test('of a codec this browser does not play: others may', () => {
		const plays = (mime: string) => !mime.includes('opus');
		expect(codecWarnings([PICTURE, { ...SOUND, codec: 'opus' }], plays))
			.toEqual([{ kind: 'audio', codec: 'opus', plays: 'not-here' }]);
	});

	test.each(['sowt', 'ap4h', 'mp4v.20.9', 'dtsc'])('that no index carries %s, whatever the browser claims', (codec) => {
		expect(codecWarnings([{ ...SOUND, codec }], playsAll)).toEqual([{ kind: 'audio', codec, plays: 'nowhere' }]);
	});

	test.each(['avc1.64001f', 'av01.0.08M.08', 'vp09.00.10.08', 'mp4a.40.2', 'mp3', 'opus', 'flac'])(
		'of nothing in %s where the browser plays it', (codec) => {
			expect(codecWarnings([{ ...PICTURE, codec }], playsAll)).toEqual([]);
		},
	);

	test('not of MP3, which plays as bare frames where it does not inside MP4', () => {
		expect(codecWarnings([{ ...SOUND, codec: 'mp3' }], (mime) => mime === 'audio/mpeg')).toEqual([]);
	});

	test('once of a codec that several tracks have', () => {
		const tracks = ['ac-3', 'ac-3', 'ec-3'].map((codec) => ({ ...SOUND, codec }));
		expect(codecWarnings(tracks, playsNone).map(({ codec }) => codec)).toEqual(['ac-3', 'ec-3']);
	});
});
