/** Prepares a film for sharing: index first, poster after. Posts each as it is there; the page then ends it. */
import type { Result } from '../../shared/base/result.ts';
import { buildIndex, type BuiltIndex, type IndexFault } from '../../shared/media/index-builder.ts';
import type { MediaReader } from '../../shared/ports/media-reader.ts';
import { BlobReader } from './blob-reader.ts';
import { FilmTimeline } from './film-timeline.ts';
import { indexOfBytes } from './given-index.ts';
import { keyFramePoster } from './key-frame-poster.ts';
import type { Poster } from './poster-picture.ts';

/** What the page gets. `part`: of the file looked at, 0 to 1. The poster is the last. */
export type PrepareNews =
	| { readonly type: 'progress'; readonly part: number }
	| { readonly type: 'index'; readonly index: Result<BuiltIndex, IndexFault> }
	| { readonly type: 'poster'; readonly poster: Poster | undefined };

globalThis.onmessage = async ({ data: file }: MessageEvent<Blob>) => {
	const reader = new BlobReader(file);
	const index = await buildIndex(reporting(reader));
	post({ type: 'index', index });
	if (!index.ok) return post({ type: 'poster', poster: undefined });
	const { film, header, pages } = index.value;
	const timeline = new FilmTimeline(film, indexOfBytes(header, pages), reader.size);
	post({ type: 'poster', poster: await keyFramePoster(timeline, reader) });
};

function post(news: PrepareNews): void {
	globalThis.postMessage(news);
}

/** A reader that tells the page how far it is. */
function reporting(reader: MediaReader): MediaReader {
	return {
		size: reader.size,
		read: (offset, length, dueInMs) => {
			post({ type: 'progress', part: offset / reader.size });
			return reader.read(offset, length, dueInMs);
		},
	};
}
