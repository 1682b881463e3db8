// Serves the preview of all screens on a free port: `node e2e/preview/serve.mjs`, or `startPreview()` from a test.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build, preview } from 'vite';

const ROOT = fileURLToPath(new URL('.', import.meta.url));

/** A short film to show in the player; made once per machine. */
function makeFilm() {
	const folder = join(tmpdir(), 'streamlet-preview');
	mkdirSync(folder, { recursive: true });
	const film = join(folder, 'film.webm');
	const picture = 'gradients=s=960x540:d=60:r=12:speed=0.02:c0=0x0b2a30:c1=0xff9e45:c2=0x1c4d52:c3=0xf6d7a8:n=4';
	if (!existsSync(film)) execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', picture, '-pix_fmt', 'yuv420p', '-c:v', 'libvpx', '-b:v', '400k', '-t', '60', '-cpu-used', '8', '-deadline', 'realtime', film]);
	return folder;
}

/** @returns {Promise<{ url: string, close: () => Promise<void> }>} */
export async function startPreview(port = 0) {
	const outDir = mkdtempSync(join(tmpdir(), 'streamlet-preview-page-'));
	/** @type {import('vite').InlineConfig} */
	const common = { configFile: false, root: ROOT, publicDir: makeFilm(), logLevel: 'error', plugins: [svelte({ configFile: false })] };
	await build({ ...common, build: { outDir, target: 'es2022', assetsInlineLimit: 0 } });
	const server = await preview({ ...common, build: { outDir }, preview: { port, strictPort: true, host: '127.0.0.1' } });
	const address = server.httpServer.address();
	if (address === null || typeof address === 'string') throw new Error('the preview has no port');
	return { url: `http://127.0.0.1:${address.port}/`, close: async () => { await server.close(); rmSync(outDir, { recursive: true, force: true }); } };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const { url } = await startPreview(Number(process.env.PORT ?? 0));
	process.stdout.write(`${url}\n`);
}
