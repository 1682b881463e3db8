/** A crash costs nothing that had arrived: a browser is killed twenty times while it watches one film. */
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { untilTestEnds } from '../bench/until-test-ends.ts';
import { crashAgainAndAgain, snapshotOf } from '../crashes.ts';
import { film } from '../films/make-films.ts';
import { Profile } from '../persistent.ts';
import { ServerProcess } from '../server-process.ts';

const KILLS = 20;
const MIB = 2 ** 20;
/** `SEED=7 npm run prove -- crash` tries other moments. */
const SEED = Number(process.env['SEED'] ?? 1);

/**
 * What a crash may cost, on average: the groups being fetched, which go to disk once they are whole or two seconds old.
 */
const MOST_LOST = 4 * MIB;

test(`killed ${KILLS} times, a viewer goes on from disk, and nearly nothing comes twice`, async () => {
	const server = await untilTestEnds(ServerProcess.start());
	const profile = await untilTestEnds(Profile.make());
	const sharing = await untilTestEnds(chromium.launch({
		executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'],
	}));
	const sharer = await sharing.newPage();
	await sharer.goto(server.url);
	await sharer.locator('input[type=file]').setInputFiles(await film('ten-minutes'));
	const link = await sharer.getByTestId('share-link').first().inputValue();

	const { lives, page } = await crashAgainAndAgain(profile, link, { kills: KILLS, seed: SEED });
	await expect.poll(async () => (await snapshotOf(page)).chunks.held, { timeout: 120_000, interval: 200 })
		.toBe((await snapshotOf(page)).chunks.total);
	const [seen, given] = [await snapshotOf(page), (await snapshotOf(sharer)).bytes.uploaded];

	const lost = lives.map((life) => Math.max(0, life.heldBefore - life.heldAfter));
	print(lives.map((life, k) => `kill ${k + 1}: ${mib(life.heldBefore)} held, ${mib(lost[k] ?? 0)} lost, `
		+ `plays after ${Math.round(life.playsAfterMs)} ms`).join('\n'));
	print(`seed ${SEED}: a film of ${mib(seen.size)}; the sharer sent ${mib(given)}, ${mib(given - seen.size)} of it twice`);
	expect(lost.reduce((sum, bytes) => sum + bytes, 0), `seed ${SEED}`).toBeLessThanOrEqual(KILLS * MOST_LOST);
	expect(given - seen.size, `seed ${SEED}`).toBeLessThanOrEqual(KILLS * MOST_LOST);
	expect([...lives.map((life) => life.rejected), seen.chunks.rejected]).toEqual(Array(KILLS + 1).fill(0));
});

function print(text: string): void { process.stdout.write(`${text}\n`); }

function mib(bytes: number): string { return `${(bytes / MIB).toFixed(1)} MiB`; }
