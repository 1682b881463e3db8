/**
 * The line to one tracker. It opens again by itself, with growing delays and chance in them, so that a tracker which
 * comes back is not stormed; and says again then what the tracker has to know: who we are, where we are, what we
 * published.
 */
import * as v from 'valibot';
import { base64url, fromBase64url } from '../base/text.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Rng } from '../base/rng.ts';
import { SECOND, type Ms } from '../base/units.ts';
import { parseShareId, type PeerId, type ShareId } from '../protocol/ids.ts';
import {
	MAX_INTRODUCED, TRACKER_VERSION, trackerMessage, type ClientMessage, type Refusal, type TrackerMessage,
} from '../protocol/tracker-message.ts';
import type { Clock } from '../ports/clock.ts';
import type { OpenTrackerSocket, TrackerSocket, TrackerSocketEnd } from '../ports/tracker-socket.ts';
import type { Listing } from '../protocol/listing.ts';
import { Lister } from './lister.ts';
import { Publisher, type Published } from './publisher.ts';

/** First wait after a line broke; doubles up to {@link LONGEST_WAIT_MS}. A tracker restarts in about this time. */
const FIRST_WAIT_MS: Ms = SECOND / 2;
const LONGEST_WAIT_MS: Ms = 15 * SECOND;

/** A line silent for this long is asked for a sign of life, and given up {@link PONG_MS} later. */
const PING_MS: Ms = 20 * SECOND;
const PONG_MS: Ms = 8 * SECOND;

/** A socket that is not open by then is given up: networks that swallow packets never refuse. */
const OPENING_MS: Ms = 10 * SECOND;

/** Why a tracker ends a line, or does not begin one, as far as it concerns a person. */
const LINE_REFUSALS = ['version', 'too-fast', 'too-many-connections'] as const satisfies readonly Refusal[];
export type LineRefusal = (typeof LINE_REFUSALS)[number];

/**
 * How the line is. `because`: what the tracker said when it ended it. `replaced`: another connection has our id, and
 * stays; only a person tries again.
 */
export type TrackerLine =
	| { readonly state: 'connecting' }
	| { readonly state: 'online'; readonly name: string }
	| { readonly state: 'offline'; readonly retryAt: Ms; readonly because?: LineRefusal }
	| { readonly state: 'replaced' };

/** A server that helps to connect, as WebRTC wants it. */
export type IceServer = Extract<TrackerMessage, { type: 'welcome' }>['iceServers'][number];

/** A bridge that a tracker names: as it does, and the WebSocket URL that this is from where we are. */
export interface NamedBridge { readonly name: string; readonly url: string }

/** What a tracker tells. */
export interface TrackerEvents {
	line(line: TrackerLine): void;
	peers(share: ShareId, peers: readonly PeerId[], descriptor: Bytes | undefined): void;
	signal(share: ShareId, from: PeerId, signal: string): void;
	/** `request`: the kind of message it refuses, if known. */
	refused(code: Refusal, about: string | undefined, request: ClientMessage['type'] | undefined): void;
	/** The tracker keeps this revision: a crash of ours cannot lose it any more. */
	published(share: ShareId, revision: number): void;
	/** The tracker keeps the statement of this number about its catalogue. */
	listed(share: ShareId, number: number): void;
	/** Entries of the catalogue that were asked for. */
	catalogue(page: CataloguePage): void;
	/** Something in the catalogue changed. */
	catalogueChanged(change: CatalogueChange): void;
	/** What the catalogue has of one share. */
	lookedUp(answer: LookedUp): void;
}

/** A page of the tracker's catalogue. */
export type CataloguePage = Extract<TrackerMessage, { type: 'catalogue' }>;
/** What changed in it. */
export type CatalogueChange = Extract<TrackerMessage, { type: 'catalogue-changed' }>;
/** What it has of one share. */
export type LookedUp = Extract<TrackerMessage, { type: 'looked-up' }>;

/** What a session is made of. `url`: `ws:` or `wss:`. */
export interface TrackerSessionInit {
	readonly url: string;
	readonly self: PeerId;
	readonly open: OpenTrackerSocket;
	readonly clock: Clock;
	readonly rng: Rng;
}

/** One tracker. */
export class TrackerSession {
	readonly url: string;
	iceServers: readonly IceServer[] = [];
	bridges: readonly NamedBridge[] = [];
	readonly #init: TrackerSessionInit;
	readonly #listeners = new Set<Partial<TrackerEvents>>();
	readonly #joined = new Map<ShareId, { readonly wants: number; readonly visits?: true }>();
	readonly #publisher: Publisher;
	readonly #lister: Lister;
	#name: string | undefined;
	#resume: string | undefined;
	#socket: TrackerSocket | undefined;
	#line: TrackerLine = { state: 'connecting' };
	#failures = 0;
	/** Of this line, if the tracker said why it will not last. */
	#because: LineRefusal | undefined;
	/** Joined as far as we are concerned; the tracker takes only so many shares of one line. */
	readonly #crowdedOut = new Set<ShareId>();
	#cancelTimer: (() => void) | undefined;
	#closed = false;

	constructor(init: TrackerSessionInit) {
		this.#init = init;
		this.url = init.url;
		this.#publisher = new Publisher({
			clock: init.clock,
			say: (share, descriptor) => this.#send({ type: 'publish', share, descriptor: base64url(descriptor) }),
			kept: (share, revision) => {
				this.#lister.published(share);
				this.#tell((listener) => listener.published?.(share, revision));
			},
			over: (share) => this.leave(share),
		});
		this.#lister = new Lister({
			clock: init.clock,
			say: (share, statement) => this.#send({ type: 'list', share, statement: base64url(statement) }),
		});
	}

	get line(): TrackerLine { return this.#line; }

	/** Tells what the listener has a function for. The return value stops it. */
	listen(listener: Partial<TrackerEvents>): () => void {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}

	/** Opens the line. */
	start(): void { this.#open(); }

	/** Tries now, not when the wait is over. */
	retryNow(): void {
		const { state } = this.#line;
		if (!this.#closed && (state === 'offline' || state === 'replaced')) this.#open();
	}

	/** Our name, as others see it; kept for later lines. */
	rename(name: string): void {
		this.#name = name;
		this.#send({ type: 'rename', name });
	}

	/** Enters a swarm now and whenever the line is new; up to `wants` peers are introduced. `visits`: uncounted. */
	join(share: ShareId, wants: number, visits?: boolean): void {
		const how = { wants, ...(visits && { visits: true as const }) };
		this.#joined.set(share, how);
		this.#send({ type: 'join', share, ...how });
	}

	leave(share: ShareId): void {
		if (!this.#joined.delete(share)) return;
		this.#send({ type: 'leave', share });
		if (this.#crowdedOut.delete(share)) return;
		const [next] = this.#crowdedOut; // whose place is free now
		if (next === undefined) return;
		this.#crowdedOut.delete(next);
		this.#send({ type: 'join', share: next, ...(this.#joined.get(next) ?? { wants: 0 }) });
	}

	/** Asks for more peers. */
	find(share: ShareId, wants: number): void {
		this.#send({ type: 'find', share, wants: Math.min(MAX_INTRODUCED, wants) });
	}

	/** False when the line is down. */
	signal(share: ShareId, to: PeerId, signal: string): boolean {
		return this.#send({ type: 'signal', share, to, signal });
	}

	/**
	 * Has the descriptor kept by the tracker, now or when the line is up; a later one takes its place. A revoked one is
	 * the last: nothing is published of the share after it, and once the tracker has it the share is left and forgotten.
	 */
	publish(share: ShareId, descriptor: Published): void { this.#publisher.publish(share, descriptor); }

	/** Has the statement about the catalogue kept, now or when the line is up; a later one takes its place. */
	list(listing: Listing): void { this.#lister.list(listing); }

	/** Asks for the newest entries below a place, and has changes told. False when the line is down. */
	browse(below: number | undefined, wants: number): boolean {
		return this.#send({ type: 'browse', ...(below !== undefined && { below }), wants });
	}

	stopBrowsing(): void { this.#send({ type: 'stop-browsing' }); }

	/** Asks what the catalogue has of a share. False when the line is down. */
	lookUp(share: ShareId): boolean { return this.#send({ type: 'look-up', share }); }

	/** For good. */
	close(): void {
		this.#closed = true;
		this.#cancelTimer?.();
		this.#publisher.close();
		this.#lister.close();
		this.#socket?.close();
	}

	#open(): void {
		this.#cancelTimer?.();
		this.#because = undefined;
		this.#cancelTimer = this.#init.clock.after(OPENING_MS, () => this.#giveUp());
		this.#setLine({ state: 'connecting' });
		this.#socket = this.#init.open(this.url, {
			opened: () => this.#greet(),
			message: (text) => this.#hear(text),
			closed: (reason) => this.#ended(reason),
		});
	}

	#greet(): void {
		const about = {
			...(this.#resume === undefined ? {} : { resume: this.#resume }),
			...(this.#name === undefined ? {} : { name: this.#name }),
		};
		this.#post({ type: 'hello', version: TRACKER_VERSION, peer: this.#init.self, ...about });
		this.#expectLife();
	}

	#hear(text: string): void {
		const parsed = parse(text);
		if (!parsed) return; // of a later tracker: what we do not know we leave alone
		this.#expectLife();
		switch (parsed.type) {
			case 'welcome': return this.#welcomed(parsed);
			case 'peers': return this.#peers(parsed);
			case 'signal': return this.#tell((l) => l.signal?.(parsed.share, parsed.from, parsed.signal));
			case 'published': return this.#publisher.heard(parsed.share, parsed.revision);
			case 'listed': return this.#listed(parsed);
			case 'catalogue': return this.#tell((l) => l.catalogue?.(parsed));
			case 'catalogue-changed': return this.#tell((l) => l.catalogueChanged?.(parsed));
			case 'looked-up': return this.#tell((l) => l.lookedUp?.(parsed));
			case 'refused': return this.#refused(parsed);
			case 'pong': return;
		}
	}

	#welcomed(message: Extract<TrackerMessage, { type: 'welcome' }>): void {
		this.#resume = message.resume;
		this.#failures = 0;
		this.iceServers = message.iceServers;
		this.bridges = (message.bridges ?? []).map((name) => ({ name, url: this.#urlOf(name) }));
		this.#crowdedOut.clear();
		this.#setLine({ state: 'online', name: message.name });
		for (const [share, how] of this.#joined) this.#post({ type: 'join', share, ...how });
		this.#publisher.sayAll();
		this.#lister.sayAll();
	}

	/** A path is one at the tracker's own address. */
	#urlOf(bridge: string): string {
		const [origin = ''] = /^wss?:\/\/[^/]+/.exec(this.url) ?? [];
		return bridge.startsWith('/') ? `${origin}${bridge}` : bridge;
	}

	#peers(message: Extract<TrackerMessage, { type: 'peers' }>): void {
		const descriptor = message.descriptor === undefined ? undefined : fromBase64url(message.descriptor);
		this.#tell((listener) => listener.peers?.(message.share, message.peers, descriptor));
	}

	#listed({ share, number }: Extract<TrackerMessage, { type: 'listed' }>): void {
		this.#lister.heard(share, number);
		this.#tell((listener) => listener.listed?.(share, number));
	}

	#refused({ code, about, request }: Extract<TrackerMessage, { type: 'refused' }>): void {
		this.#tell((listener) => listener.refused?.(code, about, request));
		const share = about === undefined ? undefined : parseShareId(about);
		if (share && request === 'publish') this.#publisher.refused(share, code);
		if (share && request === 'list') this.#lister.refused(share, code);
		if (share && code === 'too-many-shares' && this.#joined.has(share)) this.#crowdedOut.add(share);
		const isAboutLine = request === undefined || request === 'hello';
		if (isAboutLine) this.#because = LINE_REFUSALS.find((each) => each === code);
		if (code === 'version') this.#giveUp(); // it would wait for a better greeting
		if (code !== 'id-taken') return;
		this.#socket?.close();
		this.#ended('replaced');
	}

	/**
	 * Whoever took our place has the secret of our id, or came before us: a second connection of the same program. If
	 * both came back each time, they would take turns for ever.
	 */
	#ended(reason: TrackerSocketEnd): void {
		if (reason === 'lost' || this.#closed) return this.#lost();
		this.#socket = undefined;
		this.#cancelTimer?.();
		this.#setLine({ state: 'replaced' });
	}

	#lost(): void {
		this.#socket = undefined;
		this.#cancelTimer?.();
		if (this.#closed) return;
		const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures) * (0.5 + this.#init.rng());
		this.#failures += 1;
		this.#cancelTimer = this.#init.clock.after(wait, () => this.#open());
		const retryAt = this.#init.clock.now() + wait;
		this.#setLine({ state: 'offline', retryAt, ...(this.#because && { because: this.#because }) });
	}

	/** Any message is a sign of life; without one the line is asked, and then given up. */
	#expectLife(): void {
		this.#cancelTimer?.();
		this.#cancelTimer = this.#init.clock.after(PING_MS, () => {
			this.#post({ type: 'ping' });
			this.#cancelTimer = this.#init.clock.after(PONG_MS, () => this.#giveUp());
		});
	}

	/** The socket says nothing, not even that it is closed. */
	#giveUp(): void {
		this.#socket?.close();
		this.#lost();
	}

	/** False when we are not welcome yet: what matters then is said at the welcome. */
	#send(message: ClientMessage): boolean {
		if (this.#line.state !== 'online') return false;
		this.#post(message);
		return true;
	}

	#post(message: ClientMessage): void { this.#socket?.send(JSON.stringify(message)); }

	#setLine(line: TrackerLine): void {
		this.#line = line;
		this.#tell((listener) => listener.line?.(line));
	}

	#tell(what: (listener: Partial<TrackerEvents>) => void): void {
		for (const listener of [...this.#listeners]) what(listener);
	}
}

function parse(text: string): TrackerMessage | undefined {
	try {
		const parsed = v.safeParse(trackerMessage, JSON.parse(text));
		return parsed.success ? parsed.output : undefined;
	} catch {
		return undefined; // not JSON
	}
}
