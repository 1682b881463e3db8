/** A sharer who looks at something else meanwhile. */
import { expect } from '@playwright/test';
import { film } from './films/make-films.ts';
import { test } from './fixtures.ts';
import { TabbedSharer } from './hidden-tab.ts';

test('a film comes whole from a tab that is hidden and whose timers the browser has slowed down', async ({ person, server }) => {
	const sharer = await TabbedSharer.share(server.url, await film('minute-720p'));
	try {
		await sharer.prepared();
		await sharer.hide();
		await expect.poll(async () => (await sharer.look()).visibility).toBe('hidden');
		const [before, began] = [await sharer.look(), performance.now()];
		const viewer = await person();
		await viewer.watch(sharer.link);
		await expect.poll(() => viewer.held(), { timeout: 120_000 }).toBe(1);
		const [after, seconds] = [await sharer.look(), (performance.now() - began) / 1000];
		expect(after.visibility).toBe('hidden');
		// A visible tab's timer fires up to 100 times a second.
		expect(after.ticks - before.ticks).toBeLessThan(10 * seconds);
		expect(after.uploaded).toBeGreaterThan(before.uploaded);
	} finally {
		await sharer.close();
	}
});
