/** Made-up films and people for the preview. */
import type { PeerId, ShareId } from '../../shared/protocol/ids.ts';
import type { CatalogueFilm, PersonView, ShareView, WatchState, WatchView } from '../../web/state/app-view.ts';

const LINK = 'https://streamlet.example/w/q3JhY2vT0nN1x8bQmZKf7A#9f2hV0c1mXo7Jk3Qe8TnZr5bLw4yGd6sAu0pIiXvCtE';
const HOUR_SEC = 3600;

/** A picture without a file: evening over hills, in the colours of `hue`. */
export function poster(hue: number): string {
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" preserveAspectRatio="xMidYMid slice">
		<defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="hsl(${hue} 45% 16%)"/><stop offset=".55" stop-color="hsl(${hue - 150} 60% 50%)"/><stop offset=".75" stop-color="hsl(${hue - 165} 90% 68%)"/></linearGradient></defs>
		<rect width="640" height="360" fill="url(#s)"/><circle cx="418" cy="222" r="34" fill="hsl(${hue - 160} 100% 88%)"/>
		<path d="M0 240Q90 170 190 226T380 232T640 200V360H0z" fill="hsl(${hue} 38% 26%)"/>
		<path d="M0 286Q120 224 260 276T520 262T640 270V360H0z" fill="hsl(${hue} 42% 17%)"/>
		<path d="M0 326Q160 288 330 318T640 306V360H0z" fill="hsl(${hue} 48% 9%)"/></svg>`;
	return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** Somebody who watches. */
export function person(name: string, more: Partial<PersonView> = {}): PersonView {
	return {
		id: `peer-${name}` as PeerId, name, route: 'direct', held: 0.4, positionSec: 1260, playing: true,
		downBps: 2_400_000, upBps: 310_000, rttMs: 24, ...more,
	};
}

/** Six people in all the ways one can be connected. */
export const PEOPLE: readonly PersonView[] = [
	person('Bea', { route: 'lan', held: 1, downBps: 0, positionSec: 3720 }),
	person('Amber Finch', { route: 'relay', held: 0.62 }),
	person('Papa', { route: 'bridge', held: 0.07, positionSec: 95, downBps: 410_000, upBps: 0, rttMs: 180 }),
	person('Maximilian-Alexander von und zu Hohenfels', { held: 0.33, playing: false }),
	person('李雷', { held: 0.12, positionSec: 640 }),
	person('Quiet Otter', { route: 'unknown', held: 0, positionSec: undefined, downBps: 0, upBps: 0, rttMs: undefined }),
];

/** A share that has just begun. */
export function share(title: string, more: Partial<ShareView> = {}): ShareView {
	return {
		id: `share-${title}` as ShareId, title, fileName: `${title}.mp4`, sizeBytes: 1_412_000_000, durationSec: 1.7 * HOUR_SEC,
		parking: { state: 'offered', maxHours: 168 },
		link: LINK, copied: false, posterUrl: poster(200), status: { state: 'sharing' }, indexed: 1, sealed: 1, warnings: [],
		people: [], fullCopies: 0, uploadedBytes: 0, upBps: 0, fileUrl: '/film.webm',
		listing: { wanted: false, known: false, problem: undefined }, ...more,
	};
}

/** A film that is listed. */
export function listed(title: string, more: Partial<CatalogueFilm> = {}): CatalogueFilm {
	return {
		id: `share-${title}` as ShareId, title, sizeBytes: 1_412_000_000, durationSec: 1.7 * HOUR_SEC, sharer: 'Amber Finch',
		online: 3, isMine: false, link: LINK, posterUrl: poster(200), playerUrl: 'http://streamlet.example:8100/watch/x',
		torrentUrl: 'http://streamlet.example:8100/torrent/x.torrent', ...more,
	};
}

/** Two minutes in which a film came fast at first and then as fast as it plays, and was passed on. */
const STATS: WatchView['stats'] = {
	seconds: Array.from({ length: 120 }, (_, k) => ({
		downBps: k < 20 ? 0 : (k < 60 ? 6.2e6 : 2.4e6) * (1 + Math.sin(k * 1.7) / 6),
		upBps: k < 45 ? 0 : 1.9e6 * (1 + Math.cos(k) / 4),
	})),
	downloadedBytes: 487_000_000, uploadedBytes: 143_000_000, duplicateBytes: 1_400_000,
	verifiedChunks: 59_448, rejectedChunks: 0,
	startupMs: 640, stalls: 1, stalledMs: 2300, lastSeekMs: 184, bufferedAheadSec: 28.4,
};

/** A film that plays. */
export function watch(status: WatchState, more: Partial<WatchView> = {}): WatchView {
	return {
		id: 'share' as ShareId, title: 'Summer on the lake', sizeBytes: 1_412_000_000, durationSec: 1.7 * HOUR_SEC,
		link: LINK,
		posterUrl: poster(200), status, people: [person('Anna', { held: 1, positionSec: undefined }), ...PEOPLE],
		held: [[0, 0.02], [0.16, 0.41], [0.55, 0.58], [0.72, 0.74], [0.985, 1]].map(
			([from = 0, to = 0], k) => ({ from, to, by: k > 3 ? undefined : k }),
		),
		heldFraction: 0.345, complete: false, downBps: 5_200_000, upBps: 1_930_000,
		audioTracks: [{ id: 1, label: 'English', selected: true }, { id: 2, label: 'Deutsch', selected: false }],
		silentBecause: undefined, mutedByBrowser: false, unkept: undefined, spares: false, contradicted: false,
		resumeAtSec: undefined, revival: undefined,
		stats: STATS, ...more,
	};
}

/** A link that has just been opened: nothing is known yet. */
export function blank(status: WatchState): WatchView {
	return watch(status, {
		title: undefined, sizeBytes: undefined, durationSec: undefined, posterUrl: undefined, people: [], held: [],
		heldFraction: 0, downBps: 0, upBps: 0, stats: undefined, audioTracks: [],
	});
}
