import { expect, test, vi } from 'vitest';
import { Layout, type ShareId } from '../../shared/protocol/ids.ts';
import { storedGroup } from '../../shared/testkit/group-store-contract.ts';
import { deleteKept, keptShares, openGroupStore } from './open-group-store.ts';

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

test('a browser that keeps nothing refuses each write as such, and is not called full', async () => {
	vi.spyOn(indexedDB, 'open').mockImplementation(() => { throw new DOMException('no', 'SecurityError'); });
	vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function gone(this: Worker) {
		queueMicrotask(() => this.dispatchEvent(new ErrorEvent('error')));
	});
	const store = await openGroupStore(SHARE, new Layout(1000));
	vi.restoreAllMocks();
	if (!store.ok) throw new Error(store.error);
	expect(await store.value.write(0, storedGroup(1, { length: 1000 }))).toEqual({ ok: false, error: 'gone' });
});

test('the browser is asked not to throw away what is kept', async () => {
	const asked = vi.spyOn(navigator.storage, 'persist').mockRejectedValue(new TypeError('not here'));
	const store = await openGroupStore(SHARE, new Layout(1000));
	expect([store.ok, asked.mock.calls.length]).toEqual([true, 1]);
	vi.restoreAllMocks();
	if (store.ok) await store.value.close();
	await deleteKept();
});
