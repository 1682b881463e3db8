/** A link whose people have all left, and somebody who still has the file. */
import { copyFile, open } from 'node:fs/promises';
import { expect } from '@playwright/test';
import { film } from './films/make-films.ts';
import { test } from './fixtures.ts';
import type { Person } from './person.ts';

/** Shares a film until it is sealed, and leaves for good. */
async function shareAndLeave(sharer: Person, path: string): Promise<string> {
	const link = await sharer.share(path);
	await expect(sharer.page.getByText('Sealing it against changes')).toHaveCount(0, { timeout: 60_000 });
	await sharer.context.close();
	return link;
}

test('whoever drops the same file brings the link back, and others watch it from there', async ({ person }, info) => {
	const path = await film('minute-720p');
	const link = await shareAndLeave(await person(), path);

	const reviver = await person();
	await reviver.watch(link);
	await expect(reviver.page.getByRole('heading', { name: 'Do you have this film?' })).toBeVisible({ timeout: 30_000 });
	const renamed = info.outputPath('found-on-an-old-disk.mp4');
	await copyFile(path, renamed);
	await reviver.page.getByLabel('Choose the file').setInputFiles(renamed);
	await expect(reviver.page.getByRole('heading', { name: 'You give this film' })).toBeVisible({ timeout: 60_000 });
	await expect(reviver.page.getByText('found-on-an-old-disk.mp4')).toBeVisible();
	await expect.poll(() => reviver.plays(), { timeout: 60_000 }).toBe(true);

	const viewer = await person();
	await viewer.watch(link);
	await expect.poll(() => viewer.seconds(), { timeout: 60_000 }).toBeGreaterThan(1);
	await expect.poll(() => viewer.held(), { timeout: 120_000 }).toBe(1);
	expect((await viewer.snapshot()).chunks.rejected).toBe(0);

	await reviver.page.getByRole('button', { name: 'Stop giving it' }).click();
	await expect(reviver.page.getByRole('heading', { name: 'You give this film' })).toHaveCount(0);
	await expect.poll(() => reviver.plays(), { timeout: 60_000 }).toBe(true); // out of the viewer's copy
});

test('another file of the same length is told apart, and gives nobody a byte', async ({ person }, info) => {
	const path = await film('ten-seconds');
	const link = await shareAndLeave(await person(), path);
	const altered = info.outputPath('altered.mp4');
	await copyFile(path, altered);
	const file = await open(altered, 'r+');
	const { size } = await file.stat();
	await file.write(new Uint8Array([1, 2, 3]), 0, 3, size - 100);
	await file.close();

	const reviver = await person();
	await reviver.watch(link);
	await reviver.page.getByLabel('Choose the file').setInputFiles(altered);
	await expect(reviver.page.getByRole('heading', { name: 'That is another file' })).toBeVisible({ timeout: 60_000 });
	await reviver.page.getByLabel('Choose the file').setInputFiles(await film('minute-720p'));
	await expect(reviver.page.getByRole('heading', { name: 'That is another file' })).toBeVisible();
	expect((await reviver.snapshot()).chunks.held).toBe(0);

	await reviver.page.getByLabel('Choose the file').setInputFiles(path);
	await expect(reviver.page.getByRole('heading', { name: 'You give this film' })).toBeVisible({ timeout: 60_000 });
});

test('a file that is altered while it is given is given no longer, and the page says so', async ({ person }, info) => {
	const path = info.outputPath('mine.mp4');
	await copyFile(await film('minute-720p'), path);
	const link = await shareAndLeave(await person(), path);
	const reviver = await person();
	await reviver.watch(link);
	await reviver.page.getByLabel('Choose the file').setInputFiles(path);
	await expect(reviver.page.getByRole('heading', { name: 'You give this film' })).toBeVisible({ timeout: 60_000 });

	const file = await open(path, 'r+');
	const { size } = await file.stat();
	await file.write(new Uint8Array(size - 1000), 0, size - 1000, 500);
	await file.close();
	const viewer = await person();
	await viewer.watch(link);
	await expect(reviver.page.getByText(/others do not get the film from it any more/)).toBeVisible({ timeout: 60_000 });
	expect((await viewer.snapshot()).chunks.rejected).toBe(0);
});
