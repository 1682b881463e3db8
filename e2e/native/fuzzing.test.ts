/** The small version of `npm run prove -- tcp`. */
import { expect, test } from 'vitest';
import { GROUP_BYTES } from '../../shared/protocol/limits.ts';
import { makeTestShare } from '../../shared/testkit/share-bed.ts';
import { hail } from './fuzzing.ts';

test('strange frames without end harm nobody: the bridge lives, and others get their film', async () => {
	const share = await makeTestShare(GROUP_BYTES + 100_000);
	const { frames, lines, films } = await hail(share, 30_000, 1);
	expect(frames).toBeGreaterThanOrEqual(30_000);
	expect(lines).toBeGreaterThan(20);
	expect(films).toBeGreaterThan(0);
});
