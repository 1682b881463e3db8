import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SECOND } from '../../shared/base/units.ts';
import { ManualClock } from '../../shared/testkit/manual-clock.ts';
import { temporaryFolder } from '../store/testkit/temporary.ts';
import { changesOf, FilmFolder, listFilms } from './film-folder.ts';

const at = (...films: readonly [string, number][]) =>
	new Map(films.map(([path, size]) => [path, { size, modifiedMs: size }]));

test('a film is found when nobody wrote to it between two looks', () => {
	expect(changesOf(at(), at(), at(['a', 1]))).toEqual({ found: [], lost: [] });
	expect(changesOf(at(), at(['a', 1]), at(['a', 2]))).toEqual({ found: [], lost: [] });
	expect(changesOf(at(), at(['a', 2]), at(['a', 2]))).toEqual({ found: ['a'], lost: [] });
});

test('a film that is gone or was written to is lost', () => {
	expect(changesOf(at(['a', 1], ['b', 1], ['c', 1]), at(), at(['a', 1], ['b', 2]))).toEqual({ found: [], lost: ['b', 'c'] });
});

test('only films are listed, wherever in the folder they are', async () => {
	const folder = temporaryFolder();
	mkdirSync(join(folder, 'deep', '.hidden'), { recursive: true });
	for (const name of ['one.mp4', 'deep/two.MOV', 'three.txt', '.four.mp4', 'deep/.hidden/five.mp4']) {
		writeFileSync(join(folder, name), 'film');
	}
	writeFileSync(join(folder, 'empty.mp4'), '');
	symlinkSync(join(folder, 'one.mp4'), join(folder, 'link.mp4'));
	expect([...(await listFilms(folder))!.keys()].sort()).toEqual([join(folder, 'deep/two.MOV'), join(folder, 'one.mp4')]);
	expect(await listFilms(join(folder, 'nowhere'))).toBeUndefined();
});

test('a folder that is looked at tells of films as they come, change and go, and when it vanishes', async () => {
	const [folder, clock, told] = [join(temporaryFolder(), 'films'), new ManualClock(), [] as string[]];
	mkdirSync(folder);
	const watched = new FilmFolder(folder, clock, {
		found: (path) => told.push(`found ${path.slice(folder.length + 1)}`),
		lost: (path) => told.push(`lost ${path.slice(folder.length + 1)}`),
		readable: (isReadable) => told.push(isReadable ? 'back' : 'away'),
	});
	onTestFinished(() => watched.close());
	/** Lets it look once more, and gives what it told. */
	const look = async () => {
		await expect.poll(() => clock.waiting).toBe(1);
		clock.pass(2 * SECOND);
		await expect.poll(() => clock.waiting).toBe(1);
		return told.splice(0);
	};
	expect(await look()).toEqual([]);
	writeFileSync(join(folder, 'a.mp4'), 'film');
	expect([await look(), await look(), await look()]).toEqual([[], ['found a.mp4'], []]);
	appendFileSync(join(folder, 'a.mp4'), ' goes on');
	expect([await look(), await look()]).toEqual([['lost a.mp4'], ['found a.mp4']]);
	renameSync(folder, `${folder}2`);
	expect([await look(), await look()]).toEqual([['away', 'lost a.mp4'], []]);
	renameSync(`${folder}2`, folder);
	expect([await look(), await look()]).toEqual([['back'], ['found a.mp4']]);
	rmSync(join(folder, 'a.mp4'));
	expect(await look()).toEqual(['lost a.mp4']);
});
