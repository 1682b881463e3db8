/** A parked copy in words. */
import type { ParkingView } from '../state/app-view.ts';
import { counted, formatBytes, formatPercent } from './format.ts';

/** Hours that are offered, as far as a bridge allows them. */
const TERMS: readonly number[] = [24, 72, 168, 720];
const HOURS_A_DAY = 24;
const HOURS_A_WEEK = 168;

/** How long a copy may be kept; a bridge that allows less than a day, or more than a month, is taken at its word. */
export function termsUpTo(maxHours: number): readonly number[] {
	const terms = TERMS.filter((hours) => hours <= maxHours);
	return terms.length > 0 ? terms : [maxHours];
}

/** The shortest term that reaches as far as a copy is kept: what was chosen, as far as can be told. */
export function termReaching(terms: readonly number[], untilMs: number, nowMs: number): number | undefined {
	return terms.find((hours) => nowMs + hours * 3_600_000 >= untilMs) ?? terms.at(-1);
}

/** `1 week`, `3 days`, `5 hours`. */
export function termWords(hours: number): string {
	if (hours % HOURS_A_WEEK === 0) return counted(hours / HOURS_A_WEEK, 'week');
	if (hours % HOURS_A_DAY === 0) return counted(hours / HOURS_A_DAY, 'day');
	return counted(hours, 'hour');
}

/** `Tue 1 Dec, 17:00`, as people write it where they are. */
export function formatMoment(untilMs: number): string {
	const parts = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
	return new Intl.DateTimeFormat(undefined, parts).format(untilMs);
}

/** Whether the person wants a copy to be there. */
export function isParked(parking: ParkingView): boolean {
	switch (parking.state) {
		case 'fetching': case 'kept': return true;
		case 'asking': case 'unreachable': return parking.wanted;
		case 'offered': case 'refused': return false;
	}
}

/** How the copy is, and what that means. */
export function parkingSentence(parking: ParkingView): string {
	switch (parking.state) {
		case 'offered': return 'The bridge keeps an encrypted copy and passes it on while you are away. It cannot read the film.';
		case 'asking': return 'Asking the bridge…';
		case 'fetching': return `Parking, ${formatPercent(parking.fraction)}. Keep this tab open until it is done.`;
		case 'kept': return `Parked until ${formatMoment(parking.untilMs)}. The film stays online when you close this tab.`;
		case 'refused': return refusedSentence(parking.because, parking.maxBytes);
		case 'unreachable': return parking.untilMs === undefined
			? 'The bridge cannot be reached. Trying again.'
			: `The bridge cannot be reached; trying again. It keeps a copy until ${formatMoment(parking.untilMs)}.`;
	}
}

function refusedSentence(because: 'full' | 'too-large' | 'off', maxBytes: number): string {
	switch (because) {
		case 'full': return 'The bridge has no room for this film now. Try again later.';
		case 'too-large': return `This film is larger than what the bridge keeps: ${formatBytes(maxBytes)} at most.`;
		case 'off': return 'The operator of the bridge no longer keeps copies.';
	}
}
