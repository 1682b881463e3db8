/**
 * Edit lists (ISO/IEC 14496-12 §8.6.6), as MediaSource can have them. Browsers heed one edit of an init segment, and no
 * empty one (Chromium: 1.5 s between sound and picture). So each track gets one edit, at `startTicks`, and what remains
 * of its list becomes an `offset`, the same amount later for all tracks so that none begins before zero.
 */
import { bodyOf, entriesOf, versionOf, type Box } from './mp4-boxes.ts';
import type { Seconds } from './film.ts';

/** What a track's list says. `delay`: nothing is shown so long. `mediaTicks`: the tick shown first. */
export interface Edit { readonly delay: Seconds; readonly mediaTicks: number }

/** The edit of an `elst` box; further edits are left out. `movieTimescale`: ticks a second of its durations. */
export function readEdit(view: DataView, elst: Box | undefined, movieTimescale: number): Edit {
	const none: Edit = { delay: 0, mediaTicks: 0 };
	if (!elst) return none;
	const body = bodyOf(view, elst);
	const isLarge = versionOf(body) === 1;
	const entryBytes = isLarge ? 20 : 12;
	let delay = 0;
	for (let k = 0; k < entriesOf(body, 4, entryBytes); k++) {
		const at = 8 + k * entryBytes;
		const duration = isLarge ? Number(body.getBigUint64(at)) : body.getUint32(at);
		const mediaTicks = isLarge ? Number(body.getBigInt64(at + 8)) : body.getInt32(at + 4);
		if (mediaTicks >= 0) return { delay, mediaTicks };
		delay += duration / movieTimescale;
	}
	return { ...none, delay };
}

/** What placing a track on the film's time line needs. `firstTicks`: when its earliest sample is shown. */
export interface Placement {
	readonly kind: 'video' | 'audio';
	readonly timescale: number;
	readonly firstTicks: number;
	readonly edit: Edit;
}

/** Where a track begins: the tick of its edit, and how much later the film has that. */
export interface Place { readonly startTicks: number; readonly offset: Seconds }

/**
 * Where each track begins. A picture cut inside a group of pictures needs the frames before the cut, and a browser
 * would drop frames up to the next key frame: its run-up is shown, and everything else waits so long. Sound has no such
 * need.
 */
export function placeTracks(tracks: readonly Placement[]): readonly Place[] {
	const placed = tracks.map(({ kind, timescale, firstTicks, edit }) => {
		const startTicks = kind === 'video' ? Math.max(0, Math.min(edit.mediaTicks, firstTicks)) : edit.mediaTicks;
		const offset = edit.delay - (edit.mediaTicks - startTicks) / timescale;
		const begins = kind === 'video' ? Math.min(offset, offset + (firstTicks - startTicks) / timescale) : offset;
		return { startTicks, offset, begins };
	});
	const shift = -Math.min(0, ...placed.map(({ begins }) => begins));
	return placed.map(({ startTicks, offset }) => ({ startTicks, offset: Math.round((offset + shift) * 1e6) / 1e6 }));
}
