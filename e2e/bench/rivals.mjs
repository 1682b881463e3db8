/** What we measure against, installed when benchmarks run: kept out of the product's dependencies. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Where rivals and made-up files live; ignored by git. */
export const BENCH_FOLDER = fileURLToPath(new URL('../../.bench', import.meta.url));

const RIVALS = ['webtorrent@3.0.21', 'bittorrent-tracker@11'];

/** Installs what is missing. Their install scripts fetch native parts that browsers do not need. */
export async function installRivals() {
	await mkdir(BENCH_FOLDER, { recursive: true });
	const missing = RIVALS.filter((name) => !existsSync(`${BENCH_FOLDER}/node_modules/${name.split('@')[0]}`));
	if (missing.length === 0) return;
	const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', BENCH_FOLDER];
	execFileSync('npm', ['install', ...flags, ...RIVALS], { stdio: 'inherit' });
}
