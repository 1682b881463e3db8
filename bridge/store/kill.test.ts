/** A process that writes is killed in the middle of it, again and again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeCrypto } from '../../node/node-crypto.ts';
import { BitSet } from '../../shared/base/bit-set.ts';
import { randomBelow, seededRng } from '../../shared/base/rng.ts';
import { DiskGroupStore, roomFor } from './disk-group-store.ts';
import { temporaryFolder } from './testkit/temporary.ts';
import { versionOf, WRITTEN_GROUPS } from './testkit/relentless-writer.ts';

const ROOT = join(import.meta.dirname, '../..');
// Inside the tree, so that what is built finds its packages.
const built = join(ROOT, 'dist', `test-${process.pid}`);

beforeAll(async () => {
	const input = { writer: join(import.meta.dirname, 'testkit/relentless-writer.ts') };
	const options = { ssr: true, outDir: built, rolldownOptions: { input } };
	await build({ configFile: join(ROOT, 'vite.config.ts'), root: ROOT, logLevel: 'error', build: options });
}, 60_000);
afterAll(() => rmSync(built, { recursive: true, force: true }));

/** Lets it write from version `from` on, and kills it after `lines` writes. Settles with each group's last version. */
async function writeAndDie(directory: string, from: number, lines: number): Promise<Map<number, number>> {
	const program = `import(${JSON.stringify(join(built, 'writer.js'))})
		.then(({ writeRelentlessly }) => writeRelentlessly(${JSON.stringify(directory)}, ${from}))`;
	const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
	const ended = once(child, 'exit');
	const settled = new Map<number, number>();
	let seen = 0;
	for await (const line of createInterface(child.stdout)) {
		const [group = -1, version = -1] = line.split(' ').map(Number);
		settled.set(group, version);
		if (++seen >= lines) child.kill('SIGKILL');
	}
	expect(await ended).toEqual([null, 'SIGKILL']);
	return settled;
}

test('a process killed in mid-write, five times, leaves each group as it settled or as it was about to be', async () => {
	const directory = temporaryFolder();
	const rng = seededRng(9);
	const newest = new Map<number, number>();
	for (let life = 0; life < 5; life++) {
		const from = 1 + Math.max(0, ...newest.values());
		const thisLife = await writeAndDie(directory, from, 1 + randomBelow(rng, 40));
		for (const [group, version] of thisLife) newest.set(group, version);
		const about = { groups: WRITTEN_GROUPS, hash: nodeCrypto.sha256Now, maxBytes: roomFor(WRITTEN_GROUPS) };
		const store = await DiskGroupStore.open(directory, about);
		if (!store.ok) throw new Error(store.error);
		for (let group = 0; group < WRITTEN_GROUPS; group++) {
			const read = await store.value.read(group);
			const value = read.ok ? read.value : undefined;
			const settled = newest.get(group) ?? 0;
			const underWay = 1 + (thisLife.get(group) ?? from - 1); // one at most when the process died
			const version = [settled, underWay].find((number) => number > 0 && value
				&& Buffer.compare(value.leaves, versionOf(group, number).leaves) === 0);
			expect(version !== undefined || (settled === 0 && value === undefined), `life ${life}, group ${group}`).toBe(true);
			if (version === undefined || !value) continue;
			newest.set(group, version);
			expect(Buffer.compare(value.bytes, versionOf(group, version).bytes)).toBe(0);
			expect(BitSet.from(value.held, 128)?.size).toBe(Math.ceil(150_000 / 8192));
		}
		await store.value.close();
	}
});
