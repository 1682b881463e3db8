/**
 * A film for one person at this machine: a bridge that takes part in one share, listens on this machine alone, and
 * keeps what arrives in a folder of its own.
 */
import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { fail, ok, type Result } from '../shared/base/result.ts';
import type { ShareLink } from '../shared/protocol/share-link.ts';
import type { Film } from './film.ts';
import { fileNameOf } from './http/film-headers.ts';
import { pour } from './http/pour.ts';
import { startBridge, type RunningBridge } from './main.ts';

/** Which film, and where what arrives of it is kept until it is not wanted any more. */
export interface PersonalInit {
	readonly link: ShareLink;
	/** WebSocket URL of the tracker that the link came from. */
	readonly tracker: string;
	readonly directory: string;
	/** A line for the person: the tracker cannot be reached, the disk refuses. */
	readonly say: (line: string) => void;
}

/** Why a film cannot be had. `closed`: this was closed meanwhile; the others are for good. */
export type NoFilm = 'stopped' | 'wrong-key' | 'closed';

/** Why a film could not be saved. `incomplete`: some of it could not be read. */
export type SaveFault = 'full' | 'unwritable' | 'incomplete';

/** Somewhere a film is being written to. */
interface Draft { readonly film: Film; readonly path: string; readonly progress: (writtenBytes: number) => void }

/** While it runs. */
export class PersonalBridge {
	readonly #link: ShareLink;
	readonly #running: RunningBridge;

	private constructor(link: ShareLink, running: RunningBridge) {
		this.#link = link;
		this.#running = running;
	}

	/** @throws when the folder cannot be used or WebRTC is missing; the message says which */
	static async start({ link, tracker, directory, say }: PersonalInit): Promise<PersonalBridge> {
		const anywhere = { port: 0, spares: 0 };
		const running = await startBridge({
			host: '127.0.0.1', http: anywhere, tcp: anywhere, directory, quotaBytes: Number.MAX_SAFE_INTEGER, relayBytesPerSecond: 0, parking: { bytes: 0, maxHours: 0 },
			trackers: [tracker], shares: [link], say,
		});
		return new PersonalBridge(link, running);
	}

	/** For players: the film under an address of this machine. */
	get watchUrl(): string { return `http://127.0.0.1:${this.#running.port}/watch/${this.#link.id}`; }
	/** How many others it is connected to. */
	get people(): number { return this.#running.bridge.health().peers ?? 0; }

	/** What is known of the film; waits for somebody who knows. `alone`: told now and then while nobody does. */
	async film(alone: () => void): Promise<Result<Film, NoFilm>> {
		await this.#running.bridge.keep(this.#link);
		for (;;) {
			const outcome = await this.#running.bridge.find(this.#link.id);
			if (outcome.state === 'here') return ok(outcome.film);
			if (outcome.state === 'unlisted') return fail('closed');
			if (outcome.state === 'stopped' || outcome.state === 'wrong-key') return fail(outcome.state);
			alone();
		}
	}

	/** Writes all of the film to a file, as it arrives, verified. */
	async save({ film, path, progress }: Draft): Promise<Result<void, SaveFault | NoFilm>> {
		const out = createWriteStream(path);
		const broken = faultOf(out);
		const telling = setInterval(() => progress(out.bytesWritten), 250);
		try {
			await pour(film, { from: 0, to: film.reader.size }, out);
		} finally {
			clearInterval(telling);
		}
		const fault = out.errored ? await broken : undefined;
		if (fault) return fail(fault);
		progress(out.bytesWritten);
		if (out.bytesWritten === film.reader.size) return ok(undefined);
		const { state } = await this.#running.bridge.find(this.#link.id);
		return fail(state === 'stopped' ? state : 'incomplete');
	}

	/** Leaves the swarm; the folder stays. */
	close(): Promise<void> { return this.#running.close(); }
}

/** What the film is called as a file. */
export function savedName(film: Pick<Film, 'title' | 'type'>): string { return fileNameOf(film); }

async function faultOf(out: WriteStream): Promise<SaveFault> {
	const [error] = await once(out, 'error') as [NodeJS.ErrnoException];
	return error.code === 'ENOSPC' || error.code === 'EDQUOT' ? 'full' : 'unwritable';
}
