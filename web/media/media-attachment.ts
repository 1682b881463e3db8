/** A MediaSource attached to a media element. */

/** The browser's MediaSource: on iPhones it is called ManagedMediaSource and wants remote playback off. */
export function mediaSourceClass(): typeof MediaSource | undefined {
	const known = globalThis as { MediaSource?: typeof MediaSource; ManagedMediaSource?: typeof MediaSource };
	return known.MediaSource ?? known.ManagedMediaSource;
}

/** Whether this browser plays a MIME type as it arrives. */
export function isTypeTaken(mime: string): boolean { return mediaSourceClass()?.isTypeSupported(mime) ?? false; }

/** One attachment; a broken one is closed and replaced by a new one. */
export class MediaAttachment {
	readonly source: MediaSource;
	readonly #video: HTMLMediaElement;
	#url: string | undefined;

	constructor(video: HTMLMediaElement, Source: typeof MediaSource) {
		this.#video = video;
		this.source = new Source();
	}

	/** Settles once the source takes buffers; false: it never will, being closed. */
	open(): Promise<boolean> {
		if (!('MediaSource' in globalThis)) this.#video.disableRemotePlayback = true;
		return new Promise((settle) => {
			this.source.addEventListener('sourceopen', () => settle(this.#url !== undefined), { once: true });
			this.#url = URL.createObjectURL(this.source);
			this.#video.src = this.#url;
		});
	}

	/** Whether the film can still be appended to. */
	get isOpen(): boolean { return this.#url !== undefined && this.source.readyState === 'open'; }

	/** Lets go of the element. */
	close(): void {
		if (this.#url === undefined) return;
		URL.revokeObjectURL(this.#url);
		this.#url = undefined;
		this.#video.removeAttribute('src');
		this.#video.load();
	}
}
