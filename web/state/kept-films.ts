/** The films that are kept on this device, largest first. */
import { freeBytes } from '../peer/room.ts';
import type { Records } from '../peer/records.ts';
import { deleteTabStores, keptBytes } from '../peer/tab-stores.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import type { StorageView } from './app-view.ts';

/** Looks at the device: takes a moment for many films. */
export async function lookAtStorage(records: Pick<Records, 'allWatched'>): Promise<StorageView> {
	const [bytes, watched, free] = await Promise.all([keptBytes(), records.allWatched(), freeBytes()]);
	const titles = new Map(watched.map(({ id, title }) => [id, title]));
	const films = [...bytes].map(([id, kept]) => ({ id, title: titles.get(id), bytes: kept }));
	return { films: films.sort((one, other) => other.bytes - one.bytes), freeBytes: free === 0 ? undefined : free };
}

/** Deletes all that this device keeps of a film. False: a tab has it open, and keeps its part. */
export async function forgetFilm(id: ShareId, records: Pick<Records, 'forgetWatched'>): Promise<boolean> {
	const deleted = await deleteTabStores(id);
	if (deleted.ok) await records.forgetWatched(id);
	return deleted.ok;
}
