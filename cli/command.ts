/** The `streamlet` command but for its services: what `cli/streamlet.mjs` runs. */
import { readArguments } from './arguments.ts';
import { examine, inWords } from './doctor.ts';
import { get } from './get.ts';
import { HELP } from './help.ts';
import { play } from './play.ts';
import { Report } from './report.ts';
import { share, stop } from './share.ts';

/** Does what was typed, and gives the exit code. */
export async function runCommand(args: readonly string[]): Promise<number> {
	const wish = readArguments(args);
	if (!wish.ok) {
		process.stderr.write(`${wish.error}\nstreamlet --help says more.\n`);
		return 2;
	}
	if (wish.value.command === 'help') {
		process.stdout.write(HELP);
		return 0;
	}
	const { json } = wish.value;
	if (wish.value.command === 'doctor') return doctor(json);
	const report = new Report({ out: process.stdout, err: process.stderr, json });
	const interrupted = new Promise<void>((resolve) => {
		for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
	});
	try {
		switch (wish.value.command) {
			case 'get': return await get(wish.value, report, interrupted);
			case 'play': return await play(wish.value, report, interrupted);
			case 'share': return await share(wish.value, report, interrupted);
			case 'stop': return await stop(wish.value, report);
		}
	} catch (error) {
		report.tell({ event: 'failed', text: error instanceof Error ? error.message : String(error) });
		return 1;
	}
}

async function doctor(json: boolean): Promise<number> {
	const findings = await examine();
	process.stdout.write(json ? findings.map((finding) => `${JSON.stringify(finding)}\n`).join('') : inWords(findings));
	return findings.every(({ isWell, isNeeded }) => isWell || !isNeeded) ? 0 : 1;
}
