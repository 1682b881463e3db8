import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ShareId } from '../../shared/protocol/ids.ts';
import { ShareClaim } from './share-claim.ts';

/** As on a page that was served over plain HTTP from another machine. */
function withoutLocks(): void {
	const spy = vi.spyOn(globalThis, 'navigator', 'get').mockReturnValue({} as Navigator);
	onTestFinished(() => spy.mockRestore());
}

/** As many tabs would claim one share. */
function claims(share: string, count: number): ShareClaim[] {
	const made = Array.from({ length: count }, () => new ShareClaim(share as ShareId));
	onTestFinished(async () => { for (const claim of made) await claim.letGo(); });
	return made;
}

describe.each([{ how: 'locks', prepare: () => undefined }, { how: 'no locks', prepare: withoutLocks }])('with $how', ({ how, prepare }) => {
	test('a share is claimed by one, until it is let go', async () => {
		prepare();
		const [first, second] = claims(`one ${how}`, 2);
		const [other] = claims(`another ${how}`, 1);
		expect(await first!.hold()).toBe(true);
		expect([await second!.hold(), await other!.hold(), await first!.hold()]).toEqual([false, true, true]);
		await first!.letGo();
		expect([await second!.hold(), await first!.hold()]).toEqual([true, false]);
	});

	test('of several that ask at once, one has it', async () => {
		prepare();
		const held = await Promise.all(claims(`at once ${how}`, 4).map((claim) => claim.hold()));
		expect(held.filter(Boolean)).toHaveLength(1);
	});
});
