/** The newest of what stands in trackers' public catalogues, as it changes, opened with the keys that stand there. */
import { fromBase64url } from '../shared/base/text.ts';
import { SECOND, type Ms } from '../shared/base/units.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Crypto } from '../shared/ports/crypto.ts';
import { openDescriptor, readDescriptor } from '../shared/protocol/descriptor.ts';
import type { ShareId } from '../shared/protocol/ids.ts';
import { deriveLinkKeys, type LinkKeys } from '../shared/protocol/keys.ts';
import { MAX_PAGE_ENTRIES } from '../shared/protocol/limits.ts';
import type { CatalogueEntry } from '../shared/protocol/tracker-message.ts';
import type { CatalogueChange, CataloguePage, TrackerSession } from '../shared/runtime/tracker-session.ts';
import type { FilmWords } from './film.ts';

/** Entries that are followed: more than any list that older programs read has room for. */
const MAX_FOLLOWED = 256;

/** What a tracker had no time for is asked again after this long. */
const AGAIN: Ms = 5 * SECOND;

/** A film that stands there. */
export interface CatalogueFilm extends FilmWords {
	readonly keys: LinkKeys;
	readonly place: number;
	readonly descriptor: string;
	/** How many take part in it. */
	online: number;
}

/** A tracker as far as its catalogue is looked at. */
type BrowsedTracker = Pick<TrackerSession, 'listen' | 'browse' | 'stopBrowsing'>;

/** One tracker's, from {@link start} until it is closed. */
export class Catalogue {
	readonly #crypto: Crypto;
	readonly #clock: Clock;
	readonly #tracker: BrowsedTracker;
	readonly #films = new Map<ShareId, CatalogueFilm>();
	/** Where the next page begins; undefined: at the top. */
	#below: number | undefined;
	#hasMore = true;
	#stopListening: () => void = () => undefined;
	#cancelWait: () => void = () => undefined;
	/** What the tracker says is taken up in the order it was said. */
	#turn: Promise<void> = Promise.resolve();

	constructor(tracker: BrowsedTracker, crypto: Crypto, clock: Clock) {
		this.#tracker = tracker;
		this.#crypto = crypto;
		this.#clock = clock;
	}

	/** Those of known size, listed first first. */
	get films(): readonly CatalogueFilm[] {
		return [...this.#films.values()].filter(({ size }) => size > 0).sort((one, other) => one.place - other.place);
	}

	film(id: ShareId): CatalogueFilm | undefined { return this.#films.get(id); }

	start(): void {
		this.#stopListening = this.#tracker.listen({
			line: ({ state }) => { if (state === 'online') this.#begin(); },
			refused: (_code, _about, request) => { if (request === 'browse') this.#askLater(); },
			catalogue: (page) => this.#inTurn(() => this.#take(page)),
			catalogueChanged: (change) => this.#inTurn(() => this.#change(change)),
		});
		this.#begin();
	}

	close(): void {
		this.#stopListening();
		this.#cancelWait();
		this.#tracker.stopBrowsing();
	}

	/** From the top, as on a new line: what is known stays unless it is gone. */
	#begin(): void {
		this.#below = undefined;
		this.#tracker.browse(undefined, MAX_PAGE_ENTRIES);
	}

	#askLater(): void {
		this.#cancelWait();
		this.#cancelWait = this.#clock.after(AGAIN, () => void this.#tracker.browse(this.#below, MAX_PAGE_ENTRIES));
	}

	async #take({ below, entries, hasMore }: CataloguePage): Promise<void> {
		if (below !== this.#below) return; // an answer to what was asked before we began anew
		const end = hasMore ? entries.at(-1)?.place ?? 0 : 0;
		const here = new Set(entries.map(({ share }) => share));
		for (const { id, place } of this.#films.values()) {
			if (place < (below ?? Infinity) && place >= end && !here.has(id)) this.#films.delete(id);
		}
		for (const entry of entries) await this.#put(entry);
		this.#below = end;
		this.#hasMore = hasMore && this.#films.size >= MAX_FOLLOWED;
		if (hasMore && entries.length > 0 && !this.#hasMore) this.#tracker.browse(end, MAX_PAGE_ENTRIES);
	}

	async #change({ entry, gone, online = [] }: CatalogueChange): Promise<void> {
		if (gone !== undefined) this.#films.delete(gone);
		for (const [id, count] of online) {
			const film = this.#films.get(id);
			if (film) film.online = count;
		}
		const isFollowed = entry && (!this.#hasMore || entry.place >= (this.#below ?? 0));
		if (isFollowed) await this.#put(entry);
		for (const { id } of this.films.slice(0, Math.max(0, this.#films.size - MAX_FOLLOWED))) this.#films.delete(id);
	}

	/** What does not open is not there. */
	async #put(entry: CatalogueEntry): Promise<void> {
		const known = this.#films.get(entry.share);
		const isSame = known?.descriptor === entry.descriptor && known.place === entry.place;
		const film = isSame ? { ...known, online: entry.online } : await this.#open(entry);
		if (film) this.#films.set(film.id, film);
		else this.#films.delete(entry.share);
	}

	async #open({ share, key, place, online, descriptor }: CatalogueEntry): Promise<CatalogueFilm | undefined> {
		const [linkKey, bytes] = [fromBase64url(key), fromBase64url(descriptor)];
		const read = bytes && await readDescriptor(this.#crypto, share, bytes);
		if (!linkKey || !read?.ok) return undefined;
		const keys = await deriveLinkKeys(this.#crypto, linkKey);
		const body = await openDescriptor(this.#crypto, read.value, keys.descriptor);
		if (!body.ok) return undefined;
		const { title, type } = body.value;
		return { id: share, title, type, size: read.value.size, keys, place, descriptor, online };
	}

	#inTurn(task: () => Promise<void>): void { this.#turn = this.#turn.then(task); }
}
