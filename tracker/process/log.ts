/** The only file that writes to the terminal: words for people, and pino's lines for programs. */
import { destination, pino, stdTimeFunctions, type Logger } from 'pino';
import { renderUnicodeCompact } from 'uqr';
import type { Urls } from '../../node/listen.ts';

/** Addresses drawn as QR codes: more would push the first ones off the terminal. */
const MAX_CODES = 3;

/** A log of JSON lines. It never holds an address, a key or a link. */
export function makeLog(level: string): Logger {
	const stdout = destination({ dest: 1, sync: true });
	stdout.on('error', () => {}); // whoever read our output is gone; there is nobody to tell
	return pino({ level, base: null, timestamp: stdTimeFunctions.isoTime }, stdout);
}

/**
 * Greets the person who started it: every URL, those of the network as QR codes, and what plain HTTP means.
 *
 * @param further - lines about what runs beside it
 */
export function printBanner(urls: Urls, further: readonly string[] = []): void {
	process.stdout.write(bannerFor(urls, further));
}

/** Says why it cannot run. */
export function printProblem(problem: string): void {
	process.stderr.write(`Streamlet cannot start: ${problem}\n`);
}

/** The text of {@link printBanner}. */
export function bannerFor({ local, lan }: Urls, further: readonly string[] = []): string {
	const lines = ['', '  Streamlet is running', ''];
	if (local !== undefined) lines.push(`  On this machine    ${local}`);
	for (const [index, url] of lan.entries()) lines.push(`  ${index === 0 ? 'On your network' : '               '}    ${url}`);
	lines.push(...further);
	if (lan.length > 0) {
		for (const url of lan.slice(0, MAX_CODES)) {
			lines.push('', ...renderUnicodeCompact(url, { border: 2 }).split('\n').map((line) => `  ${line}`), `  ${url}`);
		}
		if (lan.length > MAX_CODES) lines.push('', `  The first ${MAX_CODES} addresses have a code here; the others work as well.`);
		lines.push('');
		lines.push('  Plain http is not encrypted: others on the network could read and alter the page itself.');
		lines.push('  For the internet, put it behind HTTPS.');
	}
	return [...lines, '', '  Ctrl+C stops it.', '', ''].join('\n');
}
