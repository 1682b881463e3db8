/**
 * What `npm run dev` runs: Vite serves the page and reloads it as you type; tracker and bridge run in the same process,
 * loaded from their sources through Vite, and start again when one of them changes. Pages reconnect by themselves.
 */
import { once } from 'node:events';
import { createServer as createProbe } from 'node:net';
import { join } from 'node:path';
import { createServer, isRunnableDevEnvironment } from 'vite';

const ROOT = join(import.meta.dirname, '..');
const TRACKER = join(ROOT, 'tracker', 'main.ts');
const BRIDGE = join(ROOT, 'bridge', 'bin.ts');
/** An editor that saves several files makes one restart. */
const RESTART_AFTER_MS = 150;

const trackerPort = await freePort();
const proxied = { target: `http://127.0.0.1:${trackerPort}`, xfwd: true };
const vite = await createServer({
	configFile: join(ROOT, 'vite.config.ts'),
	root: join(ROOT, 'web'),
	server: {
		port: Number(process.env.PORT || 8000),
		host: process.env.HOST || true,
		fs: { allow: [ROOT] },
		proxy: { '^/(ws$|bridge/)': { ...proxied, ws: true }, '^/(healthz|metrics)$': proxied },
	},
});
const { ssr } = vite.environments;
if (!isRunnableDevEnvironment(ssr)) throw new Error('Vite cannot run the tracker here');
const { runner, moduleGraph } = ssr;

/** @type {{ close(): Promise<unknown> } | undefined} */
let servers;
servers = await startServers();
/** @type {NodeJS.Timeout | undefined} */
let restart;
vite.watcher.on('change', (file) => {
	if (!moduleGraph.getModulesByFile(file)) return;
	clearTimeout(restart);
	restart = setTimeout(() => void restartServers(), RESTART_AFTER_MS);
});
await vite.listen();
vite.printUrls();

async function startServers() {
	const { startTracker } = /** @type {typeof import('../tracker/main.ts')} */ (await runner.import(TRACKER));
	const { runBeside } = /** @type {typeof import('../bridge/bin.ts')} */ (await runner.import(BRIDGE));
	await servers?.close();
	let address = /** @type {string | undefined} */ (undefined);
	const tracker = await startTracker({
		host: '127.0.0.1', port: trackerPort, spares: 0, proxyHops: 1, dataDir: process.env.DATA_DIR || '.data',
		bridge: () => address, expectsBridge: true,
	});
	const bridge = await runBeside(`ws://127.0.0.1:${trackerPort}/ws`);
	address = bridge.address;
	tracker.openDoor(bridge.takeIn);
	return { close: () => Promise.all([bridge.close(), tracker.close()]) };
}

/** A source that does not compile leaves the servers that run. */
async function restartServers() {
	try {
		servers = await startServers();
		vite.config.logger.info('tracker and bridge restarted', { timestamp: true });
	} catch (error) {
		const report = error instanceof Error ? (error.stack ?? error.message) : String(error);
		vite.config.logger.error(report, { timestamp: true });
	}
}

async function freePort() {
	const probe = createProbe().listen(0, '127.0.0.1');
	await once(probe, 'listening');
	const address = probe.address();
	probe.close();
	await once(probe, 'close');
	return typeof address === 'object' && address ? address.port : 0;
}
