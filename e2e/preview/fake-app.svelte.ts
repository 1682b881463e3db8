/** An application without engine: it shows what it is given, and its verbs change only that. */
import { encode } from 'uqr';
import type { ShareId } from '../../shared/protocol/ids.ts';
import type {
	AppView, CatalogueView, LimitsView, MeasuredView, Notice, ShareView, StorageView, Theme, TrackerView, WatchView,
} from '../../web/state/app-view.ts';

/** What a scenario fixes; the rest has plain values. */
export interface FakeState {
	readonly page?: AppView['page'];
	readonly theme?: Theme;
	readonly name?: string;
	readonly tracker?: TrackerView;
	readonly secure?: boolean;
	readonly canConnect?: boolean;
	readonly shares?: readonly ShareView[];
	readonly watch?: WatchView;
	readonly catalogue?: CatalogueView;
	readonly notices?: readonly Notice[];
	/** False: the browser does not let a page copy. */
	readonly copies?: boolean;
	/** Played by the watch page's video. */
	readonly filmUrl?: string;
}

/** Of a browser without WebRTC. */
const MEASURED: readonly MeasuredView[] = [
	{ what: 'hash', bytesPerSec: 412e6 }, { what: 'cipher', bytesPerSec: 1.3e9 }, { what: 'write', bytesPerSec: 210e6 },
	{ what: 'read', bytesPerSec: 340e6 }, { what: 'channel', bytesPerSec: undefined }, { what: 'engine', bytesPerSec: 31e6 },
];

const STORAGE: StorageView = {
	films: [
		{ id: 'lake' as ShareId, title: 'Summer on the lake, the long version with everybody in it', bytes: 1_412_000_000 },
		{ id: 'choir' as ShareId, title: 'Choir concert', bytes: 512_300_000 }, { id: 'old' as ShareId, title: undefined, bytes: 8_400_000 },
	],
	freeBytes: 41_200_000_000,
};

/** Implements the screens' interface with plain state. */
export class FakeApp implements AppView {
	page: AppView['page'] = $state('home');
	theme: Theme = $state('auto');
	limits: LimitsView = $state.raw({});
	name = $state('Blue Heron');
	tracker: TrackerView = $state({ state: 'online' });
	secure = $state(true);
	canConnect = $state(true);
	shares: readonly ShareView[] = $state.raw([]);
	watch: WatchView | undefined = $state.raw(undefined);
	catalogue: CatalogueView | undefined = $state.raw(undefined);
	notices: readonly Notice[] = $state.raw([]);
	storage: StorageView | undefined = $state.raw(undefined);
	readonly #filmUrl: string | undefined;
	readonly #copies: boolean;

	constructor(state: FakeState) {
		this.page = state.page ?? 'home';
		this.theme = state.theme ?? 'auto';
		this.name = state.name ?? 'Blue Heron';
		this.tracker = state.tracker ?? { state: 'online' };
		this.secure = state.secure ?? true;
		this.canConnect = state.canConnect ?? true;
		this.shares = state.shares ?? [];
		this.watch = state.watch;
		this.catalogue = state.catalogue;
		this.notices = state.notices ?? [];
		this.#filmUrl = state.filmUrl;
		this.#copies = state.copies ?? true;
	}

	shareFiles(files: readonly File[]): void { this.#say(files.map((file) => `Shared ${file.name}`).join(', ')); }
	shareSample(): void { this.#say('Shared the sample'); }
	stopSharing(id: ShareId): void { this.#change(id, (share) => ({ ...share, status: { state: 'stopped' } })); }
	resumeSharing(id: ShareId, file?: File): void { this.#say(`Resumed ${id} ${file?.name ?? ''}`); }
	forgetShare(id: ShareId): void { this.shares = this.shares.filter((share) => share.id !== id); }
	renameShare(id: ShareId, title: string): void { this.#change(id, (share) => ({ ...share, title })); }
	parkShare(id: ShareId, hours: number): void { this.#say(`Parked ${id} for ${hours} hours`); }
	copyLink(): Promise<boolean> {
		if (!this.#copies) this.#say('Would not copy');
		return Promise.resolve(this.#copies);
	}

	copyWords(): Promise<boolean> { return this.copyLink(); }
	measure(tell: (measured: MeasuredView) => void): Promise<void> {
		for (const measured of MEASURED) tell(measured);
		return Promise.resolve();
	}

	qr(link: string): { readonly size: number; readonly dark: (x: number, y: number) => boolean } {
		const code = encode(link, { border: 0 });
		return { size: code.size, dark: (x, y) => code.data[y]?.[x] ?? false };
	}

	attachVideo(video: HTMLVideoElement): () => void {
		if (this.#filmUrl === undefined) return () => undefined;
		video.src = this.#filmUrl;
		video.muted = true;
		video.play().catch(() => undefined); // not allowed before a click: the picture stays paused
		return () => video.removeAttribute('src');
	}
	selectAudio(id: number): void {
		if (!this.watch) return;
		const audioTracks = this.watch.audioTracks.map((track) => ({ ...track, selected: track.id === id }));
		this.watch = { ...this.watch, audioTracks };
	}
	stepPicture(by: number): void { this.#say(`Stepped by ${by}`); }
	unmute(): void { if (this.watch) this.watch = { ...this.watch, mutedByBrowser: false }; }
	retry(): void { this.#say('Trying again'); }
	dropPerson(): void { this.#say('Disconnected'); }
	lookAtStorage(): void { this.storage ??= STORAGE; }
	deleteFilm(id: ShareId): void {
		if (this.storage) this.storage = { ...this.storage, films: this.storage.films.filter((film) => film.id !== id) };
	}
	fetchAll(): void { if (this.watch) this.watch = { ...this.watch, spares: false }; }
	revive(file: File): void { this.#say(`Revived by ${file.name}`); }
	stopReviving(): void { this.#say('Stopped giving it'); }
	freeSpace(): void { this.#say('Freed'); }
	setTheme(theme: Theme): void { this.theme = theme; }
	setLimits(limits: LimitsView): void { this.limits = limits; }
	setName(name: string): void { this.name = name; }
	goToBench(): void { this.page = 'bench'; }
	goHome(): void { this.page = 'home'; }
	goToCatalogue(): void { this.page = 'catalogue'; }
	open(link: string): void { this.#say(`Opened ${link}`); }
	moreFilms(): void { this.#say('More films'); }
	wantPoster(): void { /* all that there are stand in the scenario */ }
	listShare(id: ShareId, wanted: boolean): void {
		this.#change(id, (share) => ({ ...share, listing: { wanted, known: true, problem: undefined } }));
	}
	dismiss(notice: number): void { this.notices = this.notices.filter(({ id }) => id !== notice); }

	#say(text: string): void { this.notices = [...this.notices, { id: this.notices.length + 1, tone: 'info', text }]; }
	#change(id: ShareId, change: (share: ShareView) => ShareView): void {
		this.shares = this.shares.map((share) => share.id === id ? change(share) : share);
	}
}
