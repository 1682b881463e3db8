/** `streamlet get`: saves the film a link leads to. Whatever interrupts it, the same command goes on. */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { PersonalBridge, savedName, type NoFilm, type SaveFault } from '../bridge/personal.ts';
import type { Wish } from './arguments.ts';
import type { Report } from './report.ts';

/** How it ended. `isOver`: what arrived is not wanted any more. */
interface Outcome { readonly code: number; readonly isOver: boolean }

/** As shells have it. */
const INTERRUPTED: Outcome = { code: 130, isOver: false };

const WAITING = 'Nobody who has this film is here. Waiting for somebody; Ctrl-C ends that.';

/** The exit code. `interrupted`: settles when a person wants it to end. */
export async function get(
	wish: Extract<Wish, { command: 'get' }>, report: Report, interrupted: Promise<void>,
): Promise<number> {
	const { film: { link, tracker }, output, force } = wish;
	if (output !== undefined && !force && existsSync(output)) {
		report.tell({ event: 'failed', text: thereAlready(output) });
		return 1;
	}
	const folder = output === undefined ? process.cwd() : dirname(resolve(output));
	const directory = join(folder, `.streamlet-${link.id}`); // beside the film: on its disk, found again, and gone with it
	const bridge = await PersonalBridge.start({
		link, tracker, directory, say: (text) => report.tell({ event: 'note', text }),
	});
	const saved = save(bridge, wish, { report, folder });
	const outcome = await Promise.race([saved, interrupted.then(() => INTERRUPTED)]);
	if (outcome === INTERRUPTED) {
		report.tell({ event: 'note', text: 'What arrived is kept: the same command goes on from there.' });
		report.end(); // what fails now fails because of this
	}
	await bridge.close();
	if (outcome.isOver) await rm(directory, { recursive: true, force: true });
	return outcome.code;
}

async function save(
	bridge: PersonalBridge, { output, force }: Extract<Wish, { command: 'get' }>,
	{ report, folder }: { readonly report: Report; readonly folder: string },
): Promise<Outcome> {
	const failed = (text: string, isOver: boolean): Outcome => {
		report.tell({ event: 'failed', text });
		return { code: 1, isOver };
	};
	let told = false;
	const film = await bridge.film(() => {
		if (!told) report.tell({ event: 'note', text: WAITING });
		told = true;
	});
	if (!film.ok) return failed(whyNoFilm(film.error), true);
	const { title, durationSec, reader: { size } } = film.value;
	report.tell({ event: 'film', title, bytes: size, durationSec });
	const path = output === undefined ? join(folder, savedName(film.value)) : resolve(output);
	if (!force && existsSync(path)) return failed(thereAlready(path), true);
	const draft = `${path}.part`;
	const progress = (bytes: number) => report.tell({ event: 'progress', bytes, of: size, people: bridge.people });
	const saved = await bridge.save({ film: film.value, path: draft, progress });
	const isStopped = !saved.ok && saved.error === 'stopped';
	if (isStopped) await rm(draft, { force: true });
	if (!saved.ok) return failed(whyNotSaved(saved.error, path), isStopped);
	await rename(draft, path);
	report.tell({ event: 'saved', path, bytes: size });
	return { code: 0, isOver: true };
}

function thereAlready(path: string): string {
	return `${path} is there already. --force replaces it, --output names another place.`;
}

/** Why a film cannot be had. */
export function whyNoFilm(why: NoFilm): string {
	switch (why) {
		case 'stopped': return 'Whoever shared this film has stopped sharing it, for good.';
		case 'wrong-key': return 'This key does not open the film: the link belongs to another one, or is garbled.';
		case 'closed': return 'It was ended before anybody with the film was met.';
	}
}

function whyNotSaved(fault: SaveFault | NoFilm, path: string): string {
	switch (fault) {
		case 'full': return 'The disk is full. What arrived is kept: make room and give the same command again.';
		case 'unwritable': return `${path} cannot be written. --output names another place.`;
		case 'incomplete': return 'Some of the film could not be read. The same command goes on from what had arrived.';
		default: return whyNoFilm(fault);
	}
}
