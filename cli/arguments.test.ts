import { describe, expect, test } from 'vitest';
import { readArguments } from './arguments.ts';

const ID = 'q3JhY2vT0nN1x8bQmZKf7A';
const KEY = 'A'.repeat(43);
const LINK = `https://films.example/w/${ID}#${KEY}`;

describe('what is understood', () => {
	test.each([
		[[]], [['help']], [['--help']], [['get', LINK, '-h']],
	])('%j asks for help', (args) => {
		expect(readArguments(args)).toEqual({ ok: true, value: { command: 'help' } });
	});

	test('doctor', () => {
		expect(readArguments(['doctor', '--json'])).toEqual({ ok: true, value: { command: 'doctor', json: true } });
	});

	test('get, with everything', () => {
		expect(readArguments(['get', LINK, '-o', 'film.mp4', '--force', '--json'])).toMatchObject({
			ok: true,
			value: {
				command: 'get', output: 'film.mp4', force: true, json: true,
				film: { link: { id: ID, trackers: [] }, tracker: 'wss://films.example/ws' },
			},
		});
	});

	test('play, with a player', () => {
		const read = readArguments(['play', `http://192.168.1.5:8000/w/${ID}#${KEY}&tr=wss%3A%2F%2Fother.example%2Fws`, '--open', 'mpv']);
		expect(read).toMatchObject({
			ok: true,
			value: {
				command: 'play', player: 'mpv', json: false,
				film: { tracker: 'ws://192.168.1.5:8000/ws', link: { trackers: ['wss://other.example/ws'] } },
			},
		});
	});
});

describe('sharing', () => {
	test('of files and folders, at another tracker, under a name', () => {
		expect(readArguments(['share', 'a.mp4', 'films', '--tracker', 'https://films.example/', '--name', 'Ada', '--json'])).toEqual({
			ok: true, value: { command: 'share', paths: ['a.mp4', 'films'], tracker: 'https://films.example', name: 'Ada', json: true },
		});
	});

	test('is stopped by file or link', () => {
		expect(readArguments(['stop', 'a.mp4', LINK])).toEqual({
			ok: true, value: { command: 'stop', what: ['a.mp4', LINK], tracker: undefined, json: false },
		});
	});
});

test.each<[readonly string[], RegExp]>([
	[['share'], /which film/i],
	[['stop'], /which link/i],
	[['share', 'a.mp4', '--tracker', 'films.example'], /address that people open/],
	[['share', 'a.mp4', '--tracker', 'https://films.example/w/x#y'], /address that people open/],
	[['share', 'a.mp4', '--name', ' '], /--name/],
	[['share', 'a.mp4', '--name', 'x'.repeat(33)], /32 letters/],
	[['share', 'a.mp4', '--force'], /belongs to get/],
	[['get', LINK, '--tracker', 'https://films.example'], /belongs to share and stop/],
	[['fetch', LINK], /no command "fetch"/],
	[['serve', '--port', '80'], /--port/],
	[['serve', 'here'], /environment variables/],
	[['get'], /which film/i],
	[['get', LINK, LINK], /one link at a time/i],
	[['get', 'film.mp4'], /no link/],
	[['get', `/w/${ID}#${KEY}`], /https?:\/\//],
	[['get', `https://films.example/w/short#${KEY}`], /cut short/],
	[['get', `https://films.example/w/${ID}`], /key is missing.*quotes/i],
	[['get', `https://films.example/w/${ID}#abc`], /key.*cut short/i],
	[['get', LINK, '--colour'], /--colour/],
	[['get', LINK, '--open', 'mpv'], /belongs to play/],
	[['play', LINK, '--force'], /belongs to get/],
])('%j is not understood, and why is said', (args, why) => {
	const read = readArguments(args);
	expect(read.ok ? 'understood' : read.error).toMatch(why);
});
