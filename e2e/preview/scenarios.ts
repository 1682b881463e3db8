/** Every state the screens can be in, by name. */
import type { ShareProblem, WatchProblem, WatchState } from '../../web/state/app-view.ts';
import type { FakeState } from './fake-app.svelte.ts';
import { blank, listed, PEOPLE, person, poster, share, watch } from './fixtures.ts';

const FILM = '/film.webm';
const seeder = person('Bea', { route: 'lan', held: 1, downBps: 0 });
const second = person('Amber Finch', { held: 1, downBps: 0 });
const sharing = { uploadedBytes: 2_310_000_000, upBps: 1_900_000 };

/** When a parked copy ends. */
const UNTIL = Date.UTC(2026, 11, 1, 16);
const REFUSED = { state: 'refused', maxHours: 168, maxBytes: 1e9 } as const;

const PROBLEMS: readonly ShareProblem[] =
	['empty', 'not-a-video', 'truncated', 'file-gone', 'file-changed', 'other-file', 'too-large', 'storage', 'internal'];
const WATCH_PROBLEMS: readonly WatchProblem[] = [
	{ problem: 'no-key' }, { problem: 'bad-link' }, { problem: 'wrong-key' }, { problem: 'stopped' }, { problem: 'codec', codecs: ['HEVC', 'AC-3'] },
	{ problem: 'not-a-video' }, { problem: 'storage' }, { problem: 'no-webrtc' }, { problem: 'no-media-source' }, { problem: 'internal' },
];

function watching(status: WatchState, more: Parameters<typeof watch>[1] = {}): FakeState {
	return { page: 'watch', watch: watch(status, more), filmUrl: FILM };
}
function arriving(status: WatchState): FakeState {
	return { page: 'watch', watch: blank(status) };
}

/** All scenarios; the names are what the query asks for. */
export const SCENARIOS: Readonly<Record<string, FakeState>> = {
	'home-empty': {},
	'home-offline': { tracker: { state: 'offline', retryInSec: 4 } },
	'home-tracker-full': { tracker: { state: 'offline', retryInSec: 9, because: 'too-many-connections' } },
	'home-out-of-date': { tracker: { state: 'offline', retryInSec: 9, because: 'version' } },
	'home-no-webrtc': { canConnect: false },
	'home-replaced': { tracker: { state: 'replaced' } },
	'home-connecting': { tracker: { state: 'connecting' } },
	'home-plain-http': { secure: false },
	'home-notices': {
		notices: [
			{ id: 1, tone: 'good', text: 'The link is copied.' }, { id: 2, tone: 'bad', text: '“holiday-notes.docx” is empty: there is nothing to share.' },
			{ id: 3, tone: 'info', text: 'Bea has a full copy now.' },
		],
	},
	'share-fresh': { shares: [share('Summer on the lake', { posterUrl: undefined, durationSec: undefined, indexed: 0.18, sealed: 0.03 })] },
	'share-copied': { shares: [share('Summer on the lake', { copied: true, indexed: 0.02, sealed: 0, posterUrl: undefined, durationSec: undefined })] },
	'share-uncopied': { copies: false, shares: [share('Summer on the lake')] },
	'share-people': { shares: [share('Summer on the lake', { people: PEOPLE.slice(1), sealed: 0.74, ...sharing })] },
	'share-one-copy': { shares: [share('Summer on the lake', { people: PEOPLE, fullCopies: 1, ...sharing })] },
	'share-two-copies': { shares: [share('Summer on the lake', { people: [seeder, second, ...PEOPLE.slice(2)], fullCopies: 2, ...sharing })] },
	'share-parking': { shares: [share('Summer on the lake', { parking: { state: 'fetching', maxHours: 168, fraction: 0.41, untilMs: UNTIL } })] },
	'share-parked': { shares: [share('Summer on the lake', { parking: { state: 'kept', maxHours: 168, untilMs: UNTIL }, people: [seeder], fullCopies: 1 })] },
	'share-bridge-asked': { shares: [share('Summer on the lake', { parking: { state: 'asking', wanted: true, maxHours: 168 } })] },
	'share-bridge-full': { shares: [share('Summer on the lake', { parking: { ...REFUSED, because: 'full' } })] },
	'share-bridge-small': { shares: [share('Summer on the lake', { parking: { ...REFUSED, because: 'too-large' } })] },
	'share-bridge-off': { shares: [share('Summer on the lake', { parking: { ...REFUSED, because: 'off' } })] },
	'share-bridge-away': {
		shares: [share('Lake', { parking: { state: 'unreachable', wanted: true, untilMs: UNTIL }, status: { state: 'needs-file' }, fileUrl: undefined })],
	},
	'share-codec': { shares: [share('GX010045', { warnings: [{ kind: 'video', codec: 'HEVC', plays: 'some' }], posterUrl: poster(330) })] },
	'share-waiting': { shares: [share('Lake', { fileName: 'lake.mp4', sizeBytes: 4, status: { state: 'needs-file' }, fileUrl: undefined })] },
	'share-elsewhere': { shares: [share('Summer on the lake', { status: { state: 'elsewhere' }, fileUrl: undefined })] },
	'share-several': {
		secure: false,
		shares: [
			share('Choir concert, second half, with the encore everybody asked for', { people: PEOPLE.slice(2, 4), posterUrl: poster(265), ...sharing }),
			share('Summer on the lake', { id: share('2').id, status: { state: 'needs-permission' }, people: [], fileUrl: undefined }),
			share('Grandma’s 80th', { status: { state: 'needs-file' }, posterUrl: poster(330), fileUrl: undefined }),
			share('GX010045', { status: { state: 'checking-file' }, posterUrl: undefined }),
			share('Old film', { status: { state: 'stopped' }, fileUrl: undefined, posterUrl: poster(120) }),
		],
	},
	'share-failed': { shares: PROBLEMS.map((problem) => share(`${problem} film`, { status: { state: 'failed', problem }, fileUrl: undefined, posterUrl: undefined })) },
	'share-listed': { shares: [share('Summer on the lake', { listing: { wanted: true, known: true, problem: undefined } })] },
	'share-unlisted-full': { shares: [share('Summer on the lake', { listing: { wanted: true, known: false, problem: 'catalogue-full' } })] },
	'bench': { page: 'bench' },
	'catalogue': { page: 'catalogue', catalogue: { state: 'here', hasMore: true, films: [
		listed('Choir concert, second half, with the encore everybody asked for', { posterUrl: poster(265), online: 1, sharer: 'Maximilian-Alexander von Hohenfels' }),
		listed('Summer on the lake', { isMine: true, sharer: 'Blue Heron' }),
		listed('Grandma’s 80th', { posterUrl: undefined, online: 0, sharer: undefined, durationSec: undefined, playerUrl: undefined }),
		listed('GX010045', { posterUrl: poster(330), online: 2140 }),
	] } },
	'catalogue-empty': { page: 'catalogue', catalogue: { state: 'here', hasMore: false, films: [] } },
	'catalogue-arriving': { page: 'catalogue', catalogue: { state: 'arriving', hasMore: false, films: [] } },
	'catalogue-offline': { page: 'catalogue', tracker: { state: 'offline', retryInSec: 4 }, catalogue: { state: 'arriving', hasMore: false, films: [] } },
	'watch-opening': arriving({ state: 'opening' }),
	'watch-tracker': arriving({ state: 'tracker-unreachable', retryInSec: 8 }),
	'watch-tracker-full': arriving({ state: 'tracker-unreachable', retryInSec: 8, because: 'too-many-connections' }),
	'watch-out-of-date': arriving({ state: 'tracker-unreachable', retryInSec: 8, because: 'version' }),
	'watch-replaced': arriving({ state: 'tracker-replaced' }),
	'watch-waiting': { page: 'watch', watch: watch({ state: 'waiting' }, { people: [] }) },
	'watch-lost': { page: 'watch', watch: watch({ state: 'waiting' }, { people: [], revival: { state: 'offered' } }) },
	'watch-comparing': { page: 'watch', watch: watch({ state: 'waiting' }, { people: [], revival: { state: 'checking', fraction: 0.37 } }) },
	'watch-other-file': { page: 'watch', watch: watch({ state: 'waiting' }, { people: [], revival: { state: 'failed', because: 'other-file' } }) },
	'watch-revived': watching({ state: 'playing' }, { complete: true, heldFraction: 1, held: [{ from: 0, to: 1 }], revival: { state: 'serving', fileName: 'lake.mp4' } }),
	'watch-connecting': arriving({ state: 'connecting', peers: 3 }),
	'watch-starting': { page: 'watch', watch: watch({ state: 'starting' }) },
	'watch-playing': watching({ state: 'playing' }),
	'watch-complete': { secure: false, ...watching({ state: 'playing' }, { complete: true, heldFraction: 1, held: [{ from: 0, to: 1 }], downBps: 0 }) },
	'watch-full': watching({ state: 'playing' }, { unkept: 'full' }),
	'watch-metered': watching({ state: 'playing' }, { spares: true }),
	'watch-unkept': watching({ state: 'playing' }, { unkept: 'failed', heldFraction: 0.01, held: [{ from: 0, to: 0.01 }] }),
	'watch-uncopied': { ...arriving({ state: 'waiting' }), copies: false },
	'watch-offline': { tracker: { state: 'offline', retryInSec: 3 }, ...watching({ state: 'playing' }) },
	'watch-muted': watching({ state: 'playing' }, { mutedByBrowser: true, resumeAtSec: 2471 }),
	'watch-silent': watching({ state: 'playing' }, { silentBecause: 'AC-3', audioTracks: [] }),
	'watch-contradicted': watching({ state: 'playing' }, { contradicted: true }),
	'watch-seek': watching({ state: 'buffering', because: 'seek' }),
	'watch-slow': watching({ state: 'buffering', because: 'slow-peers' }),
	'watch-alone': watching({ state: 'buffering', because: 'no-peers' }, { people: [] }),
	...Object.fromEntries(WATCH_PROBLEMS.map((problem) => [`watch-failed-${problem.problem}`, arriving({ state: 'failed', problem })])),
};
