/** The main job: a film dropped into one page plays in another, from browser to browser. */
import { expect } from '@playwright/test';
import { film } from './films/make-films.ts';
import { test } from './fixtures.ts';

test('a second browser watches what the first one dropped', async ({ person }) => {
	const sharer = await person();
	const link = await sharer.share(await film('ten-seconds'));
	expect(link).toMatch(/^http:\/\/localhost:\d+\/w\/[\w-]{22}#[\w-]{43}$/);
	const viewer = await person();
	await viewer.watch(link);
	await expect.poll(() => viewer.seconds(), { timeout: 20_000 }).toBeGreaterThan(2);
	await expect.poll(() => viewer.held()).toBe(1);
	await expect(viewer.page.getByTestId('peer-count')).toHaveText(/^1\b/);
});
