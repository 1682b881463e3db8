/** `npm test`: every check and test, fast ones first. Stops at the first stage that fails. */
import { spawnSync } from 'node:child_process';
import { findTools } from './tools.mjs';

/** @type {readonly (readonly [string, string, readonly string[]])[]} */
const STAGES = [
	['types', 'npm', ['run', '--silent', 'check:types']],
	['lint', 'npm', ['run', '--silent', 'check:lint']],
	['dead code', 'npm', ['run', '--silent', 'check:dead']],
	['unit tests', 'npx', ['vitest', 'run']],
	['build', 'npm', ['run', '--silent', 'build']],
	['browser tests', 'npx', ['playwright', 'test', '--config', 'e2e/playwright.config.ts']],
];

findTools();
const only = process.argv.slice(2);
for (const [name, command, args] of STAGES) {
	if (only.length > 0 && !only.some((word) => name.startsWith(word))) continue;
	const began = Date.now();
	console.log(`\n— ${name}`);
	const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, STREAMLET_TEST: '1' } });
	if (status !== 0) {
		console.error(`\n${name} failed.`);
		process.exit(status ?? 1);
	}
	console.log(`  ${name}: ${((Date.now() - began) / 1000).toFixed(0)} s`);
}
