/**
 * What the screens show and may ask for: plain values and verbs. `web/state` implements it with runes; `web/ui` draws
 * it.
 */
import type { PeerId, ShareId } from '../../shared/protocol/ids.ts';
import type { LineRefusal } from '../../shared/runtime/tracker-session.ts';

/** Light, dark, or as the system has it. */
export type Theme = 'auto' | 'light' | 'dark';

/** How a peer's bytes travel. */
export type Route = 'lan' | 'direct' | 'relay' | 'bridge' | 'unknown';

/** Somebody else in the swarm of a share. */
export interface PersonView {
	readonly id: PeerId;
	readonly name: string;
	readonly route: Route;
	/** Part of the film they hold, 0 to 1. Who holds all of it may be whoever made the link: nobody says so. */
	readonly held: number;
	/** Where they watch, seconds; undefined when they told nothing. */
	readonly positionSec: number | undefined;
	readonly playing: boolean;
	readonly downBps: number;
	readonly upBps: number;
	readonly rttMs: number | undefined;
}

/** The line to the tracker. */
export type TrackerView =
	| { readonly state: 'connecting' }
	| { readonly state: 'online' }
	| { readonly state: 'offline'; readonly retryInSec: number; readonly because?: LineRefusal }
	/** Another connection took this page's place at the tracker, and keeps it until the person asks. */
	| { readonly state: 'replaced' };

/** Why a file cannot be shared, or cannot be shared any longer. */
export type ShareProblem =
	| 'empty' | 'not-a-video' | 'truncated' | 'encrypted' | 'file-gone' | 'file-changed' | 'other-file' | 'too-large'
	| 'storage' | 'internal';

/** A codec that not everybody can play. `nowhere`: no browser plays it. `not-here`: this one does not. */
export interface CodecWarning {
	readonly kind: 'video' | 'audio';
	readonly codec: string;
	readonly plays: 'nowhere' | 'not-here' | 'some';
}

/**
 * What a share of mine is doing. `needs-permission`: one click gives the file back. `needs-file`: the same file must
 * be picked or dropped. `elsewhere`: another tab of this browser has it.
 */
export type ShareState =
	| { readonly state: 'sharing' }
	| { readonly state: 'needs-permission' }
	| { readonly state: 'needs-file' }
	| { readonly state: 'elsewhere' }
	| { readonly state: 'checking-file' }
	| { readonly state: 'stopped' }
	| { readonly state: 'failed'; readonly problem: ShareProblem };

/** Why a film is not in the catalogue although it should be. `old-listing`: a later word of mine is known there. */
export type ListingProblem = 'catalogue-full' | 'old-listing';

/** Whether a film of mine is to stand in the public catalogue, and whether the tracker has heard it. */
export interface ListingView {
	readonly wanted: boolean;
	readonly known: boolean;
	readonly problem: ListingProblem | undefined;
}

/** A film in the public catalogue. */
export interface CatalogueFilm {
	readonly id: ShareId;
	readonly title: string;
	readonly sizeBytes: number;
	readonly durationSec: number | undefined;
	/** Who shares it, if told. */
	readonly sharer: string | undefined;
	/** How many have it open, the sharer too. */
	readonly online: number;
	readonly isMine: boolean;
	readonly link: string;
	/** Undefined until it was fetched from somebody who has it. */
	readonly posterUrl: string | undefined;
	/** For players: where a bridge streams it. Undefined where none runs. */
	readonly playerUrl: string | undefined;
	/** For BitTorrent programs, once the film is sealed. */
	readonly torrentUrl: string | undefined;
}

/** The public catalogue, newest first. `arriving`: nothing is known yet. */
export interface CatalogueView {
	readonly state: 'arriving' | 'here';
	readonly films: readonly CatalogueFilm[];
	readonly hasMore: boolean;
}
/**
 * A copy of a film of mine that a bridge keeps, encrypted, when I am gone. `wanted`: by the person, last. `untilMs`:
 * since 1970. `unreachable`: the bridge, which is tried again; the copy is there until `untilMs` all the same.
 */
export type ParkingView =
	| { readonly state: 'offered'; readonly maxHours: number }
	| { readonly state: 'asking'; readonly wanted: boolean; readonly maxHours: number }
	| { readonly state: 'fetching'; readonly maxHours: number; readonly fraction: number; readonly untilMs: number }
	| { readonly state: 'kept'; readonly maxHours: number; readonly untilMs: number }
	| {
		readonly state: 'refused'; readonly because: 'full' | 'too-large' | 'off'; readonly maxHours: number;
		readonly maxBytes: number;
	}
	| { readonly state: 'unreachable'; readonly wanted: boolean; readonly untilMs: number | undefined };

/** A film I share. */
export interface ShareView {
	readonly id: ShareId;
	readonly title: string;
	readonly fileName: string;
	readonly sizeBytes: number;
	readonly durationSec: number | undefined;
	/** Absolute; there from the first moment. */
	readonly link: string;
	/** The link was copied when the film was dropped: said for a moment. */
	readonly copied: boolean;
	readonly posterUrl: string | undefined;
	readonly status: ShareState;
	readonly listing: ListingView;
	/** Preparation, each 0 to 1. All run while people already watch. */
	readonly indexed: number;
	readonly sealed: number;
	readonly warnings: readonly CodecWarning[];
	readonly people: readonly PersonView[];
	/** Complete copies others hold. The tab may be closed from one on. */
	readonly fullCopies: number;
	readonly uploadedBytes: number;
	readonly upBps: number;
	/** Undefined where no bridge keeps copies. */
	readonly parking: ParkingView | undefined;
	/** The file itself, to be played on the sharer's own page: an object URL; undefined while there is none. */
	readonly fileUrl: string | undefined;
}

/** Why a film cannot be watched. */
export type WatchProblem =
	| { readonly problem: 'no-key' } | { readonly problem: 'bad-link' } | { readonly problem: 'wrong-key' }
	| { readonly problem: 'stopped' } | { readonly problem: 'codec'; readonly codecs: readonly string[] }
	| { readonly problem: 'not-a-video' } | { readonly problem: 'storage' } | { readonly problem: 'no-webrtc' }
	| { readonly problem: 'no-media-source' } | { readonly problem: 'internal' };

/** What watching is doing. `waiting`: nobody who has the film is here. `buffering` says whose fault a wait is. */
export type WatchState =
	| { readonly state: 'opening' }
	| { readonly state: 'tracker-unreachable'; readonly retryInSec: number; readonly because?: LineRefusal }
	| { readonly state: 'tracker-replaced' }
	| { readonly state: 'waiting' }
	| { readonly state: 'connecting'; readonly peers: number }
	| { readonly state: 'starting' }
	| { readonly state: 'buffering'; readonly because: 'slow-peers' | 'no-peers' | 'seek' }
	| { readonly state: 'playing' }
	| { readonly state: 'failed'; readonly problem: WatchProblem };

/**
 * A stretch of the film, both ends 0 to 1 of its length in bytes. `by`: the place in `people` of who gave it; undefined
 * when it was here before, or they left.
 */
export interface Stretch { readonly from: number; readonly to: number; readonly by?: number | undefined }

/** What went where in one second, bytes. */
export interface Rates { readonly downBps: number; readonly upBps: number }

/** How well a film goes, for the curious. `undefined`: there is nothing to measure yet. */
export interface StatsView {
	/** The last two minutes, oldest first. */
	readonly seconds: readonly Rates[];
	readonly downloadedBytes: number;
	readonly uploadedBytes: number;
	readonly duplicateBytes: number;
	readonly verifiedChunks: number;
	readonly rejectedChunks: number;
	readonly startupMs: number | undefined;
	readonly stalls: number;
	readonly stalledMs: number;
	readonly lastSeekMs: number | undefined;
	readonly bufferedAheadSec: number;
}

/**
 * A link whose film nobody here has, and the same film as a file. `offered`: choosing it would help. `serving`: others
 * get the film out of the file.
 */
export type RevivalView =
	| { readonly state: 'offered' }
	| { readonly state: 'checking'; readonly fraction: number }
	| { readonly state: 'failed'; readonly because: 'other-file' | 'unreadable' }
	| { readonly state: 'serving'; readonly fileName: string };

/** A film somebody shares with me. */
export interface WatchView {
	readonly id: ShareId;
	/** Undefined until the descriptor is here. */
	readonly title: string | undefined;
	readonly sizeBytes: number | undefined;
	readonly durationSec: number | undefined;
	readonly link: string;
	readonly posterUrl: string | undefined;
	readonly status: WatchState;
	readonly people: readonly PersonView[];
	readonly held: readonly Stretch[];
	readonly heldFraction: number;
	readonly complete: boolean;
	/** Why nothing more can be kept on this device; undefined while it can. What was kept stays, the film plays on. */
	readonly unkept: 'full' | 'failed' | undefined;
	/** The connection counts data: only what is watched is fetched, until {@link AppView.fetchAll}. */
	readonly spares: boolean;
	/** The sharer's key signed two descriptions that contradict each other; the first is what plays. */
	readonly contradicted: boolean;
	readonly downBps: number;
	readonly upBps: number;
	/** Undefined until the first byte came or went. */
	readonly stats: StatsView | undefined;
	readonly audioTracks: readonly { readonly id: number; readonly label: string; readonly selected: boolean }[];
	/** The film plays without sound because this browser does not play this codec. */
	readonly silentBecause: string | undefined;
	/** Browsers start films with sound only after a click: a button says so. */
	readonly mutedByBrowser: boolean;
	/** Undefined while others have the film, and when its file could not be recognised. */
	readonly revival: RevivalView | undefined;
	/** Where I stopped last time, seconds. */
	readonly resumeAtSec: number | undefined;
}

/** A film that is kept on this device. `title`: undefined when it was kept by an earlier version. */
export interface KeptFilmView { readonly id: ShareId; readonly title: string | undefined; readonly bytes: number }

/** What films take on this device. `freeBytes`: undefined where the browser does not tell. */
export interface StorageView { readonly films: readonly KeptFilmView[]; readonly freeBytes: number | undefined }

/** A short message that goes by itself or is dismissed. */
export interface Notice { readonly id: number; readonly tone: 'info' | 'good' | 'bad'; readonly text: string }

/** What this device sends and fetches at most, in Mbit/s; undefined: as much as goes. */
export interface LimitsView { readonly upMbit?: number | undefined; readonly downMbit?: number | undefined }

/** What of this browser can be measured, in this order. `engine`: one peer feeding another, with all there is to it. */
export const MEASUREMENTS = ['hash', 'cipher', 'write', 'read', 'channel', 'engine'] as const;
export type Measurement = (typeof MEASUREMENTS)[number];

/** How fast it is; undefined: it does not work here. */
export interface MeasuredView { readonly what: Measurement; readonly bytesPerSec: number | undefined }

/** The whole application as the screens see it. */
export interface AppView {
	readonly page: 'home' | 'watch' | 'catalogue' | 'bench';
	readonly theme: Theme;
	/** My name as others see it. */
	readonly name: string;
	readonly limits: LimitsView;
	readonly tracker: TrackerView;
	/**
	 * False on a plain-HTTP address other than localhost: whoever controls the network can alter the page and read the
	 * link.
	 */
	readonly secure: boolean;
	/** False: the browser has no WebRTC, and nothing reaches anybody. */
	readonly canConnect: boolean;
	/** My shares, newest first; those of former visits that wait for their file are among them. */
	readonly shares: readonly ShareView[];
	readonly watch: WatchView | undefined;
	/** While its page is shown. */
	readonly catalogue: CatalogueView | undefined;
	readonly notices: readonly Notice[];
	/** Undefined until it was looked at. */
	readonly storage: StorageView | undefined;

	/** `handles`: where the browser gave them, the files can be reopened after a reload. */
	shareFiles(files: readonly File[], handles: readonly (FileSystemFileHandle | undefined)[]): void;
	/** Fetches a short film from the server and shares it. */
	shareSample(): void;
	stopSharing(id: ShareId): void;
	/** Takes a share of a former visit up again: asks for permission, or with a file checks it and goes on. */
	resumeSharing(id: ShareId, file?: File, handle?: FileSystemFileHandle): void;
	/** Forgets a stopped share and all it stored. */
	forgetShare(id: ShareId): void;
	renameShare(id: ShareId, title: string): void;
	/** Lists a share in the public catalogue, or takes it off. */
	listShare(id: ShareId, on: boolean): void;
	/** Asks the bridge to keep a copy of a share for so many hours from now; 0: to delete it. */
	parkShare(id: ShareId, hours: number): void;
	/** Settles with whether the link is in the clipboard; where the browser would not, a message says what to do. */
	copyLink(link: string): Promise<boolean>;
	/** The dark and light squares of a link's QR code, row by row. */
	qr(link: string): { readonly size: number; readonly dark: (x: number, y: number) => boolean };

	/** The watch page's `<video>`, once it is there; the return value lets go of it. */
	attachVideo(video: HTMLVideoElement): () => void;
	selectAudio(id: number): void;
	/** Shows the picture so many pictures later, or earlier if negative. */
	stepPicture(by: number): void;
	unmute(): void;
	retry(): void;
	dropPerson(id: PeerId): void;
	/** Fetches the whole film although the connection counts data. */
	fetchAll(): void;
	/** Gives the film that is being watched to everybody, out of its file, once all of that was compared. */
	revive(file: File): void;
	/** Others do not get the film out of the file any longer. */
	stopReviving(): void;
	/** The kept part of the film is deleted from this device. */
	freeSpace(): void;
	/** Brings {@link storage} up to date. */
	lookAtStorage(): void;
	/** What is kept of a film is deleted from this device. */
	deleteFilm(id: ShareId): void;

	setTheme(theme: Theme): void;
	setLimits(limits: LimitsView): void;
	setName(name: string): void;
	goHome(): void;
	goToCatalogue(): void;
	goToBench(): void;
	/** Measures this browser; each figure is told when it is there. */
	measure(tell: (measured: MeasuredView) => void): Promise<void>;
	/** Copies any text; settles as {@link copyLink} does. */
	copyWords(text: string): Promise<boolean>;
	/** Opens a link of this page's own. */
	open(link: string): void;
	/** Further entries of the catalogue. */
	moreFilms(): void;
	/** A film of the catalogue is looked at: its picture is wanted. */
	wantPoster(id: ShareId): void;
	dismiss(notice: number): void;
}

