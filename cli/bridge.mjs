/** What `npm run bridge` runs: builds if the sources have changed, then a bridge on its own. */
import { pathToFileURL } from 'node:url';
import './ready.mjs';

const { BRIDGE_FILE } = await import('./build.mjs');
const { runBridge } = await import(pathToFileURL(BRIDGE_FILE).href);
await runBridge();
