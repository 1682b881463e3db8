/** What takes long and needs a quiet machine: `npm run bench` and `npm run prove`. Not part of `npm test`. */
import { defineConfig } from 'vitest/config';

const MINUTE_MS = 60_000;

const project = (name: string, include: string) => ({
	test: {
		name, include: [include], environment: 'node' as const,
		// One at a time, so that nothing measured shares the processor with another measurement.
		fileParallelism: false, disableConsoleIntercept: true, testTimeout: 60 * MINUTE_MS, hookTimeout: 10 * MINUTE_MS,
	},
});

export default defineConfig({
	root: import.meta.dirname,
	cacheDir: '../node_modules/.vite-long',
	test: { projects: [project('bench', 'bench/*.bench.ts'), project('prove', 'prove/*.prove.ts')] },
});
