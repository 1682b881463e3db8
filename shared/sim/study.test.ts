import { expect, test, vi } from 'vitest';
import { chart } from './chart.ts';
import { EXPERIMENTS, type Experiment } from './experiments.ts';
import { isMet, tableOf, tryOnce, worst } from './study.ts';

vi.setConfig({ testTimeout: 60_000 }); // seconds on an idle machine; a loaded one takes its time

/** The experiments that are quick enough for every run, and that must meet all their bars. */
const QUICK = ['three-fetch', 'sharer-dies', 'each-dies', 'tracker-dies'];

test.each(QUICK)('%s is as it has to be', (name) => {
	const experiment = EXPERIMENTS[name]!;
	const { figures, seed } = tryOnce(experiment, 1);
	for (const bar of experiment.bars) expect([bar, figures[bar.figure], isMet(bar, figures)], `seed ${seed}`).toEqual([bar, figures[bar.figure], true]);
});

test('liars that come again cost nothing but time, and little of that', () => {
	const [clean, poisoned] = ['honest', 'poisoners'].map((name) => tryOnce(EXPERIMENTS[name]!, 1).figures);
	expect(poisoned!.honestBanned).toBe(0);
	expect(poisoned!.startUpMs).toBeLessThan(clean!.startUpMs * 2);
});

test('a study says the middle, the worst run and whether the bar is met; a chart shows what happened', () => {
	const experiment: Experiment = { ...EXPERIMENTS['three-fetch']!, bars: [{ figure: 'sharerCopies', atMost: 0.5 }] };
	const trials = [1, 2].map((seed) => tryOnce(experiment, seed));
	expect(tableOf(experiment, trials)).toMatch(/sharerCopies .* worst .*seed [12].* ≤ 0.5 MISSED by 2 of 2/);
	expect(worst(trials, 'completeMs')?.figures.completeMs).toBe(Math.max(...trials.map(({ figures }) => figures.completeMs)));
	const picture = chart('three <fetch>', trials[0]!.report);
	expect(picture).toMatch(/^<svg .*<\/svg>\n$/s);
	expect(picture).toContain('three &lt;fetch>');
	expect(picture).not.toMatch(/NaN|Infinity/);
});
