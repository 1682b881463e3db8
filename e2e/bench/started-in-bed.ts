/** The product on one host of a network bed. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ADDRESS, CHROMIUM_ARGS, type Bed } from '../bed/bed.ts';
import type { Product } from './product.ts';

const PORT = 8000;
const START = join(import.meta.dirname, '../../cli/start.mjs');

/** Starts the server where the sharer sits. */
export async function startInBed(bed: Bed): Promise<Product & { readonly close: () => Promise<void> }> {
	const data = await mkdtemp(join(tmpdir(), 'streamlet-bench-'));
	const settings = [`PORT=${PORT}`, `HOST=${ADDRESS.a}`, `DATA_DIR=${data}`];
	const child = bed.exec('a', ['env', ...settings, process.execPath, START]);
	if (child.stdout === null) throw new Error('the tracker has no output');
	let serves = false;
	for await (const line of createInterface(child.stdout)) {
		serves = line.includes(ADDRESS.a);
		if (serves) break;
	}
	if (!serves) throw new Error('the tracker ended without serving');
	child.stdout.resume(); // or it would stop when the pipe is full
	return {
		url: `http://${ADDRESS.a}:${PORT}`,
		close: async () => {
			if (child.exitCode === null && child.kill()) await once(child, 'exit');
			await rm(data, { recursive: true, force: true });
		},
	};
}

/** Browsers' arguments in the bed. As over HTTPS: without a secure context ciphers would be measured, not the wire. */
export function argsInBed(url: string): readonly string[] {
	return [...CHROMIUM_ARGS, `--unsafely-treat-insecure-origin-as-secure=${url}`];
}
