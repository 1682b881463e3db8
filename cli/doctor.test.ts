import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { examine, inWords } from './doctor.ts';

test('a machine that has run these tests is well as far as it matters', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'streamlet-doctor-'));
	const findings = await examine({ DATA_DIR: join(folder, 'not', 'there', 'yet') });
	expect(findings.filter(({ isWell, isNeeded }) => isNeeded && !isWell)).toEqual([]);
	expect(findings.map(({ name }) => name)).toEqual(expect.arrayContaining(['Node', 'data channels', 'database', 'folder', 'port 8000']));
	await rm(folder, { recursive: true });
});

test('a folder that cannot be, and a port that is taken, are named with what to do', async () => {
	const taken = createServer();
	const isOurs = await new Promise<boolean>((settle) => {
		taken.once('error', () => settle(false)); // somebody else has it: as good
		taken.listen(8200, () => settle((taken.address() as AddressInfo).port === 8200));
	});
	const findings = await examine({ DATA_DIR: '/proc/nowhere' });
	if (isOurs) taken.close();
	const [folder, port] = [findings.find(({ name }) => name === 'folder'), findings.find(({ name }) => name === 'port 8200')];
	expect([folder?.isWell, folder?.isNeeded, folder?.advice]).toEqual([false, true, expect.stringContaining('DATA_DIR')]);
	expect([port?.isWell, port?.isNeeded, port?.advice]).toEqual([false, false, expect.stringContaining('BRIDGE_TCP_PORT')]);
});

test('in words: a sign, what it is, and advice under what is not well', () => {
	expect(inWords([
		{ name: 'Node', isWell: true, isNeeded: true, says: '20.19.0' },
		{ name: 'folder', isWell: false, isNeeded: true, says: '/x cannot be written to', advice: 'Another one.' },
		{ name: 'port 8000', isWell: false, isNeeded: false, says: 'taken' },
	])).toBe('✓ Node           20.19.0\n✗ folder         /x cannot be written to\n  Another one.\n! port 8000      taken\n');
});
