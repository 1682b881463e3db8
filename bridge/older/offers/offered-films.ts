/**
 * Films that peers of the second older system offer, for browsers: fetched by that system's protocol, shared from the
 * disk like any file of this machine, and listed for as long as somebody offers them. How much, how many and from whom
 * is bounded: peers prove nothing.
 */
import { SECOND, type Ms } from '../../../shared/base/units.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { ShareId } from '../../../shared/protocol/ids.ts';
import type { FilmShare, Sharing } from '../../sharing.ts';
import type { Offer } from '../registry.ts';
import { VIDEO_ID } from '../video-id.ts';
import type { fetchOffer, FetchedOffer } from './fetch-offer.ts';
import type { OfferFiles } from './offer-files.ts';
import { Patience } from './patience.ts';

/** Between two looks at who offers what. */
const LOOK: Ms = 2 * SECOND;

/** A peer that comes back sooner was not away. */
const GONE_AFTER: Ms = 180 * SECOND;

/** Films at once, kept and on their way; on their way in all, and from one address one at a time. */
const MAX_FILMS = 64;
const MAX_FETCHED_AT_ONCE = 4;

/** Below it are ports of a system's own services, which are nobody's films. */
const FIRST_PORT = 1024;

/** What these films are made of. */
export interface OfferedFilmsInit {
	readonly clock: Clock;
	readonly files: OfferFiles;
	readonly sharing: Pick<Sharing, 'share' | 'stop'>;
	/** What is offered now. */
	readonly offers: () => readonly Offer[];
	/** Whether peers may have it from us: then we need not have it from them. */
	readonly isOurs: (videoId: string) => boolean;
	readonly fetch: typeof fetchOffer;
	/** Bytes of films, all together. */
	readonly quotaBytes: number;
	readonly say: (line: string) => void;
}

/**
 * A film that is here. `share`: while it is shared. `listing`: after a crash nobody knows whether it is on the list.
 */
interface Kept {
	readonly videoId: string;
	readonly path: string;
	readonly bytes: number;
	offeredAt: Ms;
	share: FilmShare | undefined;
	listing: 'unknown' | 'listed' | 'unlisted';
}

/** A film on its way. */
interface Fetching { readonly host: string; bytes: number }

/** From {@link start} until it is closed. */
export class OfferedFilms {
	readonly #init: OfferedFilmsInit;
	readonly #kept = new Map<string, Kept>();
	readonly #fetching = new Map<string, Fetching>();
	readonly #patience: Patience;
	readonly #over = new AbortController();
	#running: Promise<void> = Promise.resolve();
	#cancelLook: () => void = () => undefined;

	constructor(init: OfferedFilmsInit) {
		this.#init = init;
		this.#patience = new Patience(init.clock);
		for (const file of init.files.found) this.#take(file, 'unknown');
	}

	/** Shares again what former runs fetched: it may be listed, and somebody in the middle of it. */
	async start(): Promise<void> {
		for (const film of this.#kept.values()) await this.#share(film);
		this.#look();
	}

	/** Whether a share is one of these films. */
	has(id: ShareId): boolean { return [...this.#kept.values()].some(({ share }) => share?.id === id); }

	/** Leaves the swarms. What is here stays, and what is listed. */
	async close(): Promise<void> {
		this.#over.abort();
		this.#cancelLook();
		await this.#running;
		await Promise.all([...this.#kept.values()].map(async ({ share }) => share?.close()));
	}

	/** A share ended by itself: its file is not what it was. */
	ended(id: ShareId): void {
		const film = [...this.#kept.values()].find(({ share }) => share?.id === id);
		if (!film) return;
		this.#kept.delete(film.videoId);
		void this.#init.files.remove(film.videoId);
	}

	#look(): void {
		this.#running = this.#tendAll().then(() => {
			if (!this.#over.signal.aborted) this.#cancelLook = this.#init.clock.after(LOOK, () => this.#look());
		});
	}

	async #tendAll(): Promise<void> {
		const offered = new Map<string, Offer[]>();
		for (const offer of this.#init.offers()) {
			if (!VIDEO_ID.test(offer.videoId) || offer.port < FIRST_PORT) continue;
			offered.set(offer.videoId, [...offered.get(offer.videoId) ?? [], offer]);
		}
		for (const film of [...this.#kept.values()]) await this.#tend(film, offered.get(film.videoId)?.[0]);
		for (const [videoId, offers] of offered) if (!this.#kept.has(videoId)) this.#consider(videoId, offers);
	}

	async #tend(film: Kept, offer: Offer | undefined): Promise<void> {
		const now = this.#init.clock.now();
		if (offer) {
			film.offeredAt = now;
			if (!film.share && !await this.#share(film)) return;
		}
		const { share } = film;
		if (!share) return;
		if (offer && film.listing !== 'listed' && share.progress.indexed) {
			await share.list(offer.peer_id);
			film.listing = 'listed';
		}
		if (now - film.offeredAt <= GONE_AFTER) return;
		if (film.listing !== 'unlisted') await share.list(undefined);
		film.listing = 'unlisted';
		if (share.progress.people > 0) return; // whoever is in the middle of it sees its end
		film.share = undefined;
		await share.close();
	}

	/** False: it cannot be, and is gone. */
	async #share(film: Kept): Promise<boolean> {
		const shared = await this.#init.sharing.share(film.path);
		if (shared.ok) {
			film.share = shared.value;
			await this.#init.files.touch(film.videoId);
			return true;
		}
		this.#kept.delete(film.videoId);
		await this.#init.files.remove(film.videoId);
		return false;
	}

	#consider(videoId: string, offers: readonly Offer[]): void {
		if (this.#fetching.has(videoId) || this.#fetching.size >= MAX_FETCHED_AT_ONCE) return;
		if (this.#init.isOurs(videoId)) return;
		const busy = new Set([...this.#fetching.values()].map(({ host }) => host));
		const offer = offers.find((each) => !busy.has(each.host) && this.#patience.allows(each));
		if (offer) void this.#fetch(offer);
	}

	async #fetch(offer: Offer): Promise<void> {
		const { videoId, host } = offer;
		const { files, fetch, say } = this.#init;
		const fetching: Fetching = { host, bytes: 0 };
		this.#fetching.set(videoId, fetching);
		const draft = {
			path: files.draftOf(videoId), signal: this.#over.signal,
			hasRoom: (bytes: number) => this.#makeRoom(fetching, bytes),
		};
		const outcome = await fetch(offer, draft);
		if (outcome.ok) {
			await this.#keep(offer, outcome.value).catch(() => say('The disk keeps no more films that older peers offer.'));
		} else {
			this.#patience.blame(offer, outcome.error);
			await files.remove(videoId);
		}
		this.#fetching.delete(videoId);
	}

	async #keep({ videoId, peer_id }: Offer, { name, bytes }: FetchedOffer): Promise<void> {
		const path = await this.#init.files.keep(videoId, name);
		if (this.#over.signal.aborted) return;
		this.#take({ videoId, path, bytes }, 'unlisted');
		this.#init.say(`A film that ${peer_id} offers is shared and listed for browsers now.`);
	}

	/** Makes room for a film, and holds it. What was offered longest ago goes first; what is shared stays. */
	async #makeRoom(fetching: Fetching, bytes: number): Promise<boolean> {
		const resting = [...this.#kept.values()].filter(({ share }) => !share);
		resting.sort((one, other) => one.offeredAt - other.offeredAt);
		const leaving: Kept[] = [];
		let [used, count] = [bytes, this.#kept.size + this.#fetching.size];
		for (const each of [...this.#kept.values(), ...this.#fetching.values()]) used += each.bytes;
		while (used > this.#init.quotaBytes || count > MAX_FILMS) {
			const oldest = resting.shift();
			if (!oldest) return false;
			leaving.push(oldest);
			used -= oldest.bytes;
			count -= 1;
		}
		fetching.bytes = bytes;
		for (const { videoId } of leaving) this.#kept.delete(videoId);
		for (const { videoId, path } of leaving) {
			await this.#init.sharing.stop({ path });
			await this.#init.files.remove(videoId);
		}
		return true;
	}

	#take(file: OfferFiles['found'][number], listing: Kept['listing']): void {
		this.#kept.set(file.videoId, { ...file, offeredAt: this.#init.clock.now(), share: undefined, listing });
	}
}
