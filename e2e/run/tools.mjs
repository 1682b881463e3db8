/** Finds the programs that tests drive, or installs them from Debian's packages when it may. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Program, Debian package, environment variable that names another place for it. */
const TOOLS = [
	{ program: 'chromium', also: ['chromium-browser', 'google-chrome'], packaged: 'chromium', env: 'CHROMIUM' },
	{ program: 'firefox-esr', also: ['firefox'], packaged: 'firefox-esr', env: 'FIREFOX' },
	{ program: 'ffmpeg', also: [], packaged: 'ffmpeg', env: 'FFMPEG' },
	{ program: 'python3', also: [], packaged: 'python3', env: 'PYTHON' },
	{ program: 'aria2c', also: [], packaged: 'aria2', env: 'ARIA2C' },
	{ program: 'openssl', also: [], packaged: 'openssl', env: 'OPENSSL' },
];

/** @param {string} program */
function find(program) {
	const found = spawnSync('sh', ['-c', 'command -v "$0"', program], { encoding: 'utf8' });
	return found.status === 0 ? found.stdout.trim() : undefined;
}

/** @param {(typeof TOOLS)[number]} tool */
function locate(tool) {
	const named = process.env[tool.env];
	if (named !== undefined && existsSync(named)) return named;
	return [tool.program, ...tool.also].map(find).find((path) => path !== undefined);
}

/** Sets the environment variable of each tool to where it is. Ends the process with one line when one cannot be had. */
export function findTools() {
	const missing = TOOLS.filter((tool) => locate(tool) === undefined);
	if (missing.length > 0 && process.getuid?.() === 0 && find('apt-get') !== undefined) {
		const packages = missing.map((tool) => tool.packaged);
		console.log(`installing ${packages.join(', ')}`);
		spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
		spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
			stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
		});
	}
	for (const tool of TOOLS) {
		const path = locate(tool);
		if (path === undefined) {
			const remedy = `apt-get install ${tool.packaged}, or set ${tool.env} to its path`;
			console.error(`The tests need ${tool.program}: ${remedy}.`);
			process.exit(1);
		}
		process.env[tool.env] = path;
	}
}
