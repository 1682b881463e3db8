/** What was measured, in words a person understands. */
import type { MeasuredView, Measurement } from '../../state/app-view.ts';
import { counted, formatRate } from '../format.ts';

/** A film in good quality, and the rate of it in bytes a second. */
const FILM = { words: 'films of 5 Mbit/s', bytesPerSec: 5e6 / 8 } as const;

const WORDS: Readonly<Record<Measurement, { readonly title: string; readonly text: string }>> = {
	hash: { title: 'Checking', text: 'Hashes of chunks of 8192 bytes: each is checked before it is used.' },
	cipher: { title: 'Encrypting', text: 'Films are encrypted once when sent and decrypted once when watched.' },
	write: { title: 'Keeping', text: 'Writing what arrived to this device, safe from crashes.' },
	read: { title: 'Reading back', text: 'Reading it again, and checking what the disk gives.' },
	channel: { title: 'A bare connection', text: 'Messages of 8192 bytes between two ends in this page.' },
	engine: { title: 'From peer to peer', text: 'Everything together: encrypted, sent, checked and kept, both ends in this page.' },
};

/** The name of a figure and what it means. */
export function measurementWords(what: Measurement): { readonly title: string; readonly text: string } {
	return WORDS[what];
}

/** The figure. */
export function measuredRate({ bytesPerSec }: MeasuredView): string {
	return bytesPerSec === undefined ? 'Does not work here' : formatRate(bytesPerSec);
}

/** What it comes to; undefined until the last figure is there. */
export function verdict(measured: readonly MeasuredView[]): string | undefined {
	const whole = measured.find(({ what }) => what === 'engine');
	if (!whole) return undefined;
	if (whole.bytesPerSec === undefined) return 'Nothing went from one end to the other, so this browser can pass nothing on.';
	const films = Math.floor(whole.bytesPerSec / FILM.bytesPerSec);
	if (films === 0) return 'Your browser is slower than a film of 5 Mbit/s.';
	const many = films === 1 ? 'one film of 5 Mbit/s' : `about ${films} ${FILM.words} at once`;
	return `Your browser can pass on ${many}. Your line may carry fewer.`;
}

/** All of it as text, for a message or a report. */
export function measuredText(measured: readonly MeasuredView[], browser: string): string {
	const lines = measured.map((each) => `${WORDS[each.what].title}: ${measuredRate(each)}`);
	return [...lines, verdict(measured) ?? `Stopped after ${counted(measured.length, 'figure')}.`, browser].join('\n');
}
