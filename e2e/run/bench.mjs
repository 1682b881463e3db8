/**
 * `npm run bench`: each figure against its peer or its limit. `-- whole start` runs some of them; `-- --runs=1` is a
 * quick look that records nothing.
 */
import { installRivals } from '../bench/rivals.mjs';
import { runLong } from './long.mjs';

const args = process.argv.slice(2);
const runs = args.find((arg) => arg.startsWith('--runs='))?.slice('--runs='.length);
await installRivals();
process.exitCode = runLong('bench', args.filter((arg) => !arg.startsWith('--')), runs ? { BENCH_RUNS: runs } : {});
