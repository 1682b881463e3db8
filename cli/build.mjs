/** Builds page and server with Vite into `dist`, as a whole or not at all. As a program: `npm run build`. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');
const STAMP = join(DIST, 'stamp');
const SOURCES = ['shared', 'node', 'tracker', 'bridge', 'cli', 'web', 'package-lock.json', 'tsconfig.base.json', 'vite.config.ts'];

/** The built page. */
export const WEB_DIR = join(DIST, 'web');
/** The built server. */
export const SERVER_FILE = join(DIST, 'server', 'tracker.js');
/** The built bridge. */
export const BRIDGE_FILE = join(DIST, 'server', 'bridge.js');
/** The built command. */
export const COMMAND_FILE = join(DIST, 'server', 'command.js');

/** Whether `dist` is what the sources give. Without sources, as in an image of the build alone, it always is. */
export function isBuilt() {
	const built = [SERVER_FILE, BRIDGE_FILE, COMMAND_FILE, join(WEB_DIR, 'index.html')];
	if (!built.every((file) => existsSync(file))) return false;
	return !existsSync(join(ROOT, 'web')) || (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint());
}

/** Builds, and puts the result in place of the former only when it is whole: servers may start meanwhile. */
async function buildAll() {
	const { build } = await import('vite');
	const stamp = fingerprint();
	const next = join(DIST, `next-${process.pid}`);
	const configFile = join(ROOT, 'vite.config.ts');
	try {
		const common = { configFile, logLevel: /** @type {const} */ ('warn') };
		const rolldownOptions = { checks: { bundlerTimings: false } };
		await build({ ...common, root: join(ROOT, 'web'), build: { rolldownOptions, outDir: join(next, 'web') } });
		await build({ ...common, root: ROOT, build: { rolldownOptions, ssr: true, outDir: join(next, 'server') } });
		mkdirSync(DIST, { recursive: true });
		rmSync(STAMP, { force: true });
		for (const part of ['web', 'server']) {
			rmSync(join(DIST, part), { recursive: true, force: true });
			renameSync(join(next, part), join(DIST, part));
		}
		writeFileSync(STAMP, stamp);
	} finally {
		rmSync(next, { recursive: true, force: true });
	}
}

/** The content of all sources that are built, in one hash. */
function fingerprint() {
	const hash = createHash('sha256');
	for (const source of SOURCES) {
		for (const file of filesOf(join(ROOT, source))) hash.update(relative(ROOT, file)).update('\0').update(readFileSync(file));
	}
	return hash.digest('hex');
}

/** The files in and under `path`, but for tests. @param {string} path @returns {string[]} */
function filesOf(path) {
	if (!existsSync(path)) return [];
	if (!statSync(path).isDirectory()) return [path];
	return readdirSync(path).sort()
		.filter((name) => name !== 'node_modules' && name !== 'testkit' && !name.endsWith('.test.ts'))
		.flatMap((name) => filesOf(join(path, name)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const startedAt = performance.now();
	process.stdout.write('Building the page and the server … ');
	await buildAll();
	process.stdout.write(`done in ${Math.ceil((performance.now() - startedAt) / 1000)} s\n`);
}
