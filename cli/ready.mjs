/**
 * What every program of Streamlet needs before it can start: a Node that is new enough, its packages, a build of the
 * sources as they are. Plain JavaScript, so that an old Node can read it and say so.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
	console.error(`Streamlet needs Node 20.19 or later; this is ${process.versions.node}. See https://nodejs.org/`);
	process.exit(1);
}
try {
	createRequire(import.meta.url).resolve('fastify');
} catch {
	console.error('Streamlet\'s packages are not installed yet. Run "npm ci" first.');
	process.exit(1);
}

const { isBuilt } = await import('./build.mjs');
if (!isBuilt()) {
	// In a process of its own: the builder's memory is given back when it is done.
	const built = spawnSync(process.execPath, [join(import.meta.dirname, 'build.mjs')], { stdio: 'inherit' });
	if (built.status !== 0) {
		console.error('The build failed; what is above says why.');
		process.exit(1);
	}
}
