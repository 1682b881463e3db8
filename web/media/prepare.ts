/** Makes of a dropped file what a share needs beside its bytes: stream index and poster. */
import { fail, type Result } from '../../shared/base/result.ts';
import type { BuiltIndex, IndexFault } from '../../shared/media/index-builder.ts';
import type { PrepareNews } from './prepare.worker.ts';
import type { Poster } from './poster-picture.ts';
import { videoPoster } from './video-poster.ts';
import { wasRunning } from './worker-fault.ts';

/** A preparation under way: the link need not wait for it. */
export interface Preparation {
	/** Header and pages, the attachments, and the film they tell of; or why there are none. */
	readonly index: Promise<Result<BuiltIndex, IndexFault>>;
	/** After the index. Undefined: there is nothing to show. */
	readonly poster: Promise<Poster | undefined>;
	/** Ends it: what is not there yet comes as `cancelled` and undefined. Idempotent. */
	readonly cancel: () => void;
}

/**
 * Starts a worker that reads the file's container and one key frame, and ends. The file is never in memory whole.
 *
 * @param progress - told the part of the file that was looked at, 0 to 1, while the index is being built
 */
export function prepareFilm(file: Blob, progress: (part: number) => void): Preparation {
	const worker = new Worker(new URL('./prepare.worker.ts', import.meta.url), { type: 'module' });
	let cancelIndex: () => void = () => {};
	let cancelPoster: () => void = () => {};
	const index = new Promise<Result<BuiltIndex, IndexFault>>((settle) => {
		cancelIndex = () => settle(fail('cancelled'));
		worker.addEventListener('message', ({ data }: MessageEvent<PrepareNews>) => {
			if (data.type === 'progress') progress(data.part);
			else if (data.type === 'index') settle(data.index);
		});
		// Without a script there is no index: viewers then read the film's own.
		worker.addEventListener('error', (event) => settle(fail(wasRunning(event) ? 'damaged' : 'closed')));
	});
	const fromKeyFrame = new Promise<Poster | undefined>((settle) => {
		cancelPoster = () => settle(undefined);
		worker.addEventListener('message', ({ data }: MessageEvent<PrepareNews>) => {
			if (data.type !== 'poster') return;
			worker.terminate();
			settle(data.poster);
		});
		worker.addEventListener('error', () => settle(undefined));
	});
	worker.postMessage(file);
	const poster = Promise.all([index, fromKeyFrame]).then(([built, found]) => {
		return found ?? (built.ok && hasPictures(built.value) ? videoPoster(file) : undefined);
	});
	const cancel = () => {
		worker.terminate();
		cancelIndex();
		cancelPoster();
	};
	return { index, poster, cancel };
}

function hasPictures({ film }: BuiltIndex): boolean {
	return film.tracks.some(({ kind }) => kind === 'video');
}
