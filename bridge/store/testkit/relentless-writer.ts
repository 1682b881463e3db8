/** A program that writes groups to a store until it is killed, and says which writes have settled. */
import { writeSync } from 'node:fs';
import { storedGroup } from '../../../shared/testkit/group-store-contract.ts';
import { nodeCrypto } from '../../../node/node-crypto.ts';
import { DiskGroupStore, roomFor } from '../disk-group-store.ts';

/** Groups it writes, over and over. */
export const WRITTEN_GROUPS = 3;

/** What it writes as the `version`-th version of a group. */
export function versionOf(group: number, version: number) {
	return storedGroup(group * 100_000 + version, { length: 150_000 });
}

/** @param from - the first version to write */
export async function writeRelentlessly(directory: string, from: number): Promise<never> {
	const about = { groups: WRITTEN_GROUPS, hash: nodeCrypto.sha256Now, maxBytes: roomFor(WRITTEN_GROUPS) };
	const opened = await DiskGroupStore.open(directory, about);
	if (!opened.ok) throw new Error(opened.error);
	for (let version = from; ; version++) {
		await Promise.all(Array.from({ length: WRITTEN_GROUPS }, async (_, group) => {
			const written = await opened.value.write(group, versionOf(group, version));
			if (written.ok) writeSync(1, `${group} ${version}\n`);
		}));
	}
}
