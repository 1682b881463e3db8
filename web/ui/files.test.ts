import { expect, test } from 'vitest';
import type { ShareId } from '../../shared/protocol/ids.ts';
import type { ShareState, ShareView } from '../state/app-view.ts';
import { filesOf, shareWaitingFor } from './files.ts';

type Waiting = 'needs-file' | 'sharing';
const share = (id: string, fileName: string, sizeBytes: number, state: Waiting = 'needs-file'): ShareView => ({
	id: id as ShareId, title: id, fileName, sizeBytes, durationSec: 1, link: '', copied: false,
	posterUrl: undefined, status: { state } satisfies ShareState, indexed: 1, sealed: 1, warnings: [], people: [],
	fullCopies: 0, uploadedBytes: 0, upBps: 0, fileUrl: undefined, parking: undefined,
	listing: { wanted: false, known: false, problem: undefined },
});

test('a file goes to the share that waits for one of its name and size', () => {
	const shares = [share('other', 'sea.mp4', 9), share('mine', 'lake.mp4', 9)];
	expect(shareWaitingFor(shares, { name: 'lake.mp4', size: 9 })).toBe('mine');
	expect(shareWaitingFor(shares, { name: 'lake.mp4', size: 8 })).toBeUndefined();
});

test('a share that is running takes no file', () => {
	expect(shareWaitingFor([share('mine', 'lake.mp4', 9, 'sharing')], { name: 'lake.mp4', size: 9 })).toBeUndefined();
});

const item = (file: unknown, handle: () => Promise<unknown>, kind = 'file') =>
	({ kind, getAsFile: () => file, getAsFileSystemHandle: handle });
const drop = (...items: unknown[]) => ({ items }) as unknown as DataTransfer;

test('files come with their handles, and without them where the browser refuses', async () => {
	const film = { name: 'lake.mp4' };
	const handle = { kind: 'file' };
	const refused = () => Promise.reject(new Error('no'));
	expect(await filesOf(drop(item(film, () => Promise.resolve(handle)), item(film, refused)))).toEqual(
		[{ file: film, handle }, { file: film, handle: undefined }]);
});

test('folders and dragged text are left out', async () => {
	const folder = item({ name: 'films' }, () => Promise.resolve({ kind: 'directory' }));
	expect(await filesOf(drop(folder, item(null, () => Promise.resolve(null), 'string')))).toEqual([]);
});
