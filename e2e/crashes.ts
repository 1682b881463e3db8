/** A viewer whose browser is killed again and again while a film arrives: what each crash cost. */
import type { BrowserContext, Page } from 'playwright-core';
import { randomBelow, seededRng } from '../shared/base/rng.ts';
import { CHUNK_BYTES } from '../shared/protocol/limits.ts';
import type { ContractSnapshot } from '../web/state/contract-snapshot.ts';
import type { Profile } from './persistent.ts';

/** A browser is killed once it has fetched this much since it was started, at most. */
const MOST_BETWEEN_KILLS = 12 * 2 ** 20;

/** One life of the viewer's browser. Bytes held when it was killed, as last seen, and when it was back. */
export interface Life {
	readonly heldBefore: number;
	readonly heldAfter: number;
	/** From opening the link, in a browser that has just started, to a picture that moves. */
	readonly playsAfterMs: number;
	readonly rejected: number;
}

/** Watches until killed, `kills` times, at moments that `seed` decides. The browser is running when this settles. */
export async function crashAgainAndAgain(
	profile: Profile, link: string, { kills, seed }: { readonly kills: number; readonly seed: number },
): Promise<{ readonly lives: readonly Life[]; readonly page: Page }> {
	const rng = seededRng(seed);
	const lives: Life[] = [];
	let { page } = await open(await profile.start(), link);
	for (let kill = 0; kill < kills; kill++) {
		const seen = await fetched(page, randomBelow(rng, MOST_BETWEEN_KILLS));
		await profile.crash();
		const back = await open(await profile.start(), link);
		page = back.page;
		const { chunks } = await snapshotOf(page);
		lives.push({
			heldBefore: seen.chunks.held * CHUNK_BYTES, heldAfter: back.heldAtFirst * CHUNK_BYTES,
			playsAfterMs: back.playsAfterMs, rejected: seen.chunks.rejected + chunks.rejected,
		});
	}
	return { lives, page };
}

/** What the page tells tools. */
export async function snapshotOf(page: Page): Promise<ContractSnapshot> {
	return page.evaluate(() => {
		const { streamlet } = globalThis as unknown as { streamlet: { snapshot(): ContractSnapshot } };
		return streamlet.snapshot();
	});
}

/** Settles once the film plays. `heldAtFirst`: chunks that were there before any came. */
async function open(
	context: BrowserContext, link: string,
): Promise<{ readonly page: Page; readonly heldAtFirst: number; readonly playsAfterMs: number }> {
	const page = await context.newPage();
	const began = performance.now();
	await page.goto(link);
	const heldAtFirst = await page.waitForFunction(() => {
		const { streamlet } = globalThis as unknown as { streamlet?: { snapshot(): ContractSnapshot } };
		const seen = streamlet?.snapshot();
		return seen && seen.chunks.total > 0 ? { chunks: seen.chunks.held - seen.chunks.verified } : undefined;
	}, null, { polling: 'raf' });
	const { chunks } = await heldAtFirst.jsonValue() ?? { chunks: 0 };
	await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.1, null, { polling: 'raf' });
	return { page, heldAtFirst: chunks, playsAfterMs: performance.now() - began };
}

/** Waits until the page has fetched this much, or everything. */
async function fetched(page: Page, bytes: number): Promise<ContractSnapshot> {
	for (;;) {
		const seen = await snapshotOf(page);
		if (seen.bytes.downloaded >= bytes || seen.chunks.held === seen.chunks.total) return seen;
	}
}
