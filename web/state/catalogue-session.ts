/**
 * The public catalogue as it is looked at: page by page, newest first, and what changes while it is open. Films are
 * opened with the link keys their sharers gave the tracker; what does not open is not shown.
 */
import { fromBase64url } from '../../shared/base/text.ts';
import { openDescriptor, readDescriptor } from '../../shared/protocol/descriptor.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import { deriveLinkKeys } from '../../shared/protocol/keys.ts';
import { MAX_PAGE_ENTRIES } from '../../shared/protocol/limits.ts';
import { formatShareLink } from '../../shared/protocol/share-link.ts';
import type { CatalogueEntry } from '../../shared/protocol/tracker-message.ts';
import type { CatalogueChange, CataloguePage } from '../../shared/runtime/tracker-session.ts';
import type { CatalogueFilm, CatalogueView } from './app-view.ts';
import type { PageContext } from './page-context.ts';
import type { PicturedFilm, Posters } from './posters.ts';
import { Pulse } from './pulse.ts';

/** What the tracker had no time for is asked again after this long. */
const AGAIN_MS = 5000;

/** An entry that was opened. */
interface ListedFilm extends PicturedFilm {
	readonly place: number;
	readonly link: string;
	readonly sharer: string | undefined;
	readonly descriptorText: string;
	online: number;
}

/** What it is made of. `mine`: whether I share a film, and its picture here. `show`: as it is now, whole. */
export interface CatalogueInit {
	readonly context: PageContext;
	readonly posters: Posters;
	readonly mine: (id: ShareId) => { readonly posterUrl: string | undefined } | undefined;
	readonly show: (view: CatalogueView) => void;
}

/** While its page is open. */
export class CatalogueSession {
	readonly #init: CatalogueInit;
	readonly #stopListening: () => void;
	readonly #pulse = new Pulse(() => this.#init.show(this.#draw()));
	#films = new Map<ShareId, ListedFilm>();
	/** Said by the tracker since it welcomed us; takes the place of the former list once that many are here again. */
	#fresh: Map<ShareId, ListedFilm> | undefined = new Map();
	#hasMore = false;
	/** The lowest place that pages have come to; undefined before the first. */
	#cursor: number | undefined;
	#isAsking = false;
	#closed = false;
	#bridge: string | undefined;
	/** What the tracker says is taken up in the order it was said. */
	#turn: Promise<void> = Promise.resolve();

	constructor(init: CatalogueInit) {
		this.#init = init;
		this.#stopListening = init.context.home.listen({
			line: (line) => { if (line.state === 'online') this.#begin(); },
			refused: (_code, _about, request) => { if (request === 'browse') this.#askLater(); },
			catalogue: (page) => this.#inTurn(() => this.#take(page)),
			catalogueChanged: (change) => this.#inTurn(() => this.#change(change)),
		});
	}

	start(): void {
		this.#begin();
		this.#pulse.now();
	}

	/** Further entries. Once at a time. */
	more(): void {
		if (this.#hasMore && !this.#isAsking && !this.#fresh) this.#ask(this.#cursor);
	}

	wantPoster(id: ShareId): void {
		const film = this.#films.get(id);
		if (film && film.online > 0 && !this.#init.mine(id)) this.#init.posters.want(film);
	}

	/** Something that is drawn beside what the tracker says is another. */
	redraw(): void { this.#pulse.soon(); }

	close(): void {
		this.#closed = true;
		this.#stopListening();
		this.#init.context.home.stopBrowsing();
	}

	/** From the top, as on a new line: what is shown stays until it is here again. */
	#begin(): void {
		this.#fresh = new Map();
		this.#cursor = undefined;
		this.#ask(undefined);
	}

	/** The tracker's disk failed it. */
	#askLater(): void {
		this.#isAsking = false;
		this.#init.context.parts.clock.after(AGAIN_MS, () => {
			if (!this.#closed && !this.#isAsking) this.#ask(this.#cursor);
		});
	}

	#ask(below: number | undefined): void { this.#isAsking = this.#init.context.home.browse(below, MAX_PAGE_ENTRIES); }

	async #take({ below, entries, hasMore, bridge }: CataloguePage): Promise<void> {
		const into = this.#fresh ?? this.#films;
		if (below !== this.#cursor) return; // an answer to what was asked before we began anew
		this.#isAsking = false;
		this.#cursor = entries.at(-1)?.place ?? this.#cursor;
		this.#bridge = bridge;
		this.#hasMore = hasMore;
		for (const entry of entries) await this.#put(into, entry);
		if (this.#fresh && hasMore && entries.length > 0 && this.#fresh.size < this.#films.size) {
			return this.#ask(this.#cursor);
		}
		this.#films = into;
		this.#fresh = undefined;
		this.#pulse.now();
	}

	async #change({ entry, gone, online }: CatalogueChange): Promise<void> {
		for (const films of [this.#films, ...(this.#fresh ? [this.#fresh] : [])]) {
			if (gone !== undefined) films.delete(gone);
			for (const [id, count] of online ?? []) {
				const film = films.get(id);
				if (film) film.online = count;
			}
			const isInside = entry && (!this.#hasMore || entry.place > (this.#cursor ?? 0));
			if (entry && isInside) await this.#put(films, entry);
		}
		if (gone !== undefined) this.#pulse.now();
		else this.#pulse.soon();
	}

	async #put(films: Map<ShareId, ListedFilm>, entry: CatalogueEntry): Promise<void> {
		const known = this.#films.get(entry.share);
		const isSame = known?.descriptorText === entry.descriptor && known.place === entry.place;
		const film = isSame ? { ...known, online: entry.online, sharer: entry.name } : await this.#open(entry);
		if (film) films.set(entry.share, film);
		else films.delete(entry.share);
	}

	/** Undefined: it is not what its sharer signed, or of a later version. */
	async #open(entry: CatalogueEntry): Promise<ListedFilm | undefined> {
		const { crypto, origin } = this.#init.context.parts;
		const [key, bytes] = [fromBase64url(entry.key), fromBase64url(entry.descriptor)];
		const descriptor = bytes && await readDescriptor(crypto, entry.share, bytes);
		if (!key || !descriptor?.ok) return undefined;
		const keys = await deriveLinkKeys(crypto, key);
		const body = await openDescriptor(crypto, descriptor.value, keys.descriptor);
		if (!body.ok) return undefined;
		const link = formatShareLink(origin, { id: entry.share, key, trackers: [], startSec: undefined });
		return {
			id: entry.share, keys, descriptor: descriptor.value, body: body.value, place: entry.place, link,
			sharer: entry.name, online: entry.online, descriptorText: entry.descriptor,
		};
	}

	#draw(): CatalogueView {
		const ordered = [...this.#films.values()].sort((a, b) => b.place - a.place);
		const isArriving = this.#fresh !== undefined && ordered.length === 0;
		const films = ordered.map((film) => this.#viewOf(film));
		return { state: isArriving ? 'arriving' : 'here', films, hasMore: this.#hasMore };
	}

	#viewOf({ id, body, descriptor, sharer, online, link }: ListedFilm): CatalogueFilm {
		const mine = this.#init.mine(id);
		const bridge = this.#bridge === undefined ? undefined : bridgeUrl(this.#bridge);
		return {
			id, title: body.title, sizeBytes: descriptor.size, durationSec: body.durationSec, sharer, online, link,
			isMine: mine !== undefined, posterUrl: mine ? mine.posterUrl : this.#init.posters.of(id),
			playerUrl: bridge && `${bridge}/watch/${id}`,
			torrentUrl: descriptor.state === 'sealed' && bridge ? `${bridge}/torrent/${id}.torrent` : undefined,
		};
	}

	#inTurn(task: () => Promise<void>): void { this.#turn = this.#turn.then(task).catch(reportError); }
}

/** Where the bridge is that a tracker names: `:port` of this page's host, or a URL. */
function bridgeUrl(bridge: string): string {
	return bridge.startsWith(':') ? `http://${location.hostname}${bridge}` : bridge.replace(/\/$/, '');
}
