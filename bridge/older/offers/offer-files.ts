/** Films that older peers offered, on disk: a directory each, under its id there. What is not whole is a draft. */
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { fileNameOf } from '../../http/film-headers.ts';
import { syncDirectory } from '../../store/disk-file.ts';
import { VIDEO_ID } from '../video-id.ts';

/** A film that is whole. */
export interface OfferFile { readonly videoId: string; readonly path: string; readonly bytes: number }

/** Of one process. */
export class OfferFiles {
	/** What former runs fetched, offered longest ago first. */
	readonly found: readonly OfferFile[];
	readonly #films: string;
	readonly #drafts: string;

	private constructor(directory: string, found: readonly OfferFile[]) {
		this.#films = join(directory, 'films');
		this.#drafts = join(directory, 'drafts');
		this.found = found;
	}

	/** @throws what the system throws when the directory cannot be used */
	static async open(directory: string): Promise<OfferFiles> {
		const [films, drafts] = [join(directory, 'films'), join(directory, 'drafts')];
		await rm(drafts, { recursive: true, force: true });
		for (const each of [films, drafts]) await mkdir(each, { recursive: true });
		return new OfferFiles(directory, await filmsIn(films));
	}

	/** Where a film is fetched to. */
	draftOf(videoId: string): string { return join(this.#drafts, videoId); }

	/** The draft is whole: it gets the name that its peer calls it, as far as that does no harm. */
	async keep(videoId: string, name: string): Promise<string> {
		const directory = join(this.#films, videoId);
		const path = join(directory, harmlessName(name));
		await mkdir(directory, { recursive: true });
		await rename(this.draftOf(videoId), path);
		await syncDirectory(directory);
		return path;
	}

	/** It is offered now. */
	async touch(videoId: string): Promise<void> {
		const now = Date.now() / 1000;
		await utimes(join(this.#films, videoId), now, now).catch(() => undefined); // remembered by this process at least
	}

	/** Deletes a film and its draft. */
	async remove(videoId: string): Promise<void> {
		for (const each of [this.#films, this.#drafts]) await rm(join(each, videoId), { recursive: true, force: true });
	}
}

/** A file's name, whatever a stranger calls the film. */
export function harmlessName(name: string): string {
	const last = name.split(/[\\/]/).at(-1) ?? '';
	const [, title = last, ending = ''] = /^(.*)\.(mp4|m4v|mov)$/is.exec(last) ?? [];
	return fileNameOf({ title, type: ending.toLowerCase() === 'mov' ? 'video/quicktime' : 'video/mp4' });
}

async function filmsIn(directory: string): Promise<readonly OfferFile[]> {
	const found: (OfferFile & { readonly at: number })[] = [];
	for (const videoId of (await readdir(directory)).filter((name) => VIDEO_ID.test(name))) {
		const [name] = await readdir(join(directory, videoId));
		if (name === undefined) continue;
		const path = join(directory, videoId, name);
		const { size: bytes } = await stat(path);
		found.push({ videoId, path, bytes, at: (await stat(join(directory, videoId))).mtimeMs });
	}
	return found.sort((one, other) => one.at - other.at);
}
