import { expect, test } from 'vitest';
import { KEY_HELP, keyAction, type Focus, type KeyPress } from './keys.ts';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
	key, code: /^[a-z]$/.test(key) ? `Key${key.toUpperCase()}` : key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more,
});
const act = (key: string, focus: Focus = 'page', more: Partial<KeyPress> = {}) => keyAction(press(key, more), focus);

test('the keys people know do what they know', () => {
	expect(act(' ')).toEqual({ type: 'toggle-play' });
	expect(act('k')).toEqual({ type: 'toggle-play' });
	expect(act('j')).toEqual({ type: 'seek-by', sec: -10 });
	expect(act('l')).toEqual({ type: 'seek-by', sec: 10 });
	expect(act('ArrowLeft')).toEqual({ type: 'seek-by', sec: -5 });
	expect(act('ArrowUp')).toEqual({ type: 'volume-by', amount: 0.05 });
	expect(['m', 'f', 't', 'i', '?'].map((key) => act(key)?.type)).toEqual(
		['toggle-mute', 'toggle-fullscreen', 'toggle-theatre', 'toggle-pip', 'toggle-help']);
	expect(act('>', 'page', { shiftKey: true })).toEqual({ type: 'speed-by', amount: 0.25 });
	expect(act(',')).toEqual({ type: 'frame-by', frames: -1 });
});

test('digits go to tenths', () => {
	expect(['0', '5', '9'].map((key) => act(key))).toEqual(
		[0, 0.5, 0.9].map((fraction) => ({ type: 'seek-to', fraction })));
});

test('letters go by their place on layouts without Latin letters', () => {
	expect(act('л', 'page', { code: 'KeyK' })).toEqual({ type: 'toggle-play' });
});

test('on a layout that has moved a Latin letter the letter counts, not its place', () => {
	expect(act('k', 'page', { code: 'KeyJ' })).toEqual({ type: 'toggle-play' });
});

test('nothing happens while somebody types', () => {
	expect([' ', 'k', 'ArrowLeft', '5'].map((key) => act(key, 'text'))).toEqual([undefined, undefined, undefined, undefined]);
});

test('the browser keeps its own shortcuts', () => {
	expect(act('f', 'page', { ctrlKey: true })).toBeUndefined();
	expect(act('l', 'page', { metaKey: true })).toBeUndefined();
	expect(act('ArrowLeft', 'page', { altKey: true })).toBeUndefined();
	expect(act('K', 'page', { shiftKey: true, code: 'KeyK' })).toBeUndefined();
});

test('a focused button keeps space, a focused slider its arrows, and both leave the letters', () => {
	expect(act(' ', 'button')).toBeUndefined();
	expect(act('ArrowRight', 'button')?.type).toBe('seek-by');
	expect(act('ArrowRight', 'slider')).toBeUndefined();
	expect(act('k', 'slider')?.type).toBe('toggle-play');
});

test('every key on the sheet does something', () => {
	const names: Readonly<Record<string, string>> = { 'Space': ' ', '←': 'ArrowLeft', '→': 'ArrowRight', '↑': 'ArrowUp', '↓': 'ArrowDown' };
	for (const key of KEY_HELP.flatMap(({ keys }) => keys)) {
		const name = names[key] ?? (/^[A-Z]$/.test(key) ? key.toLowerCase() : key);
		expect(act(name), key).toBeDefined();
	}
});
