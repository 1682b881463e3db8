/** What the benchmark's scripts add to pages. */
interface Window {
	benchOptions: { pauseAtFirstFrame: boolean; watchHeld: boolean };
	/** When things happened first, milliseconds since 1970; `held` is a part from 0 to 1. */
	benchClock: Record<string, number>;
	benchMark: (name: string) => void;
	benchSeek: (fraction: number) => Promise<number>;
	benchSignal: (signal: string) => void;
	streamlet?: { snapshot: () => PageSnapshot };
	SimplePeer: new (options: object) => BarePeer;
}

/** The part of a page's snapshot that benchmarks read. */
interface PageSnapshot {
	readonly state: string;
	readonly chunks: { readonly total: number; readonly held: number };
	readonly bytes: { readonly uploaded: number };
}

/** What the raw limit uses of simple-peer. */
interface BarePeer {
	readonly _channel: RTCDataChannel;
	on(event: 'signal', listener: (signal: object) => void): void;
	on(event: 'data', listener: (bytes: Uint8Array) => void): void;
	on(event: 'connect', listener: () => void): void;
	signal(signal: unknown): void;
}

/** What the rival's page uses of WebTorrent. */
interface RivalModule { readonly default: new (options: object) => RivalClient }

/** A WebTorrent client. */
interface RivalClient {
	on(event: 'error', listener: (error: unknown) => void): void;
	seed(file: File, options: object, done: (torrent: RivalTorrent) => void): void;
	add(magnet: string, options: object): RivalTorrent;
	createServer(options: { controller: ServiceWorkerRegistration }): void;
}

/** A torrent of it. */
interface RivalTorrent {
	readonly magnetURI: string;
	readonly length: number;
	readonly progress: number;
	readonly ready: boolean;
	readonly files: readonly { streamTo(video: HTMLVideoElement): void }[];
	on(event: 'download' | 'done', listener: () => void): void;
	once(event: 'download' | 'ready', listener: (value?: unknown) => void): void;
}
