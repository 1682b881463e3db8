/** Sharing with a real tracker and real files; what viewers get of it is told in stories. */
import { copyFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { nodeClock } from '../node/node-clock.ts';
import { peerIdFrom, type ShareId } from '../shared/protocol/ids.ts';
import { TrackerSession } from '../shared/runtime/tracker-session.ts';
import { startTracker } from '../tracker/main.ts';
import { someBytes } from '../shared/testkit/test-crypto.ts';
import { LookUp } from './look-up.ts';
import { openTrackerSocket } from './node-tracker-socket.ts';
import { Sharing, trackerUrlOf, type FilmShare } from './sharing.ts';
import { temporaryFolder } from './store/testkit/temporary.ts';

const SAMPLE = join(import.meta.dirname, '../web/public/sample.mp4');

async function bed() {
	const tracker = await startTracker({ host: '127.0.0.1', port: 0, spares: 0, dataDir: undefined });
	onTestFinished(() => tracker.close());
	const folder = temporaryFolder();
	const begin = async () => {
		const ends: string[] = [];
		const sharing = await Sharing.start({
			trackerUrl: trackerUrlOf(`http://127.0.0.1:${tracker.port}`), folder, name: 'Ada', say: () => undefined,
			ended: (_, why) => { ends.push(why); },
		});
		onTestFinished(() => { sharing.close(); });
		return { sharing, ends };
	};
	/** What the catalogue has of a share. */
	const found = (share: ShareId) => new LookUp(nodeClock, () => [visitor]).find(share);
	const visitor = new TrackerSession({
		url: trackerUrlOf(`http://127.0.0.1:${tracker.port}`), self: peerIdFrom(someBytes(16)),
		open: openTrackerSocket, clock: nodeClock, rng: Math.random,
	});
	visitor.start();
	onTestFinished(() => visitor.close());
	const path = join(temporaryFolder(), 'lake.mp4');
	copyFileSync(SAMPLE, path);
	return { begin, path, found };
}

async function shared(sharing: Sharing, path: string): Promise<FilmShare> {
	const film = await sharing.share(path);
	if (!film.ok) throw new Error(film.error);
	onTestFinished(() => film.value.close());
	return film.value;
}

test('a file has one share at a time, a copy of it another, and a moved one the former again', async () => {
	const { begin, path } = await bed();
	const { sharing } = await begin();
	const film = await shared(sharing, path);
	expect([film.title, film.bytes, film.isKnown]).toEqual(['lake', statSync(SAMPLE).size, false]);
	expect(await sharing.share(path)).toEqual({ ok: false, error: 'busy' });
	const copy = `${path}.copy.mp4`;
	copyFileSync(path, copy);
	const second = await shared(sharing, copy);
	expect(second.id).not.toBe(film.id);
	await second.close();
	await expect.poll(() => film.progress.sealed).toBe(1);
	await film.close();
	const moved = path.replace('lake', 'sea');
	renameSync(path, moved);
	const again = await shared(sharing, moved);
	expect([again.id, again.isKnown]).toEqual([film.id, true]);
	expect(await sharing.stop({ path: moved })).toBe('busy');
});

test('what is no film ends by itself, and says why', async () => {
	const { begin, path } = await bed();
	const { sharing, ends } = await begin();
	writeFileSync(path, someBytes(1_500_000));
	const { id } = await shared(sharing, path);
	await expect.poll(() => ends).toEqual(['not-a-video']);
	await expect.poll(() => sharing.stop({ id })).toBe('unknown'); // its link says that it was stopped
});

test('a film is listed in the name that is said, and taken off the list', async () => {
	const { begin, path, found } = await bed();
	const { sharing } = await begin();
	const film = await shared(sharing, path);
	await film.list('Ada');
	await expect.poll(() => found(film.id)).toMatchObject({ id: film.id, key: film.linkKey });
	await film.list(undefined);
	await expect.poll(() => found(film.id)).toBe('unlisted');
	await film.close();
});

test('a share that was stopped is over; the same file has a new link then', async () => {
	const { begin, path } = await bed();
	const { sharing } = await begin();
	const film = await shared(sharing, path);
	await expect.poll(() => film.progress.sealed).toBe(1);
	await film.close();
	expect(await sharing.stop({ id: film.id })).toBe('stopped');
	expect(await sharing.stop({ id: film.id })).toBe('unknown');
	const next = await shared(sharing, path);
	expect([next.id === film.id, next.isKnown]).toEqual([false, false]);
});

test('what cannot be shared is told apart', async () => {
	const { begin, path } = await bed();
	const { sharing } = await begin();
	const empty = join(temporaryFolder(), 'empty.mp4');
	writeFileSync(empty, '');
	expect(await sharing.share(empty)).toEqual({ ok: false, error: 'empty' });
	expect(await sharing.share(`${path}.nothing`)).toEqual({ ok: false, error: 'gone' });
	expect(await sharing.share(temporaryFolder())).toEqual({ ok: false, error: 'not-a-file' });
});
