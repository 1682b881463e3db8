/**
 * Pictures of films that are looked at in the catalogue. No server has them: each is fetched from somebody who has the
 * film open, by a visit to its swarm that takes nothing else and ends at once.
 */
import { ok } from '../../shared/base/result.ts';
import { SECOND, type Ms } from '../../shared/base/units.ts';
import type { Bytes } from '../../shared/base/bytes.ts';
import type { PartStore, StoredPartName } from '../../shared/ports/part-store.ts';
import type { ClearDescriptor } from '../../shared/protocol/descriptor.ts';
import type { DescriptorBody } from '../../shared/protocol/descriptor-body.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import type { LinkKeys } from '../../shared/protocol/keys.ts';
import { SwarmPeer } from '../../shared/rtc/swarm-peer.ts';
import { UnkeptStore } from '../../shared/store/unkept-store.ts';
import { makeDataPeer } from '../peer/simple-peer.ts';
import type { PageContext } from './page-context.ts';

/** Visits at once: each is a connection or two. */
const AT_ONCE = 3;
/** Peers met on a visit: one may be gone already. */
const MET = 3;
/** Whoever has not shown the picture by then has not got it. */
const PATIENCE: Ms = 12 * SECOND;
/** Larger ones are none of ours, which are 640 pixels wide. */
const MAX_POSTER_BYTES = 256 * 1024;

/** A film whose picture may be wanted, opened. */
export interface PicturedFilm {
	readonly id: ShareId;
	readonly keys: LinkKeys;
	readonly descriptor: ClearDescriptor;
	readonly body: DescriptorBody;
}

/** Pictures fetched since the page was loaded. */
export class Posters {
	readonly #context: PageContext;
	readonly #changed: () => void;
	readonly #urls = new Map<ShareId, string>();
	readonly #waiting = new Map<ShareId, PicturedFilm>();
	readonly #visits = new Map<ShareId, SwarmPeer>();
	readonly #vain = new Set<ShareId>();

	/** @param changed - another picture is here */
	constructor(context: PageContext, changed: () => void) {
		this.#context = context;
		this.#changed = changed;
	}

	/** Its address in this page. */
	of(id: ShareId): string | undefined { return this.#urls.get(id); }

	/** Fetches it, if there is one and it is not here. */
	want(film: PicturedFilm): void {
		const isKnown = this.#urls.has(film.id) || this.#visits.has(film.id) || this.#vain.has(film.id);
		if (isKnown || !posterOf(film)) return;
		this.#waiting.set(film.id, film);
		this.#next();
	}

	/** Somebody else in this page is to be the peer of this share, or nobody looks any more. */
	async leave(): Promise<void> {
		this.#waiting.clear();
		this.#vain.clear(); // whoever looks again may find somebody
		await Promise.all([...this.#visits.values()].map((peer) => peer.close('leaving')));
	}

	#next(): void {
		for (const [id, film] of this.#waiting) {
			if (this.#visits.size >= AT_ONCE) return;
			this.#waiting.delete(id);
			void this.#visit(film);
		}
	}

	async #visit(film: PicturedFilm): Promise<void> {
		const peer = this.#peerOf(film);
		this.#visits.set(film.id, peer);
		const cancel = this.#context.parts.clock.after(PATIENCE, () => void peer.close('leaving'));
		peer.start();
		await peer.node.describe(film.descriptor.bytes);
		const poster = posterOf(film);
		const content = poster
			&& await peer.node.attachments.read(poster.number, { from: 0, to: poster.bytes }, film.keys.attachments);
		cancel();
		if (content?.ok && poster) {
			this.#urls.set(film.id, URL.createObjectURL(new Blob([content.value], { type: poster.type })));
			this.#changed();
		} else this.#vain.add(film.id);
		await peer.close('leaving');
		this.#visits.delete(film.id);
		this.#next();
	}

	#peerOf({ id, keys }: PicturedFilm): SwarmPeer {
		const { self, crypto, clock, rng } = this.#context.parts;
		return new SwarmPeer({
			share: id, self, crypto, clock, rng, authKey: keys.auth, name: () => this.#context.name, visits: true,
			trackers: this.#context.trackers([]), wants: MET, parts: new PassingParts(), makePeer: makeDataPeer,
			openStore: (layout) => Promise.resolve(ok(new UnkeptStore(layout.groups, 'full'))),
			host: {
				described: () => undefined, changed: () => undefined, equivocated: () => undefined,
				storeFailed: () => undefined, // nothing is to be kept
			},
		});
	}
}

function posterOf(
	{ descriptor, body }: PicturedFilm,
): { readonly number: number; readonly bytes: number; readonly type: string } | undefined {
	const number = body.attachments.findIndex(({ kind }) => kind === 'poster');
	const [entry, type] = [descriptor.attachments[number], body.attachments[number]?.type ?? ''];
	if (!entry || entry.contentBytes > MAX_POSTER_BYTES || !/^image\/(webp|jpeg|png)$/.test(type)) return undefined;
	return { number, bytes: entry.contentBytes, type };
}

/** Parts of a picture until it is whole. */
class PassingParts implements PartStore {
	readonly #parts = new Map<string, Bytes>();

	get(name: StoredPartName): Promise<Bytes | undefined> { return Promise.resolve(this.#parts.get(keyOf(name))); }

	put(name: StoredPartName, bytes: Bytes): Promise<boolean> {
		this.#parts.set(keyOf(name), bytes);
		return Promise.resolve(true);
	}
}

function keyOf({ attachment, since, of, part }: StoredPartName): string { return [attachment, since, of, part].join(); }
