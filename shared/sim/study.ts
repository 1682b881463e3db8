/** Runs an experiment over many seeds: each figure's middle and its worst run, held against the bars. */
import type { Bar, Experiment } from './experiments.ts';
import { figuresOf, type Figures } from './figures.ts';
import type { Report } from './report.ts';
import { run } from './run.ts';

/** One run of an experiment. */
export interface Trial { readonly seed: number; readonly figures: Figures; readonly report: Report }

/** Figures of which more is better; of the others less is. */
const MORE_IS_BETTER: ReadonlySet<keyof Figures> = new Set(['startedSoon', 'fromPeers', 'fairness']);

/** One seed. */
export function tryOnce(experiment: Experiment, seed: number): Trial {
	const scenario = experiment.scenario(seed);
	const report = run(scenario);
	return { seed, report, figures: figuresOf(scenario, report) };
}

/** The run with the worst value of a figure. */
export function worst(trials: readonly Trial[], figure: keyof Figures): Trial | undefined {
	const sign = MORE_IS_BETTER.has(figure) ? -1 : 1;
	return [...trials].sort((a, b) => sign * (b.figures[figure] - a.figures[figure]))[0];
}

/** The middle of a figure's values. */
export function middle(trials: readonly Trial[], figure: keyof Figures): number {
	const values = trials.map(({ figures }) => figures[figure]).sort((a, b) => a - b);
	return values[values.length >> 1] ?? NaN;
}

/** Whether a value is as the bar has it. */
export function isMet({ figure, atMost, atLeast }: Bar, figures: Figures): boolean {
	return figures[figure] <= (atMost ?? Infinity) && figures[figure] >= (atLeast ?? -Infinity);
}

/** What a study came to, a line a figure: middle, worst, the seed of the worst, and the bar. */
export function tableOf(experiment: Experiment, trials: readonly Trial[]): string {
	const names = Object.keys(trials[0]?.figures ?? {}) as (keyof Figures)[];
	return names.filter((name) => trials.some(({ figures }) => !Number.isNaN(figures[name]))).map((name) => {
		const at = worst(trials, name);
		const bars = experiment.bars.filter(({ figure }) => figure === name);
		const said = bars.map((bar) => `${bar.atMost === undefined ? `≥ ${bar.atLeast}` : `≤ ${bar.atMost}`} ${verdict(bar, trials)}`);
		return [
			`  ${name.padEnd(16)}`, short(middle(trials, name)).padStart(10), `worst ${short(at?.figures[name] ?? NaN)} (seed ${at?.seed})`.padEnd(30), ...said,
		].join('  ');
	}).join('\n');
}

function verdict(bar: Bar, trials: readonly Trial[]): string {
	const met = trials.filter(({ figures }) => isMet(bar, figures)).length;
	return met === trials.length ? 'met' : `MISSED by ${trials.length - met} of ${trials.length}`;
}

function short(value: number): string { return Number.isInteger(value) ? String(value) : value.toPrecision(4); }
