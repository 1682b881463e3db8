import { expect, test } from 'vitest';
import { Layout, type ShareId } from '../../shared/protocol/ids.ts';
import { storedGroup } from '../../shared/testkit/group-store-contract.ts';
import { deleteTabStores, keptBytes, openTabStore } from './tab-stores.ts';

const FILM = 'DDDDDDDDDDDDDDDDDDDDDA' as ShareId;
const layout = new Layout(1000);

async function openAndWrite() {
	const store = await openTabStore(FILM, layout);
	if (!store.ok) throw new Error(store.error);
	await store.value.inventory();
	await store.value.write(0, storedGroup(1, { length: 1000 }));
	return store.value;
}

test('tabs that watch one film have a store each; they are counted and deleted as one', async () => {
	const first = await openAndWrite();
	const alone = (await keptBytes()).get(FILM) ?? 0;
	expect(alone).toBeGreaterThan(1000);
	const second = await openAndWrite();
	expect((await keptBytes()).get(FILM)).toBe(2 * alone);
	await first.close();
	expect(await deleteTabStores(FILM)).toEqual({ ok: false, error: 'busy' });
	await second.close();
	expect(await deleteTabStores(FILM)).toEqual({ ok: true, value: undefined });
	expect((await keptBytes()).has(FILM)).toBe(false);
});
