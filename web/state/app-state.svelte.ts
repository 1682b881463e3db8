/** The application: sessions, settings and messages, as `AppView` promises them to the screens. */
import { encode } from 'uqr';
import type { PeerId, ShareId } from '../../shared/protocol/ids.ts';
import { MAX_NAME_LENGTH } from '../../shared/protocol/limits.ts';
import { deriveLinkKeys } from '../../shared/protocol/keys.ts';
import { parseShareLink, type ShareLinkFault } from '../../shared/protocol/share-link.ts';
import type { TrackerLine } from '../../shared/runtime/tracker-session.ts';
import type {
	AppView, CatalogueView, LimitsView, MeasuredView, Notice, ShareProblem, ShareView, StorageView, Theme, TrackerView,
	WatchProblem, WatchView,
} from './app-view.ts';
import type { Settings } from '../peer/records.ts';
import { askToPersist } from '../peer/open-group-store.ts';
import { CatalogueSession } from './catalogue-session.ts';
import { copyText } from './clipboard.ts';
import { failedWatch } from './failed-watch.ts';
import { forgetFilm, lookAtStorage } from './kept-films.ts';
import type { PageContext } from './page-context.ts';
import { Posters } from './posters.ts';
import type { RevivedFilm } from './revival.ts';
import { ShareSession } from './share-session.svelte.ts';
import { takeContractSnapshot, type ContractSnapshot } from './contract-snapshot.ts';
import { WatchSession } from './watch-session.svelte.ts';

/** Messages go by themselves after this long; bad ones stay until somebody has read them. */
const NOTICE_MS = 5000;

/** Where the public catalogue is shown. */
const CATALOGUE_PATH = '/catalogue';
/** Where this browser is measured. */
const BENCH_PATH = '/bench';
const OPEN_ELSEWHERE = 'That film is open in another tab, which keeps its part. Close it there, then free the rest.';
const CANNOT_CONNECT = 'This browser cannot connect to others, so nobody could get the film from it.';

/** One page of the product. */
export class AppState implements AppView {
	page = $state<AppView['page']>('home');
	theme = $state<Theme>('auto');
	limits = $state.raw<LimitsView>({});
	name = $state('');
	tracker = $state.raw<TrackerView>({ state: 'connecting' });
	notices = $state.raw<readonly Notice[]>([]);
	storage = $state.raw<StorageView>();
	readonly secure = globalThis.isSecureContext;
	canConnect = $state(true);
	readonly #context: PageContext;
	#sessions = $state.raw<readonly ShareSession[]>([]);
	#watching = $state.raw<WatchSession>();
	#brokenWatch = $state.raw<WatchView>();
	catalogue = $state.raw<CatalogueView>();
	#catalogue: CatalogueSession | undefined;
	readonly #posters: Posters;
	#settings: Settings;
	#nextNotice = 1;
	/** Counts addresses gone to: of two in quick succession the later is shown, and the former opens nothing. */
	#goings = 0;

	constructor(context: PageContext, settings: Settings) {
		this.#context = context;
		this.#settings = settings;
		this.#posters = new Posters(context, () => this.#catalogue?.redraw());
		this.theme = settings.theme;
		this.#limit({ upMbit: settings.upMbit, downMbit: settings.downMbit });
	}

	get shares(): readonly ShareView[] { return this.#sessions.map((session) => session.view); }
	get watch(): WatchView | undefined { return this.#watching?.view ?? this.#brokenWatch; }

	/** Takes up settings, former shares and the page's address. */
	async start(): Promise<void> {
		const { records } = this.#context.parts;
		if (this.#settings.name !== undefined) this.setName(this.#settings.name);
		this.#context.home.listen({
			line: (line) => this.#lineChanged(line),
			refused: (code, about) => { if (code === 'too-many-shares') this.#notice('bad', this.#whyNotFound(about)); },
		});
		this.#context.tabs.start((limits) => { // which that tab has kept already
			this.#limit(limits);
			this.#settings = { ...this.#settings, ...limits };
		});
		this.#lineChanged(this.#context.home.line);
		globalThis.setInterval(() => this.#lineChanged(this.#context.home.line), 1000);
		addEventListener('popstate', () => void this.#route());
		addEventListener('hashchange', () => void this.#route());
		addEventListener('beforeunload', (event) => {
			if (this.#sessions.some((session) => session.mustStay)) event.preventDefault();
		});
		addEventListener('pagehide', () => this.#leave());
		// Every session was closed when the page was left; one that comes back out of the browser's cache begins anew.
		addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
		await this.#route();
		for (const record of await records.shares()) {
			const session = await ShareSession.restore(this.#context, record, record.id !== this.#watching?.id);
			if (record.stopped) void session.withdraw();
			else this.#sessions = [...this.#sessions, session];
			this.#catalogue?.redraw(); // it may be among them
		}
	}

	shareFiles(files: readonly File[], handles: readonly (FileSystemFileHandle | undefined)[]): void {
		for (const [k, file] of files.entries()) void this.#share(file, handles[k]);
	}

	shareSample(): void {
		void fetch('/sample.mp4').then(async (answer) => {
			if (!answer.ok) throw new Error(`the sample answered ${answer.status}`);
			const bytes = await answer.blob();
			await this.#share(new File([bytes], 'Sample film.mp4', { type: 'video/mp4', lastModified: 0 }), undefined);
		}).catch(() => this.#notice('bad', 'The sample could not be loaded. Is the server still running?'));
	}

	stopSharing(id: ShareId): void { void this.#session(id)?.stop(); }
	resumeSharing(id: ShareId, file?: File, handle?: FileSystemFileHandle): void {
		if (!this.canConnect) return this.#notice('bad', CANNOT_CONNECT);
		void this.#session(id)?.resume(file, handle);
	}

	forgetShare(id: ShareId): void {
		const session = this.#session(id);
		this.#sessions = this.#sessions.filter((other) => other !== session);
		void session?.forget();
	}

	renameShare(id: ShareId, title: string): void { this.#session(id)?.rename(title); }
	listShare(id: ShareId, on: boolean): void { void this.#session(id)?.listing.set(on); }

	parkShare(id: ShareId, hours: number): void { this.#session(id)?.park(hours); }

	async copyLink(link: string): Promise<boolean> {
		const copied = await copyText(link);
		if (!copied) this.#notice('bad', 'The browser would not copy. Select the link and copy it by hand.');
		return copied;
	}

	async copyWords(text: string): Promise<boolean> {
		const copied = await copyText(text);
		if (!copied) this.#notice('bad', 'The browser would not copy. Select the text and copy it by hand.');
		return copied;
	}

	qr(link: string): { readonly size: number; readonly dark: (x: number, y: number) => boolean } {
		const code = encode(link, { ecc: 'L', border: 0 });
		return { size: code.size, dark: (x, y) => code.data[y]?.[x] === true };
	}

	attachVideo(video: HTMLVideoElement): () => void {
		return this.#watching?.attachVideo(video) ?? (() => undefined);
	}

	selectAudio(id: number): void { this.#watching?.selectAudio(id); }

	stepPicture(by: number): void { this.#watching?.stepPicture(by); }
	unmute(): void { this.#watching?.unmute(); }
	fetchAll(): void { this.#watching?.fetchAll(); }
	dropPerson(id: PeerId): void { this.#watching?.dropPerson(id); }

	retry(): void {
		if (this.watch?.status.state === 'failed') return location.reload();
		this.#context.home.retryNow();
		this.#watching?.retry();
	}

	revive(file: File): void {
		const session = this.#watching;
		void session?.revive(file).then((film) => {
			if (film && session === this.#watching) void this.#route(film);
			else film?.source.close();
		});
	}

	stopReviving(): void { void this.#route(); }

	freeSpace(): void {
		void this.#watching?.freeSpace().then((isFree) => {
			this.goHome();
			this.lookAtStorage();
			if (isFree) this.#notice('good', 'Nothing of the film is on this device any more. The link brings it back.');
			else this.#notice('bad', OPEN_ELSEWHERE);
		});
	}

	lookAtStorage(): void {
		void lookAtStorage(this.#context.parts.records).then((storage) => { this.storage = storage; });
	}

	deleteFilm(id: ShareId): void {
		if (this.#watching?.id === id) return this.freeSpace();
		void forgetFilm(id, this.#context.parts.records).then((isGone) => {
			if (!isGone) this.#notice('bad', OPEN_ELSEWHERE);
			this.lookAtStorage();
		});
	}

	setTheme(theme: Theme): void {
		this.theme = theme;
		this.#keepSettings({ ...this.#settings, theme });
	}

	setLimits(limits: LimitsView): void {
		this.#limit(limits);
		this.#context.tabs.tellChoice(limits);
		this.#keepSettings({ ...this.#settings, ...limits });
	}

	setName(name: string): void {
		// Trackers take one line without invisible characters, so a joined emoji comes apart.
		const trimmed = name.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').trim()
			.slice(0, MAX_NAME_LENGTH).replace(/[\uD800-\uDBFF]$/, ''); // half a character is none
		if (trimmed === '') return;
		this.name = trimmed;
		this.#context.rename(trimmed);
		for (const { listing } of this.#sessions) void listing.renamed();
		this.#keepSettings({ ...this.#settings, name: trimmed });
	}

	goHome(): void { this.open('/'); }
	goToCatalogue(): void { this.open(CATALOGUE_PATH); }
	goToBench(): void { this.open(BENCH_PATH); }

	async measure(tell: (measured: MeasuredView) => void): Promise<void> {
		const { measure } = await import('./measuring.ts');
		await measure(this.#context.parts, tell);
	}

	open(link: string): void {
		history.pushState(null, '', link);
		void this.#route();
	}

	moreFilms(): void { this.#catalogue?.more(); }
	wantPoster(id: ShareId): void { this.#catalogue?.wantPoster(id); }

	dismiss(notice: number): void { this.notices = this.notices.filter(({ id }) => id !== notice); }

	/** For tests and tools (`globalThis.streamlet`). */
	snapshot(): ContractSnapshot {
		const session = this.#watching ?? this.#sessions.find((each) => each.isSharing);
		return takeContractSnapshot(this.#context.parts.self, session, this.watch?.status.state ?? 'idle');
	}

	async #share(file: File, handle: FileSystemFileHandle | undefined): Promise<void> {
		if (!this.canConnect) return this.#notice('bad', CANNOT_CONNECT);
		const session = await ShareSession.create(this.#context, file, handle);
		if (typeof session === 'string') return this.#notice('bad', whyNotShared(file.name, session));
		this.#sessions = [session, ...this.#sessions];
		void askToPersist(); // who loses the record of a share cannot take it up again
		void copyText(session.link).then((copied) => { if (copied) session.markCopied(); });
	}

	/** The page's address says what to show. `film`: what is watched there is here as a file. */
	async #route(film?: RevivedFilm): Promise<void> {
		const parsed = location.pathname.startsWith('/w/') ? parseShareLink(location.href) : undefined;
		const going = ++this.#goings;
		const former = this.#watching;
		this.#watching = undefined;
		this.#brokenWatch = undefined;
		this.#catalogue?.close();
		this.#catalogue = undefined;
		this.catalogue = undefined;
		await Promise.all([former?.close(), this.#posters.leave()]);
		const keys = parsed?.ok ? await deriveLinkKeys(this.#context.parts.crypto, parsed.value.key) : undefined;
		if (going !== this.#goings) return film?.source.close();
		if (!parsed) {
			const path = location.pathname.replace(/\/$/, '');
			if (path === CATALOGUE_PATH) return this.#browse();
			this.page = path === BENCH_PATH ? 'bench' : 'home';
			return;
		}
		if (parsed.ok && keys) {
			await this.#session(parsed.value.id)?.pause(); // a page is one peer of a share
			const lost = () => this.#fileLost();
			const session = new WatchSession(this.#context, parsed.value, { keys, url: location.href, film, lost });
			this.#watching = session;
			this.page = 'watch';
			await session.start();
		} else if (!parsed.ok) {
			this.#brokenWatch = failedWatch(location.href, problemOf(parsed.error));
			this.page = 'watch';
		}
	}

	#browse(): void {
		const session: CatalogueSession = new CatalogueSession({
			context: this.#context, posters: this.#posters, mine: (id) => this.#session(id)?.view,
			show: (view) => { if (session === this.#catalogue) this.catalogue = view; },
		});
		this.#catalogue = session;
		session.start();
		this.page = 'catalogue';
	}

	#fileLost(): void {
		this.#notice('bad', 'The file was changed or is gone, so others do not get the film from it any more.');
		void this.#route();
	}

	#leave(): void {
		for (const session of this.#sessions) void session.close('leaving');
		void this.#watching?.close();
	}

	#session(id: ShareId): ShareSession | undefined { return this.#sessions.find((session) => session.id === id); }

	#lineChanged(line: TrackerLine): void {
		this.canConnect = this.#context.canConnect;
		if (line.state === 'online') {
			if (this.name === '') {
				this.name = line.name;
				this.#context.name = line.name;
			}
			this.tracker = { state: 'online' };
		} else if (line.state === 'offline') {
			const retryInSec = Math.max(0, Math.ceil((line.retryAt - this.#context.parts.clock.now()) / 1000));
			this.tracker = { state: 'offline', retryInSec, ...(line.because && { because: line.because }) };
		} else this.tracker = { state: line.state };
	}

	#limit(limits: LimitsView): void {
		this.limits = limits;
		this.#context.limits.set(limits);
	}

	#keepSettings(settings: Settings): void {
		this.#settings = settings;
		void this.#context.parts.records.putSettings(settings);
	}

	#notice(tone: Notice['tone'], text: string): void {
		if (this.notices.some((shown) => shown.text === text)) return;
		const id = this.#nextNotice++;
		this.notices = [...this.notices, { id, tone, text }];
		if (tone !== 'bad') setTimeout(() => this.dismiss(id), NOTICE_MS);
	}

	/** The tracker takes part in so many shares of one page and no more. */
	#whyNotFound(share: string | undefined): string {
		const title = this.#sessions.find(({ id }) => id === share)?.view.title;
		const what = title === undefined ? 'this film' : `“${title}”`;
		return `The tracker takes no more films from this page, so nobody new is introduced for ${what}. `
			+ 'Stop sharing another one, and this one has its place.';
	}
}

function problemOf(fault: ShareLinkFault): WatchProblem {
	return { problem: fault === 'no-key' ? 'no-key' : 'bad-link' };
}

function whyNotShared(name: string, problem: ShareProblem): string {
	switch (problem) {
		case 'empty': return `“${name}” is empty: there is nothing to share.`;
		case 'too-large': return `“${name}” is larger than 128 GiB, the most a share can hold.`;
		case 'storage': return 'This browser keeps nothing for this page, so the link would be lost. '
			+ 'Is private browsing or a full disk in the way?';
		default: return `“${name}” could not be shared.`;
	}
}
