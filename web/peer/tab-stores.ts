/** The stores of one film in one browser: tabs that watch it at once are peers of their own, each with its store. */
import { ok, type Result } from '../../shared/base/result.ts';
import type { StoreFault } from '../../shared/ports/group-store.ts';
import { parseShareId, type Layout, type ShareId } from '../../shared/protocol/ids.ts';
import { deleteKept, keptShares, openGroupStore } from './open-group-store.ts';

/** Tabs of one browser that may watch one film at once. */
const MAX_TABS = 4;

/** The first store that no other tab has. `busy`: all are in use. */
export async function openTabStore(id: ShareId, layout: Layout): ReturnType<typeof openGroupStore> {
	for (let tab = 0; tab < MAX_TABS - 1; tab++) {
		const opened = await openGroupStore(nameOf(id, tab), layout);
		if (opened.ok || opened.error !== 'busy') return opened;
	}
	return openGroupStore(nameOf(id, MAX_TABS - 1), layout);
}

/** Deletes what all tabs keep of a film. `busy`: one still has it open; the others' is deleted all the same. */
export async function deleteTabStores(id: ShareId): Promise<Result<void, StoreFault>> {
	let outcome: Result<void, StoreFault> = ok(undefined);
	for (let tab = 0; tab < MAX_TABS; tab++) {
		const deleted = await deleteKept(nameOf(id, tab));
		if (!deleted.ok) outcome = deleted;
	}
	return outcome;
}

/** Bytes that are kept of each film, in all its stores. */
export async function keptBytes(): Promise<ReadonlyMap<ShareId, number>> {
	const films = new Map<ShareId, number>();
	for (const { share, bytes } of await keptShares()) {
		const id = parseShareId(share.split('~')[0] ?? '');
		if (id) films.set(id, (films.get(id) ?? 0) + bytes);
	}
	return films;
}

/** The first tab's store is called as the share is. */
function nameOf(id: ShareId, tab: number): ShareId { return (tab === 0 ? id : `${id}~${tab}`) as ShareId; }
