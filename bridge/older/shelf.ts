/** Films as the older systems name them: by file name, and by a hash of their beginning. */
import type { Film, FilmOutcome, FilmWords } from '../film.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import { fileNameOf } from '../http/film-headers.ts';
import type { VideoIds } from './video-ids.ts';

/** Where films come from. */
export interface OlderLibrary {
	/** That anybody may have, in an order that stays, the newest last. */
	films(): readonly FilmWords[];
	/** One of them, to be read. */
	find(id: ShareId): Promise<FilmOutcome>;
	/** Somebody is being sent the film, until the return value is called. */
	use(id: ShareId): () => void;
}

/** A film under a name of its own. */
export interface NamedFilm extends FilmWords { readonly fileName: string }

/** One whose id there is known. */
export interface OlderFilm extends NamedFilm { readonly videoId: string }

/** What is to be had. */
export class OlderShelf {
	readonly ids: VideoIds;
	readonly #library: OlderLibrary;

	constructor(library: OlderLibrary, ids: VideoIds) {
		this.#library = library;
		this.ids = ids;
	}

	/** The films whose beginning was seen, the newest first. */
	async all(): Promise<readonly OlderFilm[]> {
		const films = this.#named();
		const ids = await this.ids.of(films.map(({ id }) => id));
		return films.flatMap((film, k) => {
			const videoId = ids[k];
			return videoId === undefined ? [] : [{ ...film, videoId }];
		});
	}

	byFileName(name: string): NamedFilm | undefined { return this.#named().find(({ fileName }) => fileName === name); }

	async byVideoId(id: unknown): Promise<OlderFilm | undefined> {
		return (await this.all()).find(({ videoId }) => videoId === id);
	}

	/** To be read, and in use until `release`; undefined: nobody who has it is there. */
	async open({ id }: FilmWords): Promise<{ readonly film: Film; readonly release: () => void } | undefined> {
		const outcome = await this.#library.find(id);
		return outcome.state === 'here' ? { film: outcome.film, release: this.#library.use(id) } : undefined;
	}

	/** Of two of one name the later one is called otherwise. */
	#named(): readonly NamedFilm[] {
		const taken = new Set<string>();
		return this.#library.films().map((film) => ({ ...film, fileName: freeName(fileNameOf(film), taken) })).toReversed();
	}
}

function freeName(name: string, taken: Set<string>): string {
	const [, stem = name, ending = ''] = /^(.*?)(\.\w+)?$/s.exec(name) ?? [];
	let free = name;
	for (let n = 2; taken.has(free); n++) free = `${stem} (${n})${ending}`;
	taken.add(free);
	return free;
}
