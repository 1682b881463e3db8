/** Runs a project of `e2e/long.config.ts`: what takes long and is not part of `npm test`. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findTools } from './tools.mjs';

const CONFIG = fileURLToPath(new URL('../long.config.ts', import.meta.url));

/**
 * @param {string} project
 * @param {readonly string[]} filters - parts of file names; none: all
 * @param {Record<string, string>} [settings] - environment variables
 * @returns {number} the exit status
 */
export function runLong(project, filters, settings = {}) {
	findTools();
	const args = ['vitest', 'run', '--config', CONFIG, '--project', project, '--passWithNoTests', ...filters];
	return spawnSync('npx', args, { stdio: 'inherit', env: { ...process.env, ...settings } }).status ?? 1;
}
