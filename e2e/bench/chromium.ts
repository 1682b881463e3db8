/** One person: a Chromium of its own, as a user has it: timers, mDNS and autoplay rules untouched. */
import { join } from 'node:path';
import { chromium, type BrowserContext, type CDPSession, type Page } from 'playwright-core';
import { cpuSeconds, descendants } from './processes.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

const ARGS = [
	'--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update',
	'--mute-audio',
];

/** Processor time since the person's browser began: of the processes that hold pages, and of all. */
export interface Spent { readonly renderers: number; readonly all: number }

/** How a person is set up. `executable` may be a wrapper that starts Chromium elsewhere, in a network namespace say. */
export interface PersonOptions {
	readonly executable?: string;
	readonly args?: readonly string[];
	/** Pause each film at its first frame, where decoding would disturb what is measured. */
	readonly pauseAtFirstFrame?: boolean;
	/** Watch how much of the film is held, ten times a second. */
	readonly watchHeld?: boolean;
}

interface ProcessInfo { readonly type: string; readonly id: number; readonly cpuTime: number }

/** A browser and what it costs. Make it with {@link openPerson}. */
export class Person {
	readonly context: BrowserContext;
	readonly #session: CDPSession;

	constructor(context: BrowserContext, session: CDPSession) {
		this.context = context;
		this.#session = session;
	}

	/** A fresh tab, empty. */
	page(): Promise<Page> { return this.context.newPage(); }

	/** The process of the one page that works: the busiest of those that hold pages. */
	async renderer(): Promise<number> {
		const renderers = (await this.#processes()).filter((each) => each.type === 'renderer');
		const [busiest] = renderers.sort((a, b) => b.cpuTime - a.cpuTime);
		if (busiest === undefined) throw new Error('the browser has no page');
		return busiest.id;
	}

	/** All processes of the browser. */
	async processes(): Promise<readonly number[]> {
		const all = await this.#processes();
		return descendants(all.find((each) => each.type === 'browser')!.id);
	}

	/** Processor seconds until now. */
	async spent(): Promise<Spent> {
		const all = await this.#processes();
		const renderers = all.filter((each) => each.type === 'renderer').map((each) => each.id);
		return { renderers: sum(renderers.map(cpuSeconds)), all: sum((await this.processes()).map(cpuSeconds)) };
	}

	/** Ends the browser and all it stored. */
	close(): Promise<void> { return this.context.close(); }

	async #processes(): Promise<ProcessInfo[]> {
		const { processInfo } = await this.#session.send('SystemInfo.getProcessInfo');
		return processInfo;
	}
}

/** Starts a browser with an empty profile. */
export async function openPerson(options: PersonOptions = {}): Promise<Person> {
	const { executable = CHROMIUM, args = [], pauseAtFirstFrame = false, watchHeld = false } = options;
	// A profile on disk, as people have it: what incognito windows keep goes through the browser's process and memory.
	const context = await chromium.launchPersistentContext('', { executablePath: executable, args: [...ARGS, ...args] });
	await context.addInitScript(`window.benchOptions = ${JSON.stringify({ pauseAtFirstFrame, watchHeld })};`);
	await context.addInitScript({ path: join(import.meta.dirname, 'pages/clock.mjs') });
	return new Person(context, await context.browser()!.newBrowserCDPSession());
}

/** Runs something with people that are gone afterwards, whatever happens. */
export async function withPeople<T>(
	options: readonly PersonOptions[], run: (...people: Person[]) => Promise<T>,
): Promise<T> {
	const people = await Promise.all(options.map(openPerson));
	try {
		return await run(...people);
	} finally {
		await Promise.all(people.map((person) => person.close()));
	}
}

function sum(values: readonly number[]): number { return values.reduce((total, value) => total + value, 0); }
