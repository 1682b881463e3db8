import { expect, onTestFinished, test, vi } from 'vitest';
import { commands, userEvent } from 'vitest/browser';
import type { PageContext } from './page-context.ts';
import { ShareSession } from './share-session.svelte.ts';
import { FakeTracker, Profile } from './testkit/visit.ts';

const FILM = new Uint8Array(await (await fetch('/films/ten-seconds')).arrayBuffer());
const film = () => new File([FILM], 'Lake.mp4', { type: 'video/mp4', lastModified: 1 });

let profiles = 0;
/** A page in a new profile, which is gone after the test with all that it shares. */
async function page() {
	const profile = new Profile(`share-session-test-${++profiles}`);
	onTestFinished(() => profile.clear());
	const tracker = new FakeTracker();
	return { profile, tracker, context: await profile.visit(tracker) };
}

async function share(context: PageContext, file: File, handle?: FileSystemFileHandle): Promise<ShareSession> {
	const session = await ShareSession.create(context, file, handle);
	if (typeof session === 'string') throw new Error(session);
	onTestFinished(() => session.close('leaving'));
	return session;
}

/** Shares, seals, leaves; and comes back. */
async function cameBack() {
	const its = await page();
	const first = await share(its.context, film());
	await expect.poll(() => its.tracker.published(first.id).includes('sealed')).toBe(true);
	await first.close('leaving');
	const tracker = new FakeTracker();
	const session = await restored(await its.profile.visit(tracker));
	return { ...its, tracker, session };
}

async function restored(context: PageContext): Promise<ShareSession> {
	const [record] = await context.parts.records.shares();
	if (!record) throw new Error('nothing was kept');
	const session = await ShareSession.restore(context, record);
	onTestFinished(() => session.close('leaving'));
	return session;
}

test('a sealed share takes the same film again, and none of the same size with other content', async () => {
	const { session, tracker } = await cameBack();
	expect([session.view.status, session.view.sealed]).toEqual([{ state: 'needs-file' }, 1]);
	await session.resume(new File([FILM.map((byte) => byte ^ 1)], 'Lake.mp4', { lastModified: 1 }));
	expect(session.view.status).toEqual({ state: 'failed', problem: 'other-file' });
	await session.resume(new File([FILM], 'Lake.mp4', { lastModified: 2 }));
	expect([session.view.status, tracker.joins(session.id)]).toEqual([{ state: 'sharing' }, 1]);
});

test('a share of a former visit shows its poster before its file is back', async () => {
	const { profile, context } = await page();
	const first = await share(context, film());
	await expect.poll(() => first.view.posterUrl).toBeDefined();
	await first.close('leaving');
	const session = await restored(await profile.visit(new FakeTracker()));
	await expect.poll(() => session.view.posterUrl).toBeDefined();
	expect(session.view.status.state).toBe('needs-file');
	expect((await createImageBitmap(await (await fetch(session.view.posterUrl!)).blob())).width).toBeGreaterThan(0);
});

test('what not every browser plays is said again after a reload', async () => {
	const { profile, context } = await page();
	const bytes = await (await fetch('/films/pcm-audio')).arrayBuffer();
	const first = await share(context, new File([bytes], 'Lake.mov', { lastModified: 1 }));
	const expected = [{ kind: 'audio', codec: 'sowt', plays: 'nowhere' }];
	await expect.poll(() => first.view.warnings).toEqual(expected);
	await first.close('leaving');
	expect((await restored(await profile.visit(new FakeTracker()))).view.warnings).toEqual(expected);
});

test('roots found in a former visit are believed: a file that differs from them is another', async () => {
	const { context, profile, tracker } = await page();
	tracker.isUp = false;
	const first = await share(context, film());
	await first.close('leaving');
	await context.parts.records.putFoundRoots(first.id, 0, new Uint8Array(32).fill(9));
	const session = await restored(await profile.visit(tracker));
	await session.resume(film());
	expect(session.view.status).toEqual({ state: 'failed', problem: 'other-file' });
	await context.parts.records.forgetFoundRoots(first.id);
	await session.resume(film());
	expect(session.view.status).toEqual({ state: 'sharing' });
});

test('what sealing found is kept no longer than until the share is sealed', async () => {
	const { context } = await page();
	const session = await share(context, film());
	const { records } = context.parts;
	await expect.poll(() => session.view.sealed).toBe(1);
	await expect.poll(async () => (await records.foundRoots(session.id)).length).toBe(0);
});

test('a share that is stopped while its file is checked stays stopped', async () => {
	const { session, tracker } = await cameBack();
	const resuming = session.resume(film());
	expect(session.view.status.state).toBe('checking-file');
	await Promise.all([resuming, session.stop()]);
	expect([session.view.status.state, tracker.joins(session.id)]).toEqual(['stopped', 0]);
	await session.resume(film());
	expect(session.view.status.state).toBe('stopped');
	expect(tracker.published(session.id)).toEqual(['revoked']);
});

test('a share that is stopped while it is prepared and sealed is revoked last', async () => {
	const { context, tracker } = await page();
	const session = await share(context, film());
	await expect.poll(() => tracker.published(session.id).length).toBeGreaterThan(0);
	await Promise.all([session.stop(), session.stop()]);
	const told = tracker.published(session.id);
	expect([told.at(-1), told.filter((state) => state === 'revoked').length]).toEqual(['revoked', 1]);
	const [record] = await context.parts.records.shares();
	expect([record?.stopped, session.view.status.state, session.view.fileUrl]).toEqual([true, 'stopped', undefined]);
});

test('a film given twice at once is shared once', async () => {
	const { session, tracker } = await cameBack();
	await Promise.all([session.resume(film()), session.resume(film())]);
	expect([session.view.status.state, tracker.joins(session.id)]).toEqual(['sharing', 1]);
});

test('a share whose file the browser remembers is there before the film has been looked at', async () => {
	const { context, profile } = await page();
	const directory = await navigator.storage.getDirectory();
	const handle = await directory.getFileHandle('remembered-film', { create: true });
	onTestFinished(() => directory.removeEntry('remembered-film'));
	const writable = await handle.createWritable();
	await writable.write(FILM);
	await writable.close();
	await (await share(context, await handle.getFile(), handle)).close('leaving');
	const session = await restored(await profile.visit(new FakeTracker()));
	expect(session.view.status.state).toBe('checking-file');
	await expect.poll(() => session.view.status.state).toBe('sharing');
});

test('a file that is gone before it was looked at may come back: its link is not revoked', async () => {
	const { context, tracker } = await page();
	const input = document.createElement('input');
	input.type = 'file';
	document.body.append(input);
	onTestFinished(() => input.remove());
	await commands.writeFile('./vanishing-film.tmp', 'a'.repeat(20_000));
	await userEvent.upload(input, './vanishing-film.tmp');
	const file = input.files![0]!;
	await file.slice(0, 1).arrayBuffer(); // now the browser knows its size
	await commands.removeFile('./vanishing-film.tmp');
	const session = await share(context, file);
	await expect.poll(() => session.view.status).toEqual({ state: 'failed', problem: 'file-gone' });
	expect(tracker.published(session.id)).not.toContain('revoked');
	expect((await context.parts.records.shares())[0]?.stopped).toBe(false);
});

test('what is no film is refused, and its link revoked', async () => {
	const { context, tracker } = await page();
	const session = await share(context, new File(['no film at all'.repeat(1000)], 'notes.txt'));
	await expect.poll(() => tracker.published(session.id).at(-1)).toBe('revoked');
	await session.stop();
	expect(session.view.status).toEqual({ state: 'failed', problem: 'not-a-video' });
});

test('a share stopped while the tracker was away is revoked on the next visit, and then forgotten', async () => {
	const { context, profile, tracker } = await page();
	tracker.isUp = false;
	const session = await share(context, film());
	await session.stop();
	const later = new FakeTracker();
	const next = await profile.visit(later);
	await (await restored(next)).withdraw();
	await expect.poll(() => next.parts.records.shares()).toEqual([]);
	expect(later.published(session.id)).toEqual(['revoked']);
});

test('a share whose records were taken away says that something broke, and does not check for ever', async () => {
	const { session, profile } = await cameBack();
	const reported = vi.spyOn(globalThis, 'reportError').mockImplementation(() => undefined);
	onTestFinished(() => reported.mockRestore());
	await profile.clear();
	await session.resume(film());
	expect(session.view.status).toEqual({ state: 'failed', problem: 'internal' });
	expect(reported).toHaveBeenCalledOnce();
});

test('a share that is forgotten in the midst of it all leaves nothing', async () => {
	const { context, tracker } = await page();
	const session = await share(context, film());
	await expect.poll(() => tracker.published(session.id).length).toBeGreaterThan(0);
	session.rename('Sea');
	await session.forget();
	await session.stop(); // comes late, and is not kept
	expect(await context.parts.records.shares()).toEqual([]);
	expect(await context.parts.records.certifiedGroups(session.id)).toEqual([]);
	expect(await context.parts.records.foundRoots(session.id)).toEqual(new Uint8Array(0));
});

test('a film that another tab shares is neither shared, nor renamed, nor stopped here', async () => {
	const { profile, context, tracker } = await page();
	const there = await share(context, film());
	await expect.poll(() => there.view.sealed).toBe(1);
	const here = await restored(await profile.visit(new FakeTracker()));
	await expect.poll(() => here.view.status.state).toBe('elsewhere');
	here.rename('Another name');
	await here.stop();
	await here.resume(film());
	expect([here.view.status.state, there.view.status.state]).toEqual(['elsewhere', 'sharing']);
	there.rename('The lake');
	await expect.poll(() => there.view.title).toBe('The lake');
	await there.close('leaving');
	await here.resume(film());
	expect([here.view.status.state, here.view.title, tracker.published(here.id).includes('revoked')])
		.toEqual(['sharing', 'The lake', false]);
});

test('a share that was stopped in another tab is stopped here', async () => {
	const { profile, context } = await page();
	const there = await share(context, film());
	const here = await restored(await profile.visit(new FakeTracker()));
	await there.stop();
	await here.resume(film());
	expect(here.view.status.state).toBe('stopped');
});
