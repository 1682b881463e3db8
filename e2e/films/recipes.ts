/** How each test film is made. */
import { copyFile, truncate, writeFile } from 'node:fs/promises';
import { ffmpeg } from './ffmpeg.ts';
import { paintFrameNumber } from './frame-number.ts';
import { spreadOut } from './spread-out.ts';

/** `from`: films it is made of, whose paths `make` gets. */
export interface Recipe {
	readonly ending: string;
	readonly from?: readonly string[];
	readonly make: (to: string, from: readonly string[]) => Promise<void>;
}

/** Frames a second of every film. */
export const FRAME_RATE = 24;

/** A picture source with numbered frames, and something that moves. */
function picture(seconds: number, width = 640, height = 360): string[] {
	const size = `${width}x${height}`;
	const moving = `testsrc2=size=${size}:rate=${FRAME_RATE}:duration=${seconds}`;
	return ['-f', 'lavfi', '-i', `${moving},${paintFrameNumber(width, height)},format=yuv420p`];
}

/** A tone. */
function sound(seconds: number, hertz = 440): string[] {
	return ['-f', 'lavfi', '-i', `sine=frequency=${hertz}:sample_rate=48000:duration=${seconds}`];
}

const X264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '30', '-g', '48', '-pix_fmt', 'yuv420p'];
const PLAIN = [...X264, '-bf', '0'];
const AAC = ['-c:a', 'aac', '-b:a', '96k', '-ac', '2'];
const FRONT = ['-movflags', '+faststart'];

/** All films. Names say what is special about them. */
export const RECIPES = {
	'ten-seconds': {
		ending: 'mp4',
		make: (to) => ffmpeg([...picture(10), ...sound(10), ...PLAIN, ...AAC, ...FRONT, to]),
	},
	'moov-at-end': { ending: 'mp4', from: ['ten-seconds'], make: (to, [from = '']) => ffmpeg(['-i', from, '-c', 'copy', to]) },
	'b-frames': {
		ending: 'mp4',
		make: (to) => ffmpeg([...picture(10), ...sound(10), ...X264, '-bf', '3', '-b_strategy', '0', ...AAC, ...FRONT, to]),
	},
	// One key frame in all of ten seconds.
	'long-gop': {
		ending: 'mp4',
		make: (to) => ffmpeg([...picture(10), ...sound(10), ...X264, '-g', '1000', '-bf', '2', ...AAC, ...FRONT, to]),
	},
	// The sound begins 1.5 s after the picture, said by an empty edit.
	'edit-delay': {
		ending: 'mp4',
		from: ['b-frames'],
		make: (to, [from = '']) => ffmpeg([
			'-i', from, '-itsoffset', '1.5', '-i', from, '-map', '0:v', '-map', '1:a', '-c', 'copy', to,
		]),
	},
	// Cut at 3.3 s without encoding anew: an edit hides what lies between the key frame at 2 s and the cut.
	'edit-trim': {
		ending: 'mp4',
		from: ['b-frames'],
		make: (to, [from = '']) => ffmpeg(['-ss', '3.3', '-i', from, '-c', 'copy', to]),
	},
	'quicktime': { ending: 'mov', from: ['b-frames'], make: (to, [from = '']) => ffmpeg(['-i', from, '-c', 'copy', to]) },
	'fragmented': {
		ending: 'mp4',
		from: ['b-frames'],
		make: (to, [from = '']) => ffmpeg([
			'-i', from, '-c', 'copy', '-movflags', 'frag_keyframe+empty_moov+default_base_moof', to,
		]),
	},
	'two-languages': {
		ending: 'mp4',
		make: (to) => ffmpeg([
			...picture(10), ...sound(10), ...sound(10, 880), '-map', '0:v', '-map', '1:a', '-map', '2:a', ...PLAIN, ...AAC,
			'-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=deu', '-metadata:s:a:1', 'title=Kommentar', ...FRONT, to,
		]),
	},
	'hevc': {
		ending: 'mp4',
		make: (to) => ffmpeg([
			...picture(3), ...sound(3), '-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none',
			'-tag:v', 'hvc1', ...AAC, ...FRONT, to,
		]),
	},
	'av1-opus': {
		ending: 'mp4',
		make: (to) => ffmpeg([
			...picture(4), ...sound(4), '-c:v', 'libsvtav1', '-preset', '12', '-crf', '50', '-g', '48',
			'-c:a', 'libopus', '-b:a', '64k', ...FRONT, to,
		]),
	},
	'vp9-opus': {
		ending: 'mp4',
		make: (to) => ffmpeg([
			...picture(4), ...sound(4), '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '500k', '-g', '48',
			'-c:a', 'libopus', '-b:a', '64k', ...FRONT, to,
		]),
	},
	'flac': {
		ending: 'mp4',
		from: ['ten-seconds'],
		make: (to, [from = '']) => ffmpeg(['-i', from, '-c:v', 'copy', '-c:a', 'flac', '-strict', '-2', ...FRONT, to]),
	},
	'mp3-audio': {
		ending: 'mp4',
		from: ['ten-seconds'],
		make: (to, [from = '']) => ffmpeg(['-i', from, '-c:v', 'copy', '-c:a', 'libmp3lame', ...FRONT, to]),
	},
	'ac3-audio': {
		ending: 'mp4',
		from: ['ten-seconds'],
		make: (to, [from = '']) => ffmpeg(['-i', from, '-c:v', 'copy', '-c:a', 'ac3', ...FRONT, to]),
	},
	'pcm-audio': {
		ending: 'mov',
		from: ['ten-seconds'],
		make: (to, [from = '']) => ffmpeg(['-i', from, '-c:v', 'copy', '-c:a', 'pcm_s16le', to]),
	},
	'audio-only': { ending: 'm4a', make: (to) => ffmpeg([...sound(10), ...AAC, ...FRONT, to]) },
	'no-audio': { ending: 'mp4', from: ['ten-seconds'], make: (to, [from = '']) => ffmpeg(['-i', from, '-c', 'copy', '-an', ...FRONT, to]) },
	// Ten minutes of 720p at about 2 Mbit/s: a minute ten times over.
	'ten-minutes': {
		ending: 'mp4',
		from: ['minute-720p', 'minute-of-sound'],
		make: (to, [picture = '', sound = '']) => loop(to, picture, sound, 600),
	},
	'minute-720p': {
		ending: 'mp4',
		make: (to) => ffmpeg([
			...picture(60, 1280, 720), '-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '2M', '-maxrate', '2M', '-bufsize', '4M',
			'-g', '48', '-bf', '0', '-pix_fmt', 'yuv420p', '-an', to,
		]),
	},
	'minute-of-sound': { ending: 'm4a', make: (to) => ffmpeg([...sound(60), ...AAC, to]) },
	// Two hours of a small picture, index in front: five megabytes of moov.
	'two-hours': {
		ending: 'mp4',
		from: ['minute-360p', 'minute-of-sound'],
		make: (to, [picture = '', sound = '']) => loop(to, picture, sound, 7200),
	},
	'minute-360p': { ending: 'mp4', make: (to) => ffmpeg([...picture(60), ...X264, '-crf', '34', '-bf', '0', '-an', to]) },
	// Half of it is missing, the index at the end too.
	'truncated': {
		ending: 'mp4',
		from: ['moov-at-end'],
		make: async (to, [from = '']) => {
			await copyFile(from, to);
			await truncate(to, 60_000);
		},
	},
	// The index is there, the second half of the samples is not.
	'truncated-late': {
		ending: 'mp4',
		from: ['ten-seconds'],
		make: async (to, [from = '']) => {
			await copyFile(from, to);
			await truncate(to, 100_000);
		},
	},
	'not-a-film': { ending: 'mp4', make: (to) => writeFile(to, 'This is a text that somebody called a film.\n'.repeat(100)) },
	// Five gigabytes as people have them: two hours at 6 Mbit/s, as far as offsets go. Nearly all of it is a hole.
	'five-gigabytes-long': {
		ending: 'mp4',
		from: ['two-hours'],
		make: (to, [from = '']) => spreadOut(from, to, 5 * 2 ** 30),
	},
	// Five gigabytes, nearly all of them a hole in the file: ten seconds whose samples lie spread over the whole.
	'five-gigabytes': {
		ending: 'mp4',
		from: ['ten-seconds'],
		make: (to, [from = '']) => spreadOut(from, to, 5 * 2 ** 30),
	},
} satisfies Record<string, Recipe>;

/** The name of a film. */
export type FilmName = keyof typeof RECIPES;

/** Picture and sound over and over, copied, not encoded, so that hours take seconds to make. */
async function loop(to: string, picture: string, sound: string, seconds: number): Promise<void> {
	await ffmpeg([
		'-stream_loop', '-1', '-i', picture, '-stream_loop', '-1', '-i', sound,
		'-map', '0:v', '-map', '1:a', '-c', 'copy', '-t', `${seconds}`, ...FRONT, to,
	]);
}
