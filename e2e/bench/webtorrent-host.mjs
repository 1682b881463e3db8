/**
 * The rival's pages and its own tracker, unmodified, as a process: `node webtorrent-host.mjs ADDRESS` listens there on
 * free ports and prints both URLs as a line of JSON.
 */
import { once } from 'node:events';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { servePages } from './page-server.mjs';
import { BENCH_FOLDER } from './rivals.mjs';

const [host = '127.0.0.1'] = process.argv.slice(2);
const MODULES = `${BENCH_FOLDER}/node_modules`;
const PAGES = fileURLToPath(new URL('pages', import.meta.url));

const { default: Tracker } = await import(pathToFileURL(`${MODULES}/bittorrent-tracker/server.js`).href);
const tracker = new Tracker({ udp: false, http: true, ws: true, stats: false });
tracker.listen(0, host);
await once(tracker.http, 'listening');
const { url } = await servePages({
	'/': `${PAGES}/webtorrent.html`, '/webtorrent.mjs': `${PAGES}/webtorrent.mjs`,
	'/webtorrent.min.js': `${MODULES}/webtorrent/dist/webtorrent.min.js`, '/sw.min.js': `${MODULES}/webtorrent/dist/sw.min.js`,
}, host);
console.log(JSON.stringify({ url, tracker: `ws://${host}:${tracker.http.address().port}` }));
