import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeCrypto } from '../../node/node-crypto.ts';
import { makeShareKeys } from '../../shared/protocol/keys.ts';
import { someBytes } from '../../shared/testkit/test-crypto.ts';
import { temporaryFolder } from '../store/testkit/temporary.ts';
import { findShares, ShareFiles, type ShareRecord } from './share-records.ts';

const certified = (seed: number) => ({ root: someBytes(32, seed), signature: someBytes(64, seed + 1) });

async function aRecord(): Promise<ShareRecord> {
	const { id, secretKey } = await makeShareKeys(nodeCrypto);
	return {
		id, secretKey, linkKey: someBytes(32, 1), contentKey: someBytes(32, 2), path: '/films/lake.mp4', size: 9000, modifiedMs: 1.5,
	};
}

const open = (folder: string, { id }: ShareRecord) => ShareFiles.open(join(folder, id), nodeCrypto.sha256Now);

test('a share is found again with all that was kept, by its owner alone', async () => {
	const [folder, record] = [temporaryFolder(), await aRecord()];
	const files = await open(folder, record);
	await files.putRecord({ ...record, path: '/films/elsewhere.mp4' });
	await files.putRecord(record);
	await files.putDescriptor(someBytes(700));
	expect(await Promise.all([files.putCertified(3, certified(3)), files.putCertified(1, certified(1))])).toEqual([
		{ ok: true, value: undefined }, { ok: true, value: undefined },
	]);
	await files.putFoundRoots(record.id, 0, someBytes(64));
	await files.putFoundRoots(record.id, 2, someBytes(32));
	await files.close();

	expect(await findShares(folder)).toEqual([record]);
	const again = await open(folder, record);
	expect(await again.descriptor()).toEqual(someBytes(700));
	expect(again.certifiedGroups).toEqual([1, 3]);
	expect(again.certified(3)).toEqual(certified(3));
	expect([...(await again.certifiedIn(record.id, 2, 9)).keys()]).toEqual([3]);
	expect((await again.foundRoots()).length).toBe(96);
	await again.forgetFoundRoots();
	expect(await again.foundRoots()).toEqual(new Uint8Array(0));
	await again.close();
	if (process.platform !== 'win32') {
		for (const name of ['share.json', 'certified']) expect(statSync(join(folder, record.id, name)).mode & 0o077).toBe(0);
		expect(statSync(join(folder, record.id)).mode & 0o077).toBe(0);
	}
	await again.remove();
	expect(readdirSync(folder)).toEqual([]);
});

test.each([
	['torn', (path: string) => truncateSync(path, 104 + 50)],
	['spoiled', (path: string) => writeFileSync(path, readFileSync(path).fill(9, 150, 151))],
	['followed by nonsense', (path: string) => appendFileSync(path, 'nonsense')],
])('of certificates that were %s the sound ones before are kept, and the next fits behind them', async (how, damage) => {
	const [folder, record] = [temporaryFolder(), await aRecord()];
	const files = await open(folder, record);
	for (const group of [1, 2]) await files.putCertified(group, certified(group));
	await files.close();
	damage(join(folder, record.id, 'certified'));
	const again = await open(folder, record);
	expect(again.certifiedGroups).toEqual(how === 'followed by nonsense' ? [1, 2] : [1]);
	await again.putCertified(7, certified(7));
	await again.close();
	const last = await open(folder, record);
	expect(last.certifiedGroups).toContain(7);
	await last.close();
});

test('what is no share is left alone', async () => {
	const [folder, record] = [temporaryFolder(), await aRecord()];
	mkdirSync(join(folder, 'notes'));
	mkdirSync(join(folder, record.id));
	expect(await findShares(folder)).toEqual([]);
	for (const text of ['', '{}', 'null', '{"secret":"AAAA","link":"AAAA","content":"AAAA","path":"x","size":1,"modifiedMs":1}']) {
		writeFileSync(join(folder, record.id, 'share.json'), text);
		expect(await findShares(folder)).toEqual([]);
	}
	expect(await findShares(join(folder, 'nowhere'))).toEqual([]);
});
