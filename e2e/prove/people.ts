/** People as proofs need them: each a Chromium of its own with a profile on disk, which can be killed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { descendants } from '../bench/processes.ts';
import { Person } from '../person.ts';

const ARGS = [
	'--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking',
	'--disable-component-update', '--mute-audio', '--autoplay-policy=no-user-gesture-required',
];

/** A person whose browser can die. Gone when the test ends. */
export class Mortal extends Person {
	readonly #process: number;

	constructor(page: Page, url: string, process: number) {
		super(page, page.context(), url);
		this.#process = process;
	}

	/** With a fresh profile, at an empty page. */
	static async start(url: string): Promise<Mortal> {
		const profile = await mkdtemp(join(tmpdir(), 'streamlet-profile-'));
		const context = await chromium.launchPersistentContext(profile, {
			executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ARGS, viewport: { width: 1280, height: 800 },
		});
		onTestFinished(async () => {
			await context.close();
			await rm(profile, { recursive: true, force: true, maxRetries: 5 });
		});
		const session = await context.browser()!.newBrowserCDPSession();
		const { processInfo } = await session.send('SystemInfo.getProcessInfo');
		const [page] = context.pages();
		return new Mortal(page!, url, processInfo.find(({ type }) => type === 'browser')!.id);
	}

	/** Ends the browser as a power cut would: it has no time to say goodbye. */
	async kill(): Promise<void> {
		const closed = new Promise<void>((resolve) => this.context.once('close', () => resolve()));
		for (const pid of descendants(this.#process)) process.kill(pid, 'SIGKILL');
		await closed;
	}
}
