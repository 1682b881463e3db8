/** The index of a share that has none yet: built here, in a worker, from the film's own container. */
import type { Bytes } from '../../shared/base/bytes.ts';
import { fail, ok, type Result } from '../../shared/base/result.ts';
import type { IndexFault } from '../../shared/media/index-builder.ts';
import type { MediaReader } from '../../shared/ports/media-reader.ts';
import type { IndexOrder, IndexResult } from './container-index.worker.ts';
import type { IndexSource } from './playback.ts';
import { serveReads } from './port-reader.ts';
import { wasRunning } from './worker-fault.ts';

/** Reads the container's index through a share's reader, once, when first asked. */
export class ContainerIndex implements IndexSource {
	readonly #reader: MediaReader;
	#built: Promise<IndexResult> | undefined;
	#stop: () => void = () => {};

	constructor(reader: MediaReader) { this.#reader = reader; }

	async header(): Promise<Result<Bytes, IndexFault>> {
		const built = await this.#build();
		return built.ok ? ok(built.value.header) : built;
	}

	async pages(from: number, to: number): Promise<Result<Bytes, IndexFault>> {
		const built = await this.#build();
		return built.ok ? ok(built.value.pages.slice(from, to)) : built;
	}

	/** Stops building: what waits for it fails as `closed`. Idempotent. */
	close(): void { this.#stop(); }

	#build(): Promise<IndexResult> {
		this.#built ??= new Promise((settle) => {
			const worker = new Worker(new URL('./container-index.worker.ts', import.meta.url), { type: 'module' });
			const { port1, port2 } = new MessageChannel();
			const stopServing = serveReads(port1, this.#reader);
			const finish = (result: IndexResult) => {
				stopServing();
				worker.terminate();
				settle(result);
			};
			this.#stop = () => finish(fail('closed'));
			worker.onmessage = ({ data }: MessageEvent<IndexResult>) => finish(data);
			worker.onerror = (event) => finish(fail(wasRunning(event) ? 'damaged' : 'closed'));
			worker.postMessage({ size: this.#reader.size, port: port2 } satisfies IndexOrder, [port2]);
		});
		return this.#built;
	}
}
