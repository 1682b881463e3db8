/** `streamlet doctor`: looks at what the services need on this machine, and says what to do about what is missing. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rmdir, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** What was looked at. `isNeeded`: nothing works without it. `advice`: for when it is not well. */
export interface Finding {
	readonly name: string;
	readonly isWell: boolean;
	readonly isNeeded: boolean;
	readonly says: string;
	readonly advice?: string;
}

/** Less room than this is little for films. */
const LITTLE_BYTES = 5e9;

/** Packages with code of their own for each machine, and what they are for. */
const NATIVE = [
	['node-datachannel', 'data channels', 'connects the bridge to browsers'],
	['@photostructure/sqlite', 'database', 'keeps what the tracker knows'],
] as const;

const PORTS = [[8000, 'PORT'], [8100, 'BRIDGE_PORT'], [8200, 'BRIDGE_TCP_PORT']] as const;

/** Looks at everything; takes a second. */
export async function examine(env: Readonly<Record<string, string | undefined>> = process.env): Promise<Finding[]> {
	return [
		{ name: 'Node', isWell: true, isNeeded: true, says: process.versions.node }, // an older one does not come this far
		...await Promise.all(NATIVE.map(([name, what, use]) => native(name, what, use))),
		await folder(resolve(env['DATA_DIR'] || '.data')),
		await pictures(),
		...await Promise.all(PORTS.map(([port, variable]) => portIsFree(port, variable))),
	];
}

async function native(name: string, what: string, use: string): Promise<Finding> {
	try {
		await import(name);
		return { name: what, isWell: true, isNeeded: true, says: name };
	} catch {
		const advice = '"npm ci" without --omit=optional installs it; where it has no build for the machine, python3, make and g++ help.';
		return { name: what, isWell: false, isNeeded: true, says: `${name}, which ${use}, does not load`, advice };
	}
}

/** Posters of films that are shared from here. */
async function pictures(): Promise<Finding> {
	const common = { name: 'ffmpeg', isNeeded: false };
	const isThere = await promisify(execFile)('ffmpeg', ['-version']).then(() => true, () => false);
	if (isThere) return { ...common, isWell: true, says: 'makes posters of films that are shared from here' };
	return { ...common, isWell: false, says: 'is not there: films that are shared from here have no poster', advice: 'Install ffmpeg.' };
}

async function folder(path: string): Promise<Finding> {
	let there = path;
	while (!existsSync(there)) there = dirname(there);
	const common = { name: 'folder', isNeeded: true };
	try {
		await rmdir(await mkdtemp(join(there, '.streamlet-'))); // what a system says of rights is not all there is to it
	} catch {
		return { ...common, isWell: false, says: `${path} cannot be written to`, advice: 'DATA_DIR names another one.' };
	}
	const { bavail, bsize } = await statfs(there);
	const says = `${path}, room for ${(bavail * bsize / 1e9).toFixed(1)} GB`;
	return bavail * bsize >= LITTLE_BYTES
		? { ...common, isWell: true, says }
		: { ...common, isWell: false, isNeeded: false, says, advice: 'That is little for films. DATA_DIR names another folder.' };
}

function portIsFree(port: number, variable: string): Promise<Finding> {
	const common = { name: `port ${port}`, isNeeded: false };
	return new Promise((settle) => {
		const server = createServer();
		server.once('error', () => settle({
			...common, isWell: false, says: 'taken', advice: `The next free one is used, or the one that ${variable} names.`,
		}));
		server.listen(port, () => server.close(() => settle({ ...common, isWell: true, says: 'free' })));
	});
}

/** One line for each, and the advice under those that are not well. */
export function inWords(findings: readonly Finding[]): string {
	return findings.map(({ name, isWell, isNeeded, says, advice }) => {
		const sign = isWell ? '✓' : isNeeded ? '✗' : '!';
		return `${sign} ${name.padEnd(14)} ${says}${advice === undefined ? '' : `\n  ${advice}`}\n`;
	}).join('');
}
