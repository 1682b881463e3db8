import { defineConfig } from '@playwright/test';
import { LAN_RULE } from './lan-host.ts';

/** Stories in real browsers. A retry would hide a flake, so there is none. */
export default defineConfig({
	testDir: '.',
	testMatch: '**/*.spec.ts',
	globalSetup: './global-setup.ts',
	outputDir: '../test-results',
	workers: 1,
	retries: 0,
	timeout: 300_000, // it only ends what hangs: a busy machine takes a minute where an idle one takes ten seconds
	expect: { timeout: 60_000 },
	forbidOnly: true,
	reporter: [['list']],
	use: {
		launchOptions: {
			executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
			args: [
				'--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking',
				'--disable-component-update', '--mute-audio', '--autoplay-policy=no-user-gesture-required',
				LAN_RULE,
			],
		},
		screenshot: 'only-on-failure',
	},
});
