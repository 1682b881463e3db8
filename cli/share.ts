/** `streamlet share` and `streamlet stop`: films of this machine under links, for as long as the command runs. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
	defaultShareFolder, linksTo, Sharing, trackerUrlOf, type EndOfShare, type FilmShare, type NoShare, type Stopped,
} from '../bridge/sharing.ts';
import { SECOND } from '../shared/base/units.ts';
import { parseShareLink } from '../shared/protocol/share-link.ts';
import type { Wish } from './arguments.ts';
import type { Report } from './report.ts';

/** How the command is called in people's lists of whom they are connected to. */
const NAME = 'Sharer';

const TELL_MS = SECOND;

/** The exit code. `interrupted`: settles when a person wants it to end, which is how it ends. */
export async function share(
	{ paths, tracker, name = NAME }: Extract<Wish, { command: 'share' }>, report: Report, interrupted: Promise<void>,
): Promise<number> {
	const given = new Given(report, tracker);
	const sharing = await Sharing.start({
		trackerUrl: trackerUrlOf(tracker), folder: defaultShareFolder(process.env), name, say: (text) => report.tell({ event: 'note', text }),
		ended: (film, why) => given.ended(film, why),
	});
	for (const path of paths) await given.take(sharing, resolve(path));
	const telling = setInterval(() => given.tell(), TELL_MS);
	await Promise.race([interrupted, given.over()]);
	clearInterval(telling);
	const isOver = given.isOver;
	if (!isOver) report.tell({ event: 'note', text: 'The same files have the same links when they are shared again.' });
	report.end();
	await given.close();
	sharing.close();
	return isOver ? 1 : 0;
}

/** Ends shares for good. The exit code. */
export async function stop({ what, tracker }: Extract<Wish, { command: 'stop' }>, report: Report): Promise<number> {
	const say = (text: string) => report.tell({ event: 'note', text });
	const folder = defaultShareFolder(process.env);
	const trackerUrl = trackerUrlOf(tracker);
	const sharing = await Sharing.start({ trackerUrl, folder, name: NAME, say, ended: () => undefined });
	let code = 0;
	for (const each of what) {
		const link = parseShareLink(each);
		const outcome = await sharing.stop(link.ok ? { id: link.value.id } : { path: resolve(each) });
		report.tell({ event: outcome === 'stopped' ? 'note' : 'failed', text: `${each}: ${STOPPED[outcome]}` });
		if (outcome !== 'stopped') code = 1;
	}
	sharing.close();
	return code;
}

const STOPPED: Readonly<Record<Stopped | 'unknown', string>> = {
	stopped: 'stopped for good. Whoever opens the link is told so.',
	unknown: 'nothing is known of a share of it here.',
	busy: 'it is being shared by another streamlet. End that first.',
	untold: 'stopped here, but the tracker could not be told. Give the command again when it can be reached.',
};

/** What was given to be shared, and what became of it. */
class Given {
	readonly #report: Report;
	readonly #tracker: string | undefined;
	readonly #films = new Map<string, FilmShare>();
	readonly #folders: { close(): void }[] = [];
	/** Films of folders are begun one after the other. */
	#turn: Promise<unknown> = Promise.resolve();
	#settle: () => void = () => {};
	#isTaken = false;

	constructor(report: Report, tracker: string | undefined) {
		this.#report = report;
		this.#tracker = tracker;
	}

	/** Nothing is shared, and nothing will be. */
	get isOver(): boolean { return this.#folders.length === 0 && this.#films.size === 0; }

	/** Settles when there is nothing to share any more. */
	over(): Promise<void> {
		this.#isTaken = true;
		return this.isOver ? Promise.resolve() : new Promise((settle) => { this.#settle = settle; });
	}

	async take(sharing: Sharing, path: string): Promise<void> {
		const isFolder = await stat(path).then((found) => found.isDirectory(), () => false);
		if (!isFolder) return this.#share(sharing, path);
		this.#report.tell({ event: 'note', text: `The films in ${path} are shared as they come and go.` });
		this.#folders.push(sharing.watch(path, {
			found: (film) => { this.#inTurn(() => this.#share(sharing, film)); },
			lost: (film) => { this.#inTurn(() => this.#lose(film)); },
			readable: (isReadable) => this.#report.tell({ event: 'note', text: isReadable
				? `${path} can be read again.` : `${path} cannot be read any more. It is looked at until it can.` }),
		}));
	}

	ended(film: FilmShare, why: EndOfShare): void {
		if (this.#films.get(film.path) !== film) return;
		this.#films.delete(film.path);
		this.#report.tell({ event: 'ended', path: film.path, text: `${film.path} is shared no longer: ${ENDS[why]}` });
		if (this.isOver && this.#isTaken) this.#settle();
	}

	tell(): void {
		const all = [...this.#films.values()].map(({ bytes, progress }) => ({ bytes, ...progress }));
		const bytes = all.reduce((sum, film) => sum + film.bytes, 0);
		this.#report.tell({
			event: 'sharing', films: all.length,
			hashed: bytes === 0 ? 1 : all.reduce((sum, film) => sum + film.sealed * film.bytes, 0) / bytes,
			people: all.reduce((sum, { people }) => sum + people, 0),
			copies: all.filter(({ copies }) => copies > 0).length,
			uploadedBytes: all.reduce((sum, { uploadedBytes }) => sum + uploadedBytes, 0),
		});
	}

	async close(): Promise<void> {
		for (const folder of this.#folders) folder.close();
		await this.#turn;
		await Promise.all([...this.#films.values()].map((film) => film.close()));
	}

	async #share(sharing: Sharing, path: string): Promise<void> {
		if (this.#films.has(path)) return;
		const shared = await sharing.share(path);
		if (!shared.ok) return this.#report.tell({ event: 'failed', text: `${path} is not shared: ${REASONS[shared.error]}` });
		const { id, linkKey, title, bytes, isKnown } = shared.value;
		this.#films.set(path, shared.value);
		this.#report.tell({ event: 'shared', path, title, bytes, isKnown, links: linksTo({ id, linkKey }, this.#tracker) });
	}

	async #lose(path: string): Promise<void> {
		const film = this.#films.get(path);
		if (!film) return;
		this.#films.delete(path);
		this.#report.tell({ event: 'ended', path, text: `${path} was removed or altered: it is shared no longer.` });
		await film.close();
	}

	#inTurn(task: () => Promise<void>): void { this.#turn = this.#turn.then(task); }
}

const REASONS: Readonly<Record<NoShare, string>> = {
	gone: 'there is no such file.',
	unreadable: 'it may not be read.',
	'not-a-file': 'it is neither a file nor a folder.',
	empty: 'it is empty.',
	'too-large': 'it is larger than any film.',
	busy: 'it is being shared already.',
	storage: 'what is needed to share it cannot be kept. Is the disk full? DATA_DIR names another folder.',
};

const ENDS: Readonly<Record<EndOfShare, string>> = {
	changed: 'the file was written to, so it is not the film any more that people have begun to watch.',
	gone: 'the file cannot be read any more.',
	storage: 'what is needed to share it cannot be kept. Is the disk full?',
	'not-a-video': 'it is no MP4 or MOV.',
	truncated: 'it is cut short: its end is missing.',
	'no-tracks': 'there is neither picture nor sound in it.',
	encrypted: 'it is copy-protected.',
	damaged: 'it is damaged.',
	'too-large': 'it is larger than any film.',
};
