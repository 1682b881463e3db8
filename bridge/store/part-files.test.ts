import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { partStoreContract } from '../../shared/testkit/part-store-contract.ts';
import { someBytes } from '../../shared/testkit/test-crypto.ts';
import { nodeCrypto } from '../../node/node-crypto.ts';
import { PartFiles } from './part-files.ts';
import { temporaryFolder } from './testkit/temporary.ts';

const NAME = { attachment: 1, since: 2, of: 'part', part: 3 } as const;
const files = (folder: string) => new PartFiles(join(folder, 'parts'), nodeCrypto.sha256Now);

test('a part comes back, also in the next run, and other names have nothing', async () => {
	const folder = temporaryFolder();
	const parts = files(folder);
	expect(await parts.get(NAME)).toBeUndefined();
	await parts.put(NAME, someBytes(16_384));
	for (const store of [parts, files(folder)]) {
		expect(await store.get(NAME)).toEqual(someBytes(16_384));
		const others = [{ attachment: 0 }, { since: 1 }, { of: 'list' as const }, { part: 33 }];
		for (const other of others) expect(await store.get({ ...NAME, ...other })).toBeUndefined();
	}
});

test('a part is found from the moment it is put, as it was then', async () => {
	const parts = files(temporaryFolder());
	const bytes = someBytes(100);
	const putting = parts.put(NAME, bytes);
	bytes.fill(0);
	expect(await parts.get(NAME)).toEqual(someBytes(100));
	await putting;
	expect(await parts.get(NAME)).toEqual(someBytes(100));
});

test.each([
	['cut', (path: string) => truncateSync(path, 90)],
	['cut to nothing', (path: string) => truncateSync(path, 0)],
	['spoiled', (path: string) => writeFileSync(path, readFileSync(path).fill(7, 60, 61))],
])('a part whose file was %s is not here, and can be put anew', async (_, damage) => {
	const folder = temporaryFolder();
	const parts = files(folder);
	await parts.put(NAME, someBytes(100));
	const [file = ''] = readdirSync(join(folder, 'parts'));
	damage(join(folder, 'parts', file));
	expect(await parts.get(NAME)).toBeUndefined();
	await parts.put(NAME, someBytes(100));
	expect(await parts.get(NAME)).toEqual(someBytes(100));
});

test('where nothing can be written, a put settles and the part is not here', async () => {
	const folder = temporaryFolder();
	writeFileSync(join(folder, 'parts'), 'a file where the directory should be');
	const parts = files(folder);
	await parts.put(NAME, someBytes(100));
	expect(await parts.get(NAME)).toBeUndefined();
});

partStoreContract('files', () => Promise.resolve(files(temporaryFolder())));

test('a part that cannot be written is not said to be kept', async () => {
	const folder = temporaryFolder();
	writeFileSync(join(folder, 'parts'), 'a file where the directory should be');
	expect(await files(folder).put(NAME, someBytes(100))).toBe(false);
});
