/** One person at one page, in stories and in proofs. */
import type { BrowserContext, Page } from 'playwright-core';
import type { ContractSnapshot } from '../web/state/contract-snapshot.ts';

/** One person at one page. */
export class Person {
	readonly page: Page;
	readonly context: BrowserContext;
	readonly #url: string;

	constructor(page: Page, context: BrowserContext, url: string) {
		this.page = page;
		this.context = context;
		this.#url = url;
	}

	/** Opens the first page and gives it a file. Settles with the link. */
	async share(...paths: readonly string[]): Promise<string> {
		await this.page.goto(this.#url);
		await this.page.locator('input[type=file]').setInputFiles([...paths]);
		return this.shareLink();
	}

	/** The newest share's link, as soon as there is one. */
	async shareLink(): Promise<string> {
		return this.page.getByTestId('share-link').first().inputValue();
	}

	/** Opens a link. */
	async watch(link: string): Promise<void> { await this.page.goto(link); }

	async snapshot(): Promise<ContractSnapshot> {
		return this.page.evaluate(() => {
			const { streamlet } = globalThis as unknown as { streamlet: { snapshot(): ContractSnapshot } };
			return streamlet.snapshot();
		});
	}

	/** Where the film is. */
	async seconds(): Promise<number> {
		return this.page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime);
	}
	async seek(seconds: number): Promise<void> {
		await this.page.locator('video').evaluate((video: HTMLVideoElement, to) => { video.currentTime = to; }, seconds);
	}
	/** Whether a picture is there and nothing keeps it from going on. */
	async plays(): Promise<boolean> {
		return this.page.locator('video').evaluate(
			(video: HTMLVideoElement) => video.readyState >= 3 && !video.seeking && video.error === null,
		);
	}
	/** Part of the film that is here, verified. */
	async held(): Promise<number> {
		const { chunks } = await this.snapshot();
		return chunks.total === 0 ? 0 : chunks.held / chunks.total;
	}
}
