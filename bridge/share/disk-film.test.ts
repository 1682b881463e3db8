import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { nodeCrypto } from '../../node/node-crypto.ts';
import { GROUP_BYTES, HASH_BYTES } from '../../shared/protocol/limits.ts';
import { groupRoot } from '../../shared/protocol/merkle.ts';
import { someBytes } from '../../shared/testkit/test-crypto.ts';
import { temporaryFolder } from '../store/testkit/temporary.ts';
import { DiskFilm, DiskFilmSource } from './disk-film.ts';

const KEY = someBytes(32);
const BYTES = someBytes(2 * GROUP_BYTES + 9000);

async function opened(): Promise<{ readonly path: string; readonly film: DiskFilm; readonly source: DiskFilmSource }> {
	const path = join(temporaryFolder(), 'film.mp4');
	writeFileSync(path, BYTES);
	const film = await DiskFilm.open(path);
	if (!film.ok) throw new Error(film.error);
	onTestFinished(() => film.value.close());
	return { path, film: film.value, source: new DiskFilmSource(film.value, nodeCrypto, KEY) };
}

test('a group comes encrypted at its place in the film, with a leaf for each chunk', async () => {
	const { source } = await opened();
	const last = await source.loadGroup(2);
	if (!last.ok) throw new Error(last.error);
	expect(last.value.bytes.length).toBe(9000);
	expect(last.value.leaves.length).toBe(2 * HASH_BYTES);
	expect(await nodeCrypto.cipher(KEY, 2 * GROUP_BYTES, last.value.bytes)).toEqual(BYTES.slice(2 * GROUP_BYTES));
});

test('sealing tells all roots in order, from where a former pass ended, and lets those who wait go first', async () => {
	const { source } = await opened();
	const order: string[] = [];
	const sealed = source.seal(1, (group, root) => {
		order.push(`root ${group}: ${root.length}`);
		return Promise.resolve('go-on');
	});
	const loaded = source.loadGroup(0).then((group) => {
		order.push('load 0');
		return group.ok && groupRoot(group.value.leaves, nodeCrypto.sha256Now).length;
	});
	expect([await loaded, await sealed]).toEqual([32, { ok: true, value: undefined }]);
	expect(order.filter((each) => each !== 'load 0')).toEqual(['root 1: 32', 'root 2: 32']);
	expect(order.indexOf('load 0')).toBeLessThan(order.indexOf('root 2: 32'));
});

test('a file that is written to while it is open is changed, and sealing says so', async () => {
	const { path, film, source } = await opened();
	appendFileSync(path, 'more');
	expect(await source.loadGroup(0)).toEqual({ ok: false, error: 'changed' });
	expect(await source.seal(0, () => Promise.resolve('go-on'))).toEqual({ ok: false, error: 'changed' });
	expect(await film.reader.read(0, 10, 0).bytes).toEqual({ ok: false, error: 'changed' });
});

test('a closed film gives nothing more', async () => {
	const { film, source } = await opened();
	await film.close();
	await film.close();
	expect(await source.loadGroup(0)).toEqual({ ok: false, error: 'gone' });
});

test('what is no file is told apart', async () => {
	const folder = temporaryFolder();
	mkdirSync(join(folder, 'films'));
	expect(await DiskFilm.open(join(folder, 'films'))).toEqual({ ok: false, error: 'not-a-file' });
	expect(await DiskFilm.open(join(folder, 'nothing.mp4'))).toEqual({ ok: false, error: 'gone' });
	rmSync(join(folder, 'films'), { recursive: true });
});
