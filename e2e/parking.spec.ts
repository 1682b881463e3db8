/** A film stays online without its sharer: a bridge keeps ciphertext for a while. */
import { expect } from '@playwright/test';
import { film } from './films/make-films.ts';
import { test } from './fixtures.ts';

test('a parked film is watched after its sharer has gone and the server was started anew, and can be taken back', async ({ person, server }) => {
	const sharer = await person();
	const link = await sharer.share(await film('ten-seconds'));
	const wish = sharer.page.getByRole('switch', { name: 'Keep it online when I close' });
	await sharer.page.getByLabel('For how long').selectOption('for 3 days');
	await wish.check();
	await expect(sharer.page.getByText(/^Parked until/)).toBeVisible();
	await expect(sharer.page.getByText(/safe to close/i)).toBeVisible();
	await sharer.page.goto('about:blank');
	await server.kill();
	await server.restart();

	const viewer = await person();
	await viewer.watch(link);
	await expect.poll(() => viewer.seconds()).toBeGreaterThan(1);
	expect((await viewer.snapshot()).peers.map(({ name }) => name)).toEqual(['Bridge']);

	// The page remembers, before it has the file again.
	await sharer.page.goto(server.url);
	await expect(wish).toBeChecked();
	await wish.uncheck();
	await expect(sharer.page.getByText(/keeps an encrypted copy/)).toBeVisible();
	await expect(wish).not.toBeChecked();
	await expect.poll(async () => (await viewer.snapshot()).peers.length).toBe(0);
});

test.describe('a bridge with little room', () => {
	test.use({ serverEnv: { BRIDGE_PARK_GB: '0.01' } });

	test('says that a film is too large for it, and that it is full until another is taken back', async ({ person }) => {
		const sharer = await person();
		await sharer.share(await film('minute-720p'), await film('ten-seconds'), await film('no-audio'));
		const card = (name: string) => sharer.page.getByRole('article', { name });
		const wish = (name: string) => card(name).getByRole('switch', { name: 'Keep it online' });
		await expect(card('minute-720p').getByText('larger than what the bridge keeps: 5.2 MB at most')).toBeVisible();
		await expect(wish('minute-720p')).toBeDisabled();
		await wish('ten-seconds').check();
		await expect(card('ten-seconds').getByText(/^Parked until/)).toBeVisible();
		await wish('no-audio').click();
		await expect(card('no-audio').getByText('no room for this film now')).toBeVisible();
		await expect(wish('no-audio')).not.toBeChecked();
		await wish('ten-seconds').uncheck();
		await expect(card('ten-seconds').getByText(/keeps an encrypted copy/)).toBeVisible();
		await wish('no-audio').check();
		await expect(card('no-audio').getByText(/^Parked until/)).toBeVisible();
	});
});
