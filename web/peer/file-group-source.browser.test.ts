import { expect, test } from 'vitest';
import { commands, userEvent } from 'vitest/browser';
import { equalBytes, type Bytes } from '../../shared/base/bytes.ts';
import { CHUNK_BYTES, GROUP_BYTES, HASH_BYTES } from '../../shared/protocol/limits.ts';
import { groupRoot, hashLeaf, treeRoot } from '../../shared/protocol/merkle.ts';
import { frameOf } from '../../shared/testkit/transport-contract.ts';
import { chooseCrypto } from './choose-crypto.ts';
import { FileGroupSource } from './file-group-source.ts';

const crypto = await chooseCrypto();
const KEY = new Uint8Array(32).fill(7);
const FILM = frameOf(2 * GROUP_BYTES + 12_345, 1);
const film = () => new File([FILM], 'film.mp4');

async function leavesOf(bytes: Bytes): Promise<Bytes[]> {
	const leaves: Promise<Bytes>[] = [];
	for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
		leaves.push(hashLeaf(crypto, bytes.slice(at, at + CHUNK_BYTES)));
	}
	return Promise.all(leaves);
}

test('a group is the film’s bytes, encrypted, with the leaves of what is sent', async () => {
	const source = new FileGroupSource(film(), KEY);
	for (const group of [2, 0, 1]) {
		const loaded = await source.loadGroup(group);
		if (!loaded.ok) throw new Error(loaded.error);
		const { bytes, leaves } = loaded.value;
		const plain = await crypto.cipher(KEY, group * GROUP_BYTES, bytes);
		expect(equalBytes(plain, FILM.slice(group * GROUP_BYTES, (group + 1) * GROUP_BYTES))).toBe(true);
		const expected = await leavesOf(bytes);
		expect(leaves.length).toBe(expected.length * HASH_BYTES);
		expect(expected.every((leaf, k) => equalBytes(leaf, leaves.subarray(k * 32, k * 32 + 32)))).toBe(true);
	}
	source.close();
});

test('sealing tells the roots in order, and they make the root of the film', async () => {
	const source = new FileGroupSource(film(), KEY);
	const roots = new Uint8Array(3 * HASH_BYTES);
	const told: number[] = [];
	const sealed = await source.seal(0, (group, root) => {
		told.push(group);
		roots.set(root, group * HASH_BYTES);
		return Promise.resolve('go-on');
	});
	expect(sealed).toEqual({ ok: true, value: undefined });
	expect(told).toEqual([0, 1, 2]);
	const leaves = (await leavesOf(await crypto.cipher(KEY, 0, FILM))).map((leaf) => [...leaf]).flat();
	expect(treeRoot(roots, crypto.sha256Now)).toEqual(treeRoot(Uint8Array.from(leaves), crypto.sha256Now));
	const second = await source.loadGroup(1);
	expect(second.ok && groupRoot(second.value.leaves, crypto.sha256Now)).toEqual(roots.slice(32, 64));
	source.close();
});

test('sealing begins where a former visit ended', async () => {
	const source = new FileGroupSource(film(), KEY);
	const told: number[] = [];
	const from = (first: number) => source.seal(first, (group) => {
		told.push(group);
		return Promise.resolve('go-on');
	});
	const done = { ok: true, value: undefined };
	expect([await from(2), await from(3), told]).toEqual([done, done, [2]]);
	source.close();
});

test('sealing stops where the film is not what was signed', async () => {
	const source = new FileGroupSource(film(), KEY);
	const told: number[] = [];
	const sealed = await source.seal(0, (group) => {
		told.push(group);
		return Promise.resolve(group === 1 ? 'changed' : 'go-on');
	});
	expect([sealed, told]).toEqual([{ ok: false, error: 'changed' }, [0, 1]]);
	source.close();
});

test('after close everything is gone', async () => {
	const source = new FileGroupSource(film(), KEY);
	const loading = source.loadGroup(0);
	const sealing = source.seal(0, () => Promise.resolve('go-on'));
	source.close();
	expect([await loading, await sealing, await source.loadGroup(0)]).toEqual(Array(3).fill({ ok: false, error: 'gone' }));
});

test('a file on disk that is written to has changed, one that is deleted is gone', async () => {
	const input = document.createElement('input');
	input.type = 'file';
	document.body.append(input);
	const path = './changing-film.tmp';
	await commands.writeFile(path, 'a'.repeat(20_000));
	try {
		await userEvent.upload(input, path);
		const file = input.files?.[0];
		if (!file) throw new Error('no file');
		const source = new FileGroupSource(file, KEY);
		expect((await source.loadGroup(0)).ok).toBe(true);
		await commands.writeFile(path, 'b'.repeat(30_000));
		expect(await source.loadGroup(0)).toEqual({ ok: false, error: 'changed' });
		await commands.removeFile(path);
		expect(await source.loadGroup(0)).toEqual({ ok: false, error: 'gone' });
		source.close();
	} finally {
		await commands.removeFile(path).catch(() => undefined); // deleted above, unless the test failed before
		input.remove();
	}
});
