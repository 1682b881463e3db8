/** The public catalogue: who lists a film, who finds it, and what taking it back does. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, type Page } from '@playwright/test';
import { film } from './films/make-films.ts';
import { test } from './fixtures.ts';

const listLabel = (page: Page) => page.getByText('List publicly', { exact: true });
const listSwitch = (page: Page) => page.getByRole('switch', { name: 'List publicly' });
const entries = (page: Page) => page.getByRole('list', { name: 'Listed films' }).getByRole('article');

test('a film is listed, found with its poster, watched, and taken back from every open catalogue and from the bridge', async ({ person, server }) => {
	const [sharer, guest] = [await person(), await person()];
	await guest.page.goto(`${server.url}/catalogue`);
	await expect(guest.page.getByText('No films yet')).toBeVisible();
	const link = await sharer.share(await film('ten-seconds'));
	const id = /\/w\/([\w-]{22})/.exec(link)?.[1] ?? '';
	const [, bridge = ''] = /Films for players\s+(http:\S+\/)watch/.exec(server.output) ?? [];
	expect((await fetch(`${bridge}download/${id}`)).status).toBe(404);

	await listLabel(sharer.page).click();
	const entry = entries(guest.page);
	await expect(entry).toHaveCount(1);
	await expect(entry.getByRole('heading').getByRole('link')).toHaveAttribute('href', link);
	await expect(entry).toContainText(/0:10[^]*MB|kB/);
	await expect(entry).toContainText('1 person online');
	await expect(entry.locator('img')).toHaveAttribute('src', /^blob:/);
	await expect(sharer.page.getByText(/finds the film in the catalogue and can watch it/)).toBeVisible();
	const answer = await fetch(`${bridge}download/${id}`);
	expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'video/mp4']);
	expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(100_000);

	await entry.getByRole('heading').getByRole('link').click();
	await expect.poll(() => guest.seconds()).toBeGreaterThan(0.5);
	await guest.page.goBack();
	await expect(entries(guest.page)).toHaveCount(1);

	await listLabel(sharer.page).click();
	await expect(entries(guest.page)).toHaveCount(0);
	await expect(guest.page.getByText('No films yet')).toBeVisible();
	await expect.poll(async () => (await fetch(`${bridge}watch/${id}`)).status).toBe(404);
});

/** What stock aria2 makes of a torrent: the one file it saves. */
async function downloaded(torrentUrl: string): Promise<Buffer> {
	const folder = await mkdtemp(join(tmpdir(), 'streamlet-aria2-'));
	try {
		const options = ['--no-conf', '--seed-time=0', '--enable-dht=false', '--enable-dht6=false', '--bt-enable-lpd=false', '--stop=60'];
		await promisify(execFile)(process.env['ARIA2C'] ?? 'aria2c', [...options, '--dir', folder, torrentUrl]);
		const [name = ''] = (await readdir(folder)).filter((each) => !each.endsWith('.torrent'));
		return await readFile(join(folder, name));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

test('a BitTorrent program downloads a listed film by its torrent', async ({ person, server }) => {
	const sharer = await person();
	const path = await film('ten-seconds');
	await sharer.share(path);
	await listLabel(sharer.page).click();
	await sharer.page.getByRole('link', { name: 'Catalogue' }).click();
	const torrent = entries(sharer.page).getByRole('link', { name: /for BitTorrent programs$/ });
	await expect(torrent).toHaveAttribute('href', /\/torrent\/[\w-]{22}\.torrent$/);
	const url = await torrent.getAttribute('href') ?? '';
	await expect.poll(async () => (await fetch(url)).status).toBe(200);
	expect((await downloaded(url)).equals(await readFile(path))).toBe(true);
	expect(server.output).not.toContain('Error');
});

test('the list survives reloads and a new start of the tracker, in its order; one\'s own film is marked; a stopped one goes', async ({ person, server }) => {
	const [sharer, guest] = [await person(), await person()];
	await sharer.share(await film('ten-seconds'));
	await listLabel(sharer.page).click();
	await expect(sharer.page.getByText(/finds the film in the catalogue and can watch it/)).toBeVisible();
	await sharer.page.locator('input[type=file]').setInputFiles([await film('minute-720p')]);
	await expect(listSwitch(sharer.page)).toHaveCount(2);
	await listLabel(sharer.page).first().click();
	await guest.page.goto(`${server.url}/catalogue`);
	const titles = async () => (await entries(guest.page).getByRole('heading').allTextContents()).map((title) => title.replace(/-\w{8}$/, ''));
	await expect.poll(titles).toEqual(['minute-720p', 'ten-seconds']);
	await server.kill();
	await expect(guest.page.getByRole('complementary', { name: 'Tracker' })).toBeVisible();
	expect(await titles()).toEqual(['minute-720p', 'ten-seconds']);
	await server.restart();
	for (let round = 0; round < 3; round++) {
		await guest.page.reload();
		await expect.poll(titles).toEqual(['minute-720p', 'ten-seconds']);
	}

	sharer.page.on('dialog', (dialog) => void dialog.accept());
	await sharer.page.reload();
	await expect(listSwitch(sharer.page).first()).toBeChecked();
	await expect(listSwitch(sharer.page).last()).toBeChecked();
	await sharer.page.getByRole('link', { name: 'Catalogue' }).click();
	await expect(entries(sharer.page).first()).toContainText('you');
	await expect(entries(guest.page).first()).not.toContainText('you');
	await sharer.page.goBack();
	await sharer.page.getByRole('button', { name: 'Stop sharing' }).first().click();
	await sharer.page.getByRole('button', { name: 'Stop sharing' }).first().click();
	await expect.poll(titles).toEqual(['ten-seconds']);
});
