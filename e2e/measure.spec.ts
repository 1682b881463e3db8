/** The page that measures a browser by the parts that films go through. */
import { expect } from '@playwright/test';
import { test } from './fixtures.ts';

test('a browser measures itself, in words, and leaves nothing behind', async ({ person, server }) => {
	const { page, context } = await person();
	await context.grantPermissions(['clipboard-read', 'clipboard-write']);
	await page.goto(server.url);
	await page.getByRole('button', { name: 'Settings' }).click();
	await page.getByRole('button', { name: 'Measure this browser' }).click();
	await expect(page).toHaveURL(/\/bench$/);
	await page.reload();
	await page.getByRole('button', { name: 'Measure' }).click();
	await expect(page.getByRole('status').getByText(/^Your browser can pass on .* 5 Mbit\/s/)).toBeVisible();
	const figures = await page.locator('dd').allTextContents();
	expect(figures).toHaveLength(6);
	for (const figure of figures) expect(figure.trim()).toMatch(/^(?!0 )[\d.]+ [kMG]B\/s$/);
	await page.getByRole('button', { name: 'Copy as text' }).click();
	await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
	expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^Checking: .*\n(.*\n)+Mozilla/);
	await page.getByRole('button', { name: 'Settings' }).click();
	await expect(page.getByRole('heading', { name: 'Films kept here: none' })).toBeVisible();
});
