/** Tells a person, or a program, how it goes. */
import { renderUnicodeCompact } from 'uqr';

/** What happens, as programs are told: one JSON object a line. */
export type Event =
	| { readonly event: 'note'; readonly text: string }
	| { readonly event: 'film'; readonly title: string; readonly bytes: number; readonly durationSec: number | undefined }
	| { readonly event: 'progress'; readonly bytes: number; readonly of: number; readonly people: number }
	| { readonly event: 'saved'; readonly path: string; readonly bytes: number }
	/** A film has a link. `links`: the first is for others, all lead to it. `isKnown`: it is that of a former day. */
	| { readonly event: 'shared'; readonly path: string; readonly title: string; readonly bytes: number; readonly isKnown: boolean; readonly links: readonly string[] }
	/** How sharing goes. `hashed`: of all bytes, 0 to 1. `copies`: films that somebody else holds whole. */
	| { readonly event: 'sharing'; readonly films: number; readonly hashed: number; readonly people: number; readonly copies: number; readonly uploadedBytes: number }
	/** A film is shared no longer. */
	| { readonly event: 'ended'; readonly path: string; readonly text: string }
	| { readonly event: 'address'; readonly url: string }
	| { readonly event: 'failed'; readonly text: string };

/** Where lines go. */
export interface Terminal { readonly isTTY?: boolean; write(text: string): unknown }

/** Links drawn as QR codes: more would push each other off the terminal. */
const MAX_CODES = 3;

/** Progress that nobody sees move is told this often. */
const STEP = 0.1;

/** Writes events as lines, or as a line that moves. */
export class Report {
	readonly #out: Terminal;
	readonly #err: Terminal;
	readonly #json: boolean;
	#moving = false;
	#isOver = false;
	#told = 0;
	#said = '';
	/** Links drawn as QR codes. */
	#codes = 0;

	constructor({ out, err, json }: { readonly out: Terminal; readonly err: Terminal; readonly json: boolean }) {
		this.#out = out;
		this.#err = err;
		this.#json = json;
	}

	/** Nothing is told any more. */
	end(): void { this.#isOver = true; }

	tell(event: Event): void {
		if (this.#isOver) return;
		if (this.#json) {
			this.#out.write(`${JSON.stringify(event)}\n`);
			return;
		}
		switch (event.event) {
			case 'progress': return this.#progress(event);
			case 'film': return this.#line(this.#err, `${event.title} (${megabytes(event.bytes)})`);
			case 'note': case 'failed': case 'ended': return this.#line(this.#err, event.text);
			case 'shared': return this.#shared(event);
			case 'sharing': return this.#sharing(event);
			case 'saved': return this.#line(this.#out, event.path);
			case 'address': return this.#line(this.#out, event.url);
		}
	}

	/** The link alone goes to standard output: the rest is for a person. */
	#shared({ title, bytes, isKnown, links: [link = '', ...others] }: Extract<Event, { event: 'shared' }>): void {
		this.#line(this.#err, `${title} (${megabytes(bytes)})${isKnown ? ', under its link of before' : ''}`);
		this.#line(this.#out, link);
		for (const other of others) this.#line(this.#err, `  also ${other}`);
		if (this.#err.isTTY !== true || ++this.#codes > MAX_CODES) return;
		this.#err.write(`${renderUnicodeCompact(link, { border: 2 })}\n`);
	}

	#sharing({ films, hashed, people, copies, uploadedBytes }: Extract<Event, { event: 'sharing' }>): void {
		const hashing = hashed < 1 ? `, ${Math.floor(hashed * 100)} % hashed` : '';
		const text = `${count(films, 'film')}${hashing}, ${count(people, 'person', 'people')} connected, `
			+ `${megabytes(uploadedBytes)} sent${copies === 0 ? '' : `, ${copies} of ${films} whole with others`}`;
		if (this.#err.isTTY === true) this.#move(text);
		else if (text !== this.#said) this.#err.write(`${text}\n`);
		this.#said = text;
	}

	#progress({ bytes, of, people }: Extract<Event, { event: 'progress' }>): void {
		const fraction = of === 0 ? 1 : bytes / of;
		const from = people === 0 ? 'nobody is here' : `from ${people} ${people === 1 ? 'peer' : 'peers'}`;
		const text = `${String(Math.floor(fraction * 100)).padStart(3)} % of ${megabytes(of)}, ${from}`;
		if (this.#err.isTTY === true) this.#move(text);
		else if (fraction >= this.#told + STEP) {
			this.#told = Math.floor(fraction / STEP) * STEP;
			this.#err.write(`${text}\n`);
		}
	}

	#move(text: string): void {
		this.#err.write(`\r${text}\u001B[K`);
		this.#moving = true;
	}

	#line(to: Terminal, text: string): void {
		if (this.#moving) this.#err.write('\n');
		this.#moving = false;
		to.write(`${text}\n`);
	}
}

function megabytes(bytes: number): string {
	return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function count(n: number, one: string, many = `${one}s`): string { return `${n} ${n === 1 ? one : many}`; }
