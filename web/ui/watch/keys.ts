/** What each key does to the player: the set people know from YouTube. Pure. */

/** One thing to do to the player. */
export type PlayerAction =
	| { readonly type: 'toggle-play' } | { readonly type: 'toggle-mute' } | { readonly type: 'toggle-fullscreen' }
	| { readonly type: 'toggle-theatre' } | { readonly type: 'toggle-pip' } | { readonly type: 'toggle-help' }
	| { readonly type: 'seek-by'; readonly sec: number }
	| { readonly type: 'seek-to'; readonly fraction: number }
	| { readonly type: 'volume-by'; readonly amount: number }
	| { readonly type: 'speed-by'; readonly amount: number }
	| { readonly type: 'frame-by'; readonly frames: number };

/** The part of a keyboard event that decides. `code` is the key's place, the same on every layout. */
export interface KeyPress {
	readonly key: string;
	readonly code: string;
	readonly ctrlKey: boolean;
	readonly metaKey: boolean;
	readonly altKey: boolean;
	readonly shiftKey: boolean;
}

/** What had the focus: something one types into, a slider, a button, or nothing that wants keys. */
export type Focus = 'text' | 'slider' | 'button' | 'page';

/** Volume and speed change by this much. */
const VOLUME_STEP = 0.05;
const SPEED_STEP = 0.25;

const BY_KEY: Readonly<Record<string, PlayerAction>> = {
	' ': { type: 'toggle-play' },
	ArrowLeft: { type: 'seek-by', sec: -5 },
	ArrowRight: { type: 'seek-by', sec: 5 },
	ArrowUp: { type: 'volume-by', amount: VOLUME_STEP },
	ArrowDown: { type: 'volume-by', amount: -VOLUME_STEP },
	Home: { type: 'seek-to', fraction: 0 },
	End: { type: 'seek-to', fraction: 1 },
	'<': { type: 'speed-by', amount: -SPEED_STEP },
	'>': { type: 'speed-by', amount: SPEED_STEP },
	',': { type: 'frame-by', frames: -1 },
	'.': { type: 'frame-by', frames: 1 },
	'?': { type: 'toggle-help' },
};

/** Letters go by their place, so that they work on Greek, Cyrillic and other layouts too. */
const BY_LETTER: Readonly<Record<string, PlayerAction>> = {
	k: { type: 'toggle-play' },
	j: { type: 'seek-by', sec: -10 },
	l: { type: 'seek-by', sec: 10 },
	m: { type: 'toggle-mute' },
	f: { type: 'toggle-fullscreen' },
	t: { type: 'toggle-theatre' },
	i: { type: 'toggle-pip' },
};

/** Keys a focused button or slider needs for itself. */
const OF_BUTTONS = new Set([' ', 'Enter']);
const OF_SLIDERS = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown']);

/** The action of a key, or undefined: the key means nothing here, or is meant for what has the focus. */
export function keyAction(press: KeyPress, focus: Focus): PlayerAction | undefined {
	if (focus === 'text' || press.ctrlKey || press.metaKey || press.altKey) return undefined;
	if (focus === 'button' && OF_BUTTONS.has(press.key)) return undefined;
	if (focus === 'slider' && OF_SLIDERS.has(press.key)) return undefined;
	const named = BY_KEY[press.key];
	if (named) return named;
	if (press.shiftKey) return undefined;
	if (/^[0-9]$/.test(press.key)) return { type: 'seek-to', fraction: Number(press.key) / 10 };
	return BY_LETTER[latinLetter(press)];
}

function latinLetter(press: KeyPress): string {
	if (/^[a-z]$/i.test(press.key)) return press.key.toLowerCase();
	return /^Key([A-Z])$/.exec(press.code)?.[1]?.toLowerCase() ?? '';
}

/** The same keys for people, in the order of the help sheet. */
export const KEY_HELP: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
	{ keys: ['Space', 'K'], does: 'Play or pause' },
	{ keys: ['J', 'L'], does: 'Back or ahead 10 seconds' },
	{ keys: ['←', '→'], does: 'Back or ahead 5 seconds' },
	{ keys: ['↑', '↓'], does: 'Louder or softer' },
	{ keys: ['M'], does: 'Sound off or on' },
	{ keys: ['F'], does: 'Full screen' },
	{ keys: ['T'], does: 'Theatre' },
	{ keys: ['I'], does: 'Picture in picture' },
	{ keys: ['<', '>'], does: 'Slower or faster' },
	{ keys: [',', '.'], does: 'One picture back or ahead, while paused' },
	{ keys: ['0', '9'], does: 'To a tenth of the film' },
	{ keys: ['Home', 'End'], does: 'To the beginning or the end' },
	{ keys: ['?'], does: 'This sheet' },
];
