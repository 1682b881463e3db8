/**
 * `npm run sim`: swarms of real engines in virtual time. `-- crowd-40 churn` studies some of the experiments,
 * `--seeds=20` more runs of each, `--seed=7` that one alone, `--out=folder` draws the worst run of each as an SVG.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { seeds: { type: 'string', default: '3' }, seed: { type: 'string' }, out: { type: 'string' } },
});
/** @type {{ module: typeof import('../../shared/sim/experiments.ts') }} */
const { module: { EXPERIMENTS } } = await runnerImport('./shared/sim/experiments.ts');
/** @type {{ module: typeof import('../../shared/sim/study.ts') }} */
const { module: { tableOf, tryOnce, worst } } = await runnerImport('./shared/sim/study.ts');
/** @type {{ module: typeof import('../../shared/sim/chart.ts') }} */
const { module: { chart } } = await runnerImport('./shared/sim/chart.ts');

const unknown = positionals.filter((name) => !(name in EXPERIMENTS));
if (unknown.length > 0) {
	console.error(`No such experiment: ${unknown.join(', ')}. There are: ${Object.keys(EXPERIMENTS).join(', ')}.`);
	process.exit(2);
}
const seeds = values.seed ? [Number(values.seed)] : Array.from({ length: Number(values.seeds) }, (_, k) => k + 1);
for (const [name, experiment] of Object.entries(EXPERIMENTS)) {
	if (positionals.length > 0 ? positionals.includes(name) : !name.endsWith('1000')) study(name, experiment);
}

/** @param {string} name @param {import('../../shared/sim/experiments.ts').Experiment} experiment */
function study(name, experiment) {
	const began = performance.now();
	const trials = seeds.map((seed) => tryOnce(experiment, seed));
	const seconds = (performance.now() - began) / 1000;
	const steps = trials.reduce((sum, { report }) => sum + report.steps, 0);
	console.log(`\n${name}: ${experiment.says}`);
	console.log(tableOf(experiment, trials));
	console.log(`  ${steps} steps in ${seconds.toFixed(1)} s: ${Math.round(steps / seconds)} a second`);
	const [bar] = experiment.bars;
	const bad = bar ? worst(trials, bar.figure) : trials[0];
	console.log(`  again: npm run sim -- ${name} --seed=${bad?.seed}`);
	if (!values.out || !bad) return;
	mkdirSync(values.out, { recursive: true });
	const file = join(values.out, `${name}.svg`);
	writeFileSync(file, chart(`${name}, seed ${bad.seed}`, bad.report));
	console.log(`  ${file}`);
}
