import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { serveFilms } from './e2e/films/serve-films.ts';
import { pairSockets } from './e2e/pair-sockets.ts';

// simple-peer's main entry needs Node globals; its prebuilt file does not ("global is not defined" otherwise).
const alias = [{ find: /^simple-peer$/, replacement: 'simple-peer/simplepeer.min.js' }];

const node = (name: string, include: string[]) => ({
	extends: true as const,
	// No test is timed; the limit only ends one that hangs, on machines as slow as they come.
	test: {
		name, include, environment: 'node' as const, testTimeout: 60_000, hookTimeout: 60_000,
		expect: { poll: { timeout: 50_000 } },
	},
});

const chromium = {
	executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
	args: [
		'--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking',
		'--disable-component-update', '--mute-audio',
	],
};

/**
 * Tests that need a real page. What they import is bundled before they start: a late find would reload the page in
 * mid-test.
 */
const browser = {
	extends: true as const,
	plugins: [serveFilms(), pairSockets()],
	optimizeDeps: {
		include: [
			'simple-peer/simplepeer.min.js', 'idb', 'valibot', 'mp4box', 'uqr', 'fast-check', 'hash-wasm',
			'@noble/ciphers/aes.js', '@noble/curves/ed25519.js', '@noble/hashes/sha2.js', '@noble/hashes/hmac.js',
			'@noble/hashes/hkdf.js',
		],
	},
	test: {
		name: 'browser',
		include: ['**/*.browser.test.ts'],
		testTimeout: 60_000,
		expect: { poll: { timeout: 50_000 } }, // as with tests: it only ends what hangs
		browser: {
			enabled: true, headless: true, screenshotFailures: false,
			provider: playwright({ launchOptions: chromium }),
			instances: [{ browser: 'chromium' as const }],
		},
	},
};

export default defineConfig(({ isSsrBuild }) => ({
	plugins: [svelte()],
	resolve: { alias },
	root: isSsrBuild ? '.' : 'web',
	build: isSsrBuild
		? {
			ssr: true, outDir: 'dist/server', emptyOutDir: true, target: 'node20',
			rolldownOptions: { input: { tracker: 'tracker/bin.ts', bridge: 'bridge/bin.ts', command: 'cli/command.ts' } },
		}
		: { outDir: '../dist/web', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 600 },
	worker: { format: 'es' as const },
	test: {
		projects: [
			node('architecture', ['../e2e/architecture.test.ts']),
			node('shared', ['../shared/**/*.test.ts']),
			node('tracker', ['../tracker/**/*.test.ts', '../cli/**/*.test.ts']),
			node('bridge', ['../{bridge,node}/**/*.test.ts']),
			node('native', ['../e2e/native/*.test.ts']),
			node('web', ['**/!(*.browser).test.ts']),
			browser,
		],
	},
}));
