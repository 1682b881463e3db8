/**
 * The films that tests play, made by ffmpeg when first asked for and kept in `.films/` under a hash of the recipes.
 * Pictures carry their number (`frame-number.ts`); 24 frames a second unless said otherwise.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RECIPES, type FilmName, type Recipe } from './recipes.ts';

const FOLDER = join(import.meta.dirname, '../../.films');

const underWay = new Map<FilmName, Promise<string>>();

/** The path of a film, made if it is not there yet. Several processes may ask at once. */
export function film(name: FilmName): Promise<string> {
	const known = underWay.get(name) ?? make(name);
	underWay.set(name, known);
	return known;
}

async function make(name: FilmName): Promise<string> {
	const recipe: Recipe = RECIPES[name];
	const inputs: string[] = [];
	for (const input of recipe.from ?? []) inputs.push(await film(input as FilmName));
	const path = join(FOLDER, `${name}-${await fingerprint()}.${recipe.ending}`);
	if (existsSync(path)) return path;
	await mkdir(FOLDER, { recursive: true });
	// A name of our own, so that a test process never sees half a film of another.
	const draft = join(FOLDER, `draft-${process.pid}-${name}.${recipe.ending}`);
	await recipe.make(draft, inputs);
	await rename(draft, path);
	await rm(draft, { force: true });
	return path;
}

/** Of all that makes films: a change anywhere makes all of them anew, which takes less than a minute. */
async function fingerprint(): Promise<string> {
	const hash = createHash('sha256');
	for (const source of ['recipes.ts', 'frame-number.ts', 'spread-out.ts']) {
		hash.update(await readFile(join(import.meta.dirname, source)));
	}
	return hash.digest('hex').slice(0, 8);
}
