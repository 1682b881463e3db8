/** What a bridge says on the terminal. Never a link: it is a key. */
import type { Urls } from '../../node/listen.ts';

/** A line while it runs. */
export function printLine(line: string): void { process.stdout.write(`Bridge: ${line}\n`); }

/** Says why it cannot run. */
export function printProblem(problem: string): void { process.stderr.write(`The bridge cannot start: ${problem}\n`); }

/** Greets the person who started it on its own. */
export function printBanner(urls: Urls, tcpPort: number): void {
	process.stdout.write(['', '  The bridge is running', '', ...addressLines(urls, tcpPort), '', '  Ctrl+C stops it.', '', ''].join('\n'));
}

/** Where films are, a line an address, and where native peers connect. */
export function addressLines({ local, lan }: Urls, tcpPort: number): string[] {
	const urls = [...(local === undefined ? [] : [local]), ...lan];
	const films = urls.map((url, k) => `  ${k === 0 ? 'Films for players' : '                 '}  ${url}watch/…`);
	return [...films, `  Native peers       TCP port ${tcpPort}`];
}
