/** Before the stories: the product is built once, and the films are made, so that no story waits for either. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { film } from './films/make-films.ts';
import { RECIPES, type FilmName } from './films/recipes.ts';

/** Playwright calls it once. */
async function prepare(): Promise<void> {
	const built = spawnSync(process.execPath, [join(import.meta.dirname, '../cli/build.mjs')], { stdio: 'inherit' });
	if (built.status !== 0) throw new Error('the build failed');
	for (const name of Object.keys(RECIPES)) await film(name as FilmName);
}

export default prepare;
