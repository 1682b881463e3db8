/** What a bridge says on the terminal. Never a link: it is a key. */
import type { Urls } from '../../node/listen.ts';

/** A line while it runs. */
export function printLine(line: string): void { process.stdout.write(`Bridge: ${line}\n`); }

/** Says why it cannot run. */
export function printProblem(problem: string): void { process.stderr.write(`The bridge cannot start: ${problem}\n`); }

/** Where a bridge can be reached. */
export interface Addresses {
	readonly urls: Urls;
	readonly tcpPort: number;
	readonly olderPorts: Readonly<Record<'transfer' | 'tracker' | 'peer', number>> | undefined;
}

/** Greets the person who started it on its own. */
export function printBanner(addresses: Addresses): void {
	process.stdout.write(['', '  The bridge is running', '', ...addressLines(addresses), '', '  Ctrl+C stops it.', '', ''].join('\n'));
}

/** Where films are, a line an address, and where native peers and older systems connect. */
export function addressLines({ urls: { local, lan }, tcpPort, olderPorts }: Addresses): string[] {
	const urls = [...(local === undefined ? [] : [local]), ...lan];
	const films = urls.map((url, k) => `  ${k === 0 ? 'Films for players' : '                 '}  ${url}watch/…`);
	const older = olderPorts && [
		`  Older systems      file transfer on TCP port ${olderPorts.transfer}, tracker ${olderPorts.tracker}, peer ${olderPorts.peer}`,
		'                     Not encrypted, and open to whoever reaches these ports.',
	];
	return [...films, `  Native peers       TCP port ${tcpPort}`, ...older ?? []];
}
