import { afterEach, describe, expect, test } from 'vitest';
import { seededRng } from '../../shared/base/rng.ts';
import { type Bytes, concat } from '../../shared/base/bytes.ts';
import { emptySamples, type FilmHeader } from '../../shared/media/film.ts';
import { buildIndex } from '../../shared/media/index-builder.ts';
import { encodeHeader, encodePage } from '../../shared/media/stream-index.ts';
import type { FilmName } from '../../e2e/films/recipes.ts';
import { indexOfBytes } from './given-index.ts';
import { frameAt, frameOnScreen, openFilm, type Stage, stage, type Staging, strike, until } from './testkit/film-bench.ts';

const RATE = 24;
const SECOND = 1000;
let on: Stage | undefined;

afterEach(() => {
	if (on) strike(on);
	on = undefined;
});

async function show(name: FilmName, made?: Staging): Promise<Stage> {
	on = await stage(name, made);
	return on;
}

describe('each film starts by itself and shows its own frames', () => {
	// `shift`: seconds by which the film's first frame is later than its time line's zero.
	const films: { name: FilmName; shift?: number; first?: number }[] = [
		{ name: 'ten-seconds' }, { name: 'moov-at-end' }, { name: 'b-frames' }, { name: 'long-gop' }, { name: 'quicktime' },
		{ name: 'edit-delay' }, { name: 'edit-trim', first: 48 }, { name: 'fragmented', shift: 2 / RATE }, { name: 'two-languages' },
		{ name: 'no-audio' }, { name: 'flac' }, { name: 'five-gigabytes' }, { name: 'mp3-audio' }, { name: 'ac3-audio' }, { name: 'pcm-audio' },
	];
	test.each(films)('$name', async ({ name, shift = 0, first = 0 }) => {
		const stage = await show(name);
		const { duration } = await until(stage.player, (view) => view.metrics.startupMs !== undefined);
		for (const part of [0.75, 0.2, 0.5]) {
			const time = Math.floor(duration * part * RATE + shift * RATE) / RATE + 0.5 / RATE;
			expect(await frameAt(stage, time), `${time} s`).toBe(first + Math.floor((time - shift) * RATE));
		}
	});
});

test('a film plays to its end', async () => {
	const { video, player } = await show('edit-delay');
	await until(player, ({ metrics }) => metrics.startupMs !== undefined);
	await expect.poll(() => frameOnScreen(video)).toBe(0); // decoded is not yet drawn
	video.playbackRate = 4;
	await video.play();
	await until(player, ({ playback }) => playback.state === 'playing');
	const { metrics, duration } = await until(player, ({ playback }) => playback.state === 'ended');
	expect(metrics.stalls).toBe(0);
	expect(video.currentTime).toBeCloseTo(duration, 1);
});

test('a film that has ended can be sought back into', async () => {
	const on = await show('b-frames');
	on.video.currentTime = 9.9;
	await on.video.play();
	await until(on.player, ({ playback }) => playback.state === 'ended');
	expect(await frameAt(on, 3 + 0.5 / RATE)).toBe(72);
});

test.each<FilmName>(['b-frames', 'edit-trim'])('pictures are stepped through one by one, either way: %s', async (name) => {
	const stage = await show(name);
	const { video, player } = stage;
	await until(player, ({ metrics }) => metrics.startupMs !== undefined);
	const before = await frameAt(stage, 3);
	for (const [by, expected] of [[1, 1], [1, 2], [1, 3], [-1, 2], [-1, 1], [-1, 0], [-1, -1]] as const) {
		await player.step(by);
		await expect.poll(() => !video.seeking && frameOnScreen(video)).toBe(before! + expected);
	}
	video.currentTime = 0;
	await until(player, () => !video.seeking);
	const first = await frameAt(stage, 0);
	await player.step(-1);
	await expect.poll(() => !video.seeking && frameOnScreen(video)).toBe(first);
});

test('a seek cancels what was asked for and asks for what is needed now, at once', async () => {
	const { video, player, reader } = await show('ten-minutes', { isHeld: true });
	await until(player, ({ playback }) => playback.state === 'buffering' && playback.awaited !== undefined);
	const before = reader.seen.length;
	expect(reader.seen[0]?.dueInMs).toBe(0);
	video.currentTime = 450;
	await until(player, () => reader.seen.length > before);
	expect(reader.seen.slice(0, before).every(({ state }) => state === 'cancelled')).toBe(true);
	const wanted = reader.seen.slice(before);
	expect(wanted.every(({ state }) => state === 'waiting')).toBe(true);
	expect(wanted[0]?.dueInMs).toBe(0);
	expect(wanted.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(2e6);
	reader.release();
	await until(player, () => !video.seeking && video.readyState >= 2);
	expect(player.view.playback.state).toBe('paused');
	expect(frameOnScreen(video)).toBe(30 * RATE);
});

test('a seek asks for nothing of what it skips', async () => {
	const { video, player, reader } = await show('ten-minutes');
	await until(player, ({ metrics }) => metrics.bufferedAheadSec > 10);
	for (const time of [450, 60, 550]) {
		const before = reader.seen.length;
		video.currentTime = time;
		await until(player, () => !video.seeking && video.readyState >= 2);
		const asked = reader.seen.slice(before);
		expect(Math.min(...asked.map(({ offset }) => offset)) / reader.size).toBeGreaterThan(time / 600 - 0.02);
		expect(Math.max(...asked.map(({ offset }) => offset)) / reader.size).toBeLessThan((time + 40) / 600);
	}
});

test('the window ahead is asked for with growing due times, and no further', async () => {
	const { player, reader, video } = await show('ten-minutes');
	await until(player, ({ metrics }) => metrics.bufferedAheadSec > 29);
	expect(video.buffered.end(0)).toBeLessThan(35);
	const far = reader.seen.filter(({ offset }) => offset > 40 * 275_000);
	expect(far).toEqual([]);
	expect(reader.seen.at(-1)?.dueInMs).toBeGreaterThan(20 * SECOND);
});

test('another language takes over where the film is', async () => {
	const { video, player } = await show('two-languages');
	await until(player, ({ metrics }) => metrics.bufferedAheadSec > 5);
	expect(player.view.audio).toBe(1);
	video.currentTime = 4;
	await until(player, () => !video.seeking);
	player.selectAudio(2);
	expect(player.view.audio).toBe(2);
	await video.play();
	await until(player, ({ playback }) => playback.state === 'playing' && video.currentTime > 4.5);
	expect(player.view.playback.state).toBe('playing');
});

test('pictures that this browser cannot play are named', async () => {
	const { player } = await show('hevc');
	const { playback } = await until(player, (view) => view.playback.state === 'failed');
	expect(playback).toEqual({ state: 'failed', failure: { reason: 'codec', codecs: ['hvc1.1.6.L63.90'] } });
});

test('a film whose sound cannot be played plays silently and says so', async () => {
	const { player } = await show('ac3-audio');
	const view = await until(player, ({ metrics }) => metrics.startupMs !== undefined);
	expect(view).toMatchObject({ audio: undefined, silentBecause: ['ac-3'], playable: [0] });
});

test('bytes that cannot be decoded are asked for again, and the film goes on', async () => {
	const { video, player, reader } = await show('ten-minutes');
	await until(player, ({ metrics }) => metrics.bufferedAheadSec > 10);
	reader.lies = 2;
	video.currentTime = 300;
	video.play().catch(() => {}); // interrupted when the player begins anew
	await until(player, ({ playback }) => playback.state === 'playing' && video.currentTime > 300.5);
	expect(reader.lies).toBe(0);
});

test('a film begins where it is told to', async () => {
	const { video, player, reader } = await show('ten-minutes', { startAt: 90 });
	await until(player, ({ metrics }) => metrics.startupMs !== undefined);
	expect(video.currentTime).toBe(90);
	expect(frameOnScreen(video)).toBe(30 * RATE);
	expect(reader.seen.filter(({ offset, length }) => offset + length < 80 * 250_000)).toEqual([]);
});

test('playing for long, the past is let go', async () => {
	const { video, player } = await show('ten-minutes');
	await until(player, ({ metrics }) => metrics.bufferedAheadSec > 25);
	for (let time = 10; time <= 100; time += 10) {
		video.currentTime = time;
		await until(player, ({ metrics }) => !video.seeking && metrics.bufferedAheadSec > 15);
	}
	await until(player, () => video.buffered.start(0) >= 60);
	expect(video.buffered.end(0) - video.buffered.start(0)).toBeLessThan(75);
});

test('two hours start as fast as ten seconds', async () => {
	const { player, reader } = await show('two-hours');
	const { metrics } = await until(player, (view) => view.metrics.startupMs !== undefined);
	expect(metrics.startupMs).toBeLessThan(1 * SECOND);
	expect(reader.seen.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(reader.size / 20);
});

describe('an index that lies', () => {
	test('about where the samples are ends in a failure, not in a hang', async () => {
		const reader = await openFilm('ten-seconds');
		const built = await buildIndex(reader);
		if (!built.ok) throw new Error(built.error);
		const rng = seededRng(7);
		const lies = Array.from(built.value.film.pages.starts, (start) => {
			return encodePage([12_288, 48_000].map((timescale) => {
				const samples = emptySamples(48);
				for (let k = 0; k < 48; k++) {
					samples.offsets[k] = Math.floor(rng() * (reader.size - 2000));
					samples.sizes[k] = Math.floor(rng() * 2000);
					samples.decodeTimes[k] = Math.round((start + k / RATE) * timescale);
					samples.durations[k] = Math.round(timescale / RATE);
					samples.keys[k] = k === 0 ? 1 : 0;
				}
				return samples;
			}));
		});
		const { header, pages } = liesAs(built.value.film, lies);
		const { player, video } = await show('ten-seconds', { index: indexOfBytes(header, pages) });
		video.play().catch(() => {});
		const { playback } = await until(player, (view) => view.playback.state === 'failed');
		expect(playback).toMatchObject({ failure: { reason: 'decode' } });
	});

	test('about its own form is refused', async () => {
		const { player } = await show('ten-seconds', { index: indexOfBytes(Uint8Array.of(1, 2, 3), new Uint8Array(0)) });
		const { playback } = await until(player, (view) => view.playback.state === 'failed');
		expect(playback).toMatchObject({ failure: { reason: 'index', fault: 'damaged' } });
	});
});

function liesAs(film: FilmHeader, pages: readonly Bytes[]) {
	const offsets = new Float64Array(pages.length + 1);
	for (const [k, page] of pages.entries()) offsets[k + 1] = (offsets[k] ?? 0) + page.length;
	return { header: encodeHeader({ ...film, pages: { ...film.pages, offsets } }), pages: concat(...pages) };
}
