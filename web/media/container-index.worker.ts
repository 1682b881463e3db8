/** Builds the index of a film that the page reads for it, and ends. */
import { buildIndex, type BuiltIndex, type IndexFault } from '../../shared/media/index-builder.ts';
import { ok, type Result } from '../../shared/base/result.ts';
import { PortReader } from './port-reader.ts';

/** What the page sends. */
export interface IndexOrder { readonly size: number; readonly port: MessagePort }

/** What it gets. */
export type IndexResult = Result<Pick<BuiltIndex, 'header' | 'pages'>, IndexFault>;

globalThis.onmessage = async ({ data }: MessageEvent<IndexOrder>) => {
	const reader = new PortReader(data.port, data.size);
	reader.start();
	const built = await buildIndex(reader);
	const result: IndexResult = built.ok ? ok({ header: built.value.header, pages: built.value.pages }) : built;
	globalThis.postMessage(result);
};
