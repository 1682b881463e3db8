/** Films as the older systems name them: by file name, and by a hash of their beginning. */
import { createHash } from 'node:crypto';
import { SECOND, type Ms } from '../../shared/base/units.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import type { Film } from '../film.ts';
import { fileNameOf } from '../http/film-headers.ts';
import { HASHED_BYTES, videoIdOf } from './video-id.ts';

/** A film whose beginning has not come by then is left out this time. */
const PATIENCE: Ms = 2 * SECOND;

/** A film under their names. `videoId`: the first 16 hex digits of the MD5 of its first mebibyte. */
export interface OlderFilm { readonly film: Film; readonly fileName: string; readonly videoId: string }

/** What is to be had. */
export class OlderShelf {
	readonly #films: () => Promise<readonly Film[]>;
	readonly #clock: Clock;
	readonly #ids = new Map<ShareId, Promise<string | undefined>>();
	/** All ids that there ever were: what a program got from us is no film of its own. */
	readonly #known = new Set<string>();

	/** @param films - that anybody may have, in an order that stays */
	constructor(films: () => Promise<readonly Film[]>, clock: Clock) {
		this.#films = films;
		this.#clock = clock;
	}

	/** All films whose beginning is here. Of two of one name the second is called otherwise. */
	async all(): Promise<readonly OlderFilm[]> {
		const films = await this.#films();
		const ids = await Promise.all(films.map((film) => this.#idOf(film)));
		const taken = new Set<string>();
		return films.flatMap((film, k) => {
			const videoId = ids[k];
			const fileName = freeName(fileNameOf(film), taken);
			return videoId === undefined ? [] : [{ film, fileName, videoId }];
		});
	}

	/** Whether such a film is, or was, to be had here. */
	knows(videoId: string): boolean { return this.#known.has(videoId); }

	async byFileName(name: string): Promise<OlderFilm | undefined> {
		return (await this.all()).find(({ fileName }) => fileName === name);
	}

	async byVideoId(id: unknown): Promise<OlderFilm | undefined> {
		return (await this.all()).find(({ videoId }) => videoId === id);
	}

	#idOf(film: Film): Promise<string | undefined> {
		let id = this.#ids.get(film.id);
		if (!id) {
			id = hashBeginning(film);
			this.#ids.set(film.id, id);
			void id.then((found) => {
				if (found === undefined) this.#ids.delete(film.id);
				else this.#known.add(found);
			});
		}
		const late = new Promise<undefined>((resolve) => { this.#clock.after(PATIENCE, () => resolve(undefined)); });
		return Promise.race([id, late]);
	}
}

async function hashBeginning({ reader }: Film): Promise<string | undefined> {
	const read = await reader.read(0, Math.min(HASHED_BYTES, reader.size), PATIENCE).bytes;
	return read.ok ? videoIdOf(createHash('md5').update(read.value)) : undefined;
}

function freeName(name: string, taken: Set<string>): string {
	const [, stem = name, ending = ''] = /^(.*?)(\.\w+)?$/s.exec(name) ?? [];
	let free = name;
	for (let n = 2; taken.has(free); n++) free = `${stem} (${n})${ending}`;
	taken.add(free);
	return free;
}
