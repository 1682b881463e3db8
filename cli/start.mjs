/** What `npm start` runs: builds if the sources have changed, then serves page, tracker and bridge. */
import { pathToFileURL } from 'node:url';
import './ready.mjs';

const { BRIDGE_FILE, SERVER_FILE, WEB_DIR } = await import('./build.mjs');
const { run } = await import(pathToFileURL(SERVER_FILE).href);
const { runBeside } = await import(pathToFileURL(BRIDGE_FILE).href);
await run(WEB_DIR, runBeside);
