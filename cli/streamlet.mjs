#!/usr/bin/env node
/** The `streamlet` command: services run as `npm start` and `npm run bridge` run them, all else is built like those. */
import { pathToFileURL } from 'node:url';
import './ready.mjs';

const [command, ...rest] = process.argv.slice(2);
if (command === 'serve' && rest.length === 0) await import('./start.mjs');
else if (command === 'bridge' && rest.length === 0) await import('./bridge.mjs');
else {
	const { COMMAND_FILE } = await import('./build.mjs');
	const { runCommand } = await import(pathToFileURL(COMMAND_FILE).href);
	process.exit(await runCommand(process.argv.slice(2)));
}
