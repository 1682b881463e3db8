/** `streamlet get`: saves the film a link leads to. Whatever interrupts it, the same command goes on. */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { PersonalBridge, savedName, type NoFilm, type SaveFault } from '../bridge/personal.ts';
import type { Wish } from './arguments.ts';
import type { Report } from './report.ts';

/** The exit code of whatever a person interrupted, as shells have it. */
const INTERRUPTED = 130;

const WAITING = 'Nobody who has this film is here. Waiting for somebody; Ctrl-C ends that.';

/** The exit code. `interrupted`: settles when a person wants it to end. */
export async function get(
	wish: Extract<Wish, { command: 'get' }>, report: Report, interrupted: Promise<void>,
): Promise<number> {
	const { film: { link, tracker }, output, force } = wish;
	if (output !== undefined && !force && existsSync(output)) return exists(output, report);
	const folder = output === undefined ? process.cwd() : dirname(resolve(output));
	const directory = join(folder, `.streamlet-${link.id}`); // beside the film: on its disk, found again, and gone with it
	const bridge = await PersonalBridge.start({
		link, tracker, directory, say: (text) => report.tell({ event: 'note', text }),
	});
	const saved = save(bridge, wish, { report, folder });
	const code = await Promise.race([saved, interrupted.then(() => INTERRUPTED)]);
	if (code === INTERRUPTED) {
		report.tell({ event: 'note', text: 'What arrived is kept: the same command goes on from there.' });
		report.end(); // what fails now fails because of this
	}
	await bridge.close();
	if (code === 0) await rm(directory, { recursive: true, force: true });
	return code;
}

async function save(
	bridge: PersonalBridge, { output, force }: Extract<Wish, { command: 'get' }>,
	{ report, folder }: { readonly report: Report; readonly folder: string },
): Promise<number> {
	let told = false;
	const film = await bridge.film(() => {
		if (!told) report.tell({ event: 'note', text: WAITING });
		told = true;
	});
	if (!film.ok) return failed(report, whyNoFilm(film.error));
	const { title, durationSec, reader: { size } } = film.value;
	report.tell({ event: 'film', title, bytes: size, durationSec });
	const path = output === undefined ? join(folder, savedName(film.value)) : resolve(output);
	if (!force && existsSync(path)) return exists(path, report);
	const draft = `${path}.part`;
	const progress = (bytes: number) => report.tell({ event: 'progress', bytes, of: size, people: bridge.people });
	const saved = await bridge.save({ film: film.value, path: draft, progress });
	if (!saved.ok) return failed(report, whyNotSaved(saved.error, path));
	await rename(draft, path);
	report.tell({ event: 'saved', path, bytes: size });
	return 0;
}

function failed(report: Report, text: string): 1 {
	report.tell({ event: 'failed', text });
	return 1;
}

function exists(path: string, report: Report): 1 {
	return failed(report, `${path} is there already. --force replaces it, --output names another place.`);
}

/** Why a film cannot be had. */
export function whyNoFilm(why: NoFilm): string {
	switch (why) {
		case 'stopped': return 'Whoever shared this film has stopped sharing it, for good.';
		case 'wrong-key': return 'This key does not open the film: the link belongs to another one, or is garbled.';
		case 'closed': return 'It was ended before anybody with the film was met.';
	}
}

function whyNotSaved(fault: SaveFault, path: string): string {
	switch (fault) {
		case 'full': return 'The disk is full. What arrived is kept: make room and give the same command again.';
		case 'unwritable': return `${path} cannot be written. --output names another place.`;
		case 'incomplete': return 'Some of the film could not be read. The same command goes on from what had arrived.';
	}
}
