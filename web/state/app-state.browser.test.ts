import { expect, onTestFinished, test, vi } from 'vitest';
import { shareIdFrom } from '../../shared/protocol/ids.ts';
import { formatShareLink } from '../../shared/protocol/share-link.ts';
import { AppState } from './app-state.svelte.ts';
import { FakeTracker, Profile } from './testkit/visit.ts';

/** Goes to a link as the back button does. */
function goTo(share: ReturnType<typeof shareIdFrom>): void {
	const parts = { id: share, key: new Uint8Array(32), trackers: [], startSec: undefined };
	history.replaceState(null, '', formatShareLink(location.origin, parts));
	dispatchEvent(new PopStateEvent('popstate'));
}

test('of two links opened in quick succession only the later is watched', async () => {
	const [here, profile, tracker] = [location.href, new Profile('app-state-test'), new FakeTracker()];
	onTestFinished(async () => {
		history.replaceState(null, '', here);
		dispatchEvent(new PageTransitionEvent('pagehide'));
		await profile.clear();
	});
	const app = new AppState(await profile.visit(tracker), { theme: 'auto', name: 'Ada' });
	await app.start();
	const [first, second] = [shareIdFrom(new Uint8Array(16).fill(1)), shareIdFrom(new Uint8Array(16).fill(2))];
	goTo(first);
	goTo(second);
	await expect.poll(() => tracker.joins(second)).toBe(1);
	expect([app.watch?.id, tracker.joins(first)]).toEqual([second, 0]);
});

test('a page that shares asks the browser to keep what it needs for that', async () => {
	const profile = new Profile('app-state-keep-test');
	onTestFinished(async () => {
		dispatchEvent(new PageTransitionEvent('pagehide'));
		await profile.clear();
	});
	const bytes = new Uint8Array(await (await fetch('/films/ten-seconds')).arrayBuffer());
	const app = new AppState(await profile.visit(new FakeTracker()), { theme: 'auto', name: 'Ada' });
	await app.start();
	const asked = vi.spyOn(navigator.storage, 'persist');
	app.shareFiles([new File([bytes], 'Lake.mp4', { type: 'video/mp4', lastModified: 2 })], []);
	await expect.poll(() => app.shares.length).toBe(1);
	expect(asked).toHaveBeenCalledOnce();
});
