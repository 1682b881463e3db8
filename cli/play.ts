/** `streamlet play`: the film a link leads to, under an address of this machine. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PersonalBridge } from '../bridge/personal.ts';
import type { Wish } from './arguments.ts';
import { whyNoFilm } from './get.ts';
import type { Report } from './report.ts';

/** The exit code, once the player has ended or a person has had enough. What arrived is not kept. */
export async function play(
	{ film: { link, tracker }, player }: Extract<Wish, { command: 'play' }>, report: Report, interrupted: Promise<void>,
): Promise<number> {
	const directory = await mkdtemp(join(tmpdir(), 'streamlet-play-'));
	const say = (text: string) => report.tell({ event: 'note', text });
	const bridge = await PersonalBridge.start({ link, tracker, directory, say });
	const found = await Promise.race([bridge.film(() => say('Nobody who has this film is here. Waiting for somebody.')), interrupted]);
	let code = 0;
	if (found?.ok) {
		const { title, durationSec, reader: { size } } = found.value;
		report.tell({ event: 'film', title, bytes: size, durationSec });
		report.tell({ event: 'address', url: bridge.watchUrl });
		const ends = player === undefined ? forever : playerEnds(player, bridge.watchUrl, report);
		code = await Promise.race([ends, interrupted.then(() => 0)]);
	} else if (found) {
		report.tell({ event: 'failed', text: whyNoFilm(found.error) });
		code = 1;
	}
	await bridge.close();
	await rm(directory, { recursive: true, force: true });
	return code;
}

const forever = new Promise<number>(() => undefined);

function playerEnds(player: string, url: string, report: Report): Promise<number> {
	return new Promise((resolve) => {
		const child = spawn(player, [url], { stdio: 'inherit' });
		child.on('error', () => {
			report.tell({ event: 'failed', text: `${player} cannot be started. Is it installed? Without --open the address is for any player.` });
			resolve(1);
		});
		child.on('exit', (code) => resolve(code ?? 0));
	});
}
