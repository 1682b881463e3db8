/**
 * What `npm run dev` runs: Vite serves the page and reloads it as you type; a tracker runs in the same process, loaded
 * from its sources through Vite, and starts again when one of them changes. Pages reconnect by themselves.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer, isRunnableDevEnvironment } from 'vite';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TRACKER = join(ROOT, 'tracker', 'main.ts');
/** An editor that saves several files makes one restart. */
const RESTART_AFTER_MS = 150;

/** The tracker's port: any free one, and the same one after each restart. */
const proxied = { target: '', xfwd: true };
const vite = await createServer({
	configFile: join(ROOT, 'vite.config.ts'),
	server: {
		port: Number(process.env.PORT || 8000),
		host: process.env.HOST || true,
		fs: { allow: [ROOT] },
		proxy: { '^/ws$': { ...proxied, ws: true }, '^/(healthz|metrics)$': proxied },
	},
});
