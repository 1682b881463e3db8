/** Somebody with a browser profile on disk: it survives the browser, and a crash of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';
import { descendants } from './bench/processes.ts';
import { LAN_RULE } from './lan-host.ts';

const ARGS = [
	'--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update',
	'--mute-audio', '--autoplay-policy=no-user-gesture-required', '--hide-crash-restore-bubble',
	LAN_RULE,
];

/** A profile folder, and the browser that runs on it. */
export class Profile {
	readonly #folder: string;
	#context: BrowserContext | undefined;

	private constructor(folder: string) { this.#folder = folder; }

	/** An empty one. */
	static async make(): Promise<Profile> { return new Profile(await mkdtemp(join(tmpdir(), 'streamlet-profile-'))); }

	/** Starts the browser, on what it kept. */
	async start(): Promise<BrowserContext> {
		const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
		const context = await chromium.launchPersistentContext(this.#folder, { executablePath, args: ARGS });
		this.#context = context;
		return context;
	}

	/** Kills all of the browser's processes at once, as a power failure would: none gets to tidy up. */
	async crash(): Promise<void> {
		const context = this.#context;
		this.#context = undefined;
		if (!context) return;
		const ended = new Promise((resolve) => { context.once('close', resolve); });
		for (const pid of processesOn(this.#folder).flatMap(descendants)) tryKill(pid);
		await ended;
	}

	/** Ends the browser and takes its profile away. */
	async close(): Promise<void> {
		await this.#context?.close();
		await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
	}
}

/** Browsers that run on a profile: their command line names it, and no `--type`, which their children have. */
function processesOn(folder: string): number[] {
	return readdirSync('/proc').map(Number).filter((pid) => {
		if (!Number.isInteger(pid)) return false;
		const args = commandLine(pid);
		return args.includes(`--user-data-dir=${folder}`) && !args.some((arg) => arg.startsWith('--type='));
	});
}

function commandLine(pid: number): readonly string[] {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
	} catch {
		return []; // it has ended
	}
}

function tryKill(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch {
		// it ended with its parent
	}
}
