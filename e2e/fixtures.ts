/** What stories are told with: a server of their own, and people, each with a browser profile of their own. */
import { test as base, type Browser, type BrowserContext } from '@playwright/test';
import { Person } from './person.ts';
import { ServerProcess } from './server-process.ts';

interface Fixtures {
	readonly serverEnv: Readonly<Record<string, string>>;
	readonly server: ServerProcess;
	readonly person: () => Promise<Person>;
}

/**
 * `serverEnv`: what the server's operator set. `server`: started for this test. `person()`: somebody with an empty
 * browser profile.
 */
export const test = base.extend<Fixtures>({
	serverEnv: [{}, { option: true }],
	server: async ({ serverEnv }, use) => {
		const server = await ServerProcess.start(serverEnv);
		await use(server);
		await server.close();
	},
	person: async ({ browser, server }, use) => {
		const contexts: BrowserContext[] = [];
		await use(async () => {
			const context = await newContext(browser);
			contexts.push(context);
			return new Person(await context.newPage(), context, server.url);
		});
		for (const context of contexts) await context.close();
	},
});

function newContext(browser: Browser): Promise<BrowserContext> {
	return browser.newContext({ viewport: { width: 1280, height: 800 } });
}
