/** Ten million strange frames at a bridge's TCP face: it lives, its memory does not grow, and others get their film. */
import { expect, test } from 'vitest';
import { MIB } from '../../shared/base/units.ts';
import { GROUP_BYTES } from '../../shared/protocol/limits.ts';
import { makeTestShare } from '../../shared/testkit/share-bed.ts';
import { hail } from '../native/fuzzing.ts';

const FRAMES = 10_000_000;
const ROUNDS = 10;
/** What the process, which is bridge, floods and newcomers in one, may grow by after a first round. */
const MAX_GROWTH = 160 * MIB;

test('ten million strange frames harm nobody', async () => {
	const share = await makeTestShare(GROUP_BYTES + 100_000);
	const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
	let [settled, largest, frames, lines, films] = [Infinity, 0, 0, 0, 0];
	const watching = setInterval(() => { largest = Math.max(largest, process.memoryUsage().rss); }, 100);
	for (let round = 0; round < ROUNDS; round++) {
		const began = performance.now();
		const hailed = await hail(share, FRAMES / ROUNDS, seed + round * 100_000);
		frames += hailed.frames;
		lines += hailed.lines;
		films += hailed.films;
		if (round === 0) [settled, largest] = [largest, 0];
		console.log(`  ${frames} frames over ${lines} connections (seed ${seed}), ${films} films meanwhile; resident at most `
			+ `${((round === 0 ? settled : largest) / MIB).toFixed(0)} MiB; ${((performance.now() - began) / 1000).toFixed(0)} s`);
	}
	clearInterval(watching);
	expect(frames).toBeGreaterThanOrEqual(FRAMES);
	expect(films).toBeGreaterThanOrEqual(ROUNDS);
	expect(largest - settled).toBeLessThan(MAX_GROWTH);
});
