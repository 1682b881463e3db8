/**
 * `npm run bench`: each figure against its peer or its limit. `-- whole start` runs some of them; `-- --runs=1` is a
 * quick look that records nothing; `--mb=100` makes the bridge's film smaller, and records nothing either.
 */
import { installRivals } from '../bench/rivals.mjs';
import { runLong } from './long.mjs';

const args = process.argv.slice(2);
const settings = Object.fromEntries(['runs', 'mb'].flatMap((name) => {
	const given = args.find((arg) => arg.startsWith(`--${name}=`))?.slice(`--${name}=`.length);
	return given ? [[`BENCH_${name.toUpperCase()}`, given]] : [];
}));
await installRivals();
process.exitCode = runLong('bench', args.filter((arg) => !arg.startsWith('--')), settings);
