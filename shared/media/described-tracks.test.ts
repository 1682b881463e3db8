import { describe, expect, test } from 'vitest';
import { describedTracks } from './described-tracks.ts';
import type { FilmTrack } from './film.ts';

const PICTURE: FilmTrack = {
	kind: 'video', codec: 'avc1.64001f', timescale: 1000, startTicks: 0, offset: 0, language: '', label: '',
	width: 1280, height: 720, channels: 0, sampleRate: 0, init: new Uint8Array(8),
};
const SOUND: FilmTrack = {
	...PICTURE, kind: 'audio', codec: 'mp4a.40.2', width: 0, height: 0, channels: 2, sampleRate: 48_000,
};

describe('a descriptor names a track', () => {
	test('with what is known of it and nothing more', () => {
		expect(describedTracks([PICTURE, SOUND])).toEqual([
			{ kind: 'video', codec: 'avc1.64001f', width: 1280, height: 720 },
			{ kind: 'audio', codec: 'mp4a.40.2', channels: 2 },
		]);
	});

	test('with its language and its label, on one line that runs one way', () => {
		const [track] = describedTracks([{ ...SOUND, language: 'de', label: 'Kom\nmentar\u202e\u2028!' }]);
		expect(track).toEqual({ kind: 'audio', codec: 'mp4a.40.2', channels: 2, language: 'de', label: 'Kom mentar  !' });
	});

	test('in as much room as a descriptor has', () => {
		const long = 'x'.repeat(1000);
		const [track] = describedTracks([{ ...SOUND, codec: long, language: long, label: long, channels: 65 }]);
		expect([track?.codec.length, track?.language?.length, track?.label?.length]).toEqual([64, 35, 100]);
		expect(track).not.toHaveProperty('channels');
	});
});
