import { expect, test } from 'vitest';
import type { StoredGroup } from '../ports/group-store.ts';
import { groupStoreContract, storedGroup, testHash } from './group-store-contract.ts';
import { MemoryGroupStore } from './memory-group-store.ts';

groupStoreContract('in memory', () => {
	const house = new Map<string, Map<number, StoredGroup>>();
	const kept = (share: string): Map<number, StoredGroup> => {
		const groups = house.get(share) ?? new Map<number, StoredGroup>();
		house.set(share, groups);
		return groups;
	};
	return Promise.resolve({
		open: (share, groups) => Promise.resolve(new MemoryGroupStore(groups, kept(share), testHash)),
		spoil: (share, group, at) => {
			const bytes = kept(share).get(group)!.bytes;
			bytes[at] = (bytes[at] ?? 0) ^ 1;
			return Promise.resolve();
		},
	});
});

test('it fails as it is told, and keeps nothing meanwhile', async () => {
	const store = new MemoryGroupStore(1);
	store.fault = 'full';
	expect(await store.write(0, storedGroup(1, { length: 10 }))).toEqual({ ok: false, error: 'full' });
	store.fault = undefined;
	expect(await store.read(0)).toEqual({ ok: true, value: undefined });
});
