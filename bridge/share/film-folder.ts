/**
 * A folder that is shared: looked at again and again, so that it works on every kind of disk. A film is found once
 * nobody has written to it between two looks.
 */
import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { SECOND, type Ms } from '../../shared/base/units.ts';
import type { Clock } from '../../shared/ports/clock.ts';

/** Between two looks. */
const LOOK_MS: Ms = 2 * SECOND;

/** Files that are films, as far as a name tells. */
const ENDINGS = new Set(['.mp4', '.m4v', '.mov']);

/** What tells that a file was written to. */
export interface Seen { readonly size: number; readonly modifiedMs: number }

/** Films by path. */
export type Listing = ReadonlyMap<string, Seen>;

/** What happens to films of a folder. A film that was altered is lost, and found once it is at rest. */
export interface FolderEvents {
	found(path: string): void;
	lost(path: string): void;
	/** The folder cannot be looked into, or can again. */
	readable(isReadable: boolean): void;
}

/** What became of a folder since the last look. `shared`: films that were told as found. */
export function changesOf(shared: Listing, before: Listing, now: Listing): Record<'found' | 'lost', readonly string[]> {
	const lost = [...shared].filter(([path, seen]) => !isSame(seen, now.get(path)));
	const found = [...now].filter(([path, seen]) => !shared.has(path) && isSame(seen, before.get(path)));
	return { found: found.map(([path]) => path), lost: lost.map(([path]) => path) };
}

/** From when it is made until it is closed. */
export class FilmFolder {
	readonly #path: string;
	readonly #clock: Clock;
	readonly #events: FolderEvents;
	readonly #shared = new Map<string, Seen>();
	#before: Listing = new Map();
	#isReadable = true;
	#isClosed = false;
	#cancel: () => void = () => {};

	constructor(path: string, clock: Clock, events: FolderEvents) {
		this.#path = path;
		this.#clock = clock;
		this.#events = events;
		void this.#look();
	}

	close(): void {
		this.#isClosed = true;
		this.#cancel();
	}

	async #look(): Promise<void> {
		const listing = await listFilms(this.#path);
		if (this.#isClosed) return;
		if (this.#isReadable !== (listing !== undefined)) this.#events.readable(listing !== undefined);
		this.#isReadable = listing !== undefined;
		const now = listing ?? new Map<string, Seen>();
		const { found, lost } = changesOf(this.#shared, this.#before, now);
		for (const path of lost) {
			this.#shared.delete(path);
			this.#events.lost(path);
		}
		for (const path of found) {
			const seen = now.get(path);
			if (seen) this.#shared.set(path, seen);
			this.#events.found(path);
		}
		this.#before = now;
		this.#cancel = this.#clock.after(LOOK_MS, () => void this.#look());
	}
}

/** Films in and under a folder; undefined when it cannot be read. Hidden files and links are left out. */
export async function listFilms(folder: string): Promise<Listing | undefined> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => undefined);
	if (!entries) return undefined;
	const films = new Map<string, Seen>();
	for (const entry of entries) {
		const path = join(entry.parentPath, entry.name);
		const isHidden = path.slice(folder.length).split(/[\\/]/).some((name) => name.startsWith('.'));
		if (isHidden || !entry.isFile() || !ENDINGS.has(extname(entry.name).toLowerCase())) continue;
		const found = await stat(path).catch(() => undefined);
		if (found && found.size > 0) films.set(path, { size: found.size, modifiedMs: found.mtimeMs });
	}
	return films;
}

function isSame(one: Seen, other: Seen | undefined): boolean {
	return one.size === other?.size && one.modifiedMs === other.modifiedMs;
}
