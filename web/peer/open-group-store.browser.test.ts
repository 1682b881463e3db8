import { expect, test } from 'vitest';
import { Layout, type ShareId } from '../../shared/protocol/ids.ts';
import { storedGroup } from '../../shared/testkit/group-store-contract.ts';
import { askToPersist, deleteKept, keptShares, openGroupStore, roomHere } from './open-group-store.ts';

const SHARE = 'CCCCCCCCCCCCCCCCCCCCCA' as ShareId;

test('a film is kept, listed, and deleted', async () => {
	await deleteKept();
	const store = await openGroupStore(SHARE, new Layout(1000));
	if (!store.ok) throw new Error(store.error);
	await store.value.inventory();
	await store.value.write(0, storedGroup(1, { length: 1000 }));
	expect(await openGroupStore(SHARE, new Layout(1000))).toEqual({ ok: false, error: 'busy' });
	await store.value.close();
	expect((await keptShares()).map(({ share }) => share)).toEqual([SHARE]);
	const again = await openGroupStore(SHARE, new Layout(1000));
	const inventory = again.ok && await again.value.inventory();
	expect(inventory).toEqual({ ok: true, value: { whole: Uint8Array.of(1), partial: new Map() } });
	if (again.ok) await again.value.close();
	expect(await deleteKept(SHARE)).toEqual({ ok: true, value: undefined });
	expect(await keptShares()).toEqual([]);
});

test('the browser says how much room there is', async () => {
	const room = await roomHere();
	expect(room?.quotaBytes).toBeGreaterThan(room?.usageBytes ?? Infinity);
	expect(typeof await askToPersist()).toBe('boolean');
});
