/** Tells a person, or a program, how it goes. */

/** What happens, as programs are told: one JSON object a line. */
export type Event =
	| { readonly event: 'note'; readonly text: string }
	| { readonly event: 'film'; readonly title: string; readonly bytes: number; readonly durationSec: number | undefined }
	| { readonly event: 'progress'; readonly bytes: number; readonly of: number; readonly people: number }
	| { readonly event: 'saved'; readonly path: string; readonly bytes: number }
	| { readonly event: 'address'; readonly url: string }
	| { readonly event: 'failed'; readonly text: string };

/** Where lines go. */
export interface Terminal { readonly isTTY?: boolean; write(text: string): unknown }

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
			case 'note': case 'failed': return this.#line(this.#err, event.text);
			case 'saved': return this.#line(this.#out, event.path);
			case 'address': return this.#line(this.#out, event.url);
		}
	}

	#progress({ bytes, of, people }: Extract<Event, { event: 'progress' }>): void {
		const fraction = of === 0 ? 1 : bytes / of;
		const from = people === 0 ? 'nobody is here' : `from ${people} ${people === 1 ? 'peer' : 'peers'}`;
		const text = `${String(Math.floor(fraction * 100)).padStart(3)} % of ${megabytes(of)}, ${from}`;
		if (this.#err.isTTY === true) {
			this.#err.write(`\r${text}\u001B[K`);
			this.#moving = true;
		} else if (fraction >= this.#told + STEP) {
			this.#told = Math.floor(fraction / STEP) * STEP;
			this.#err.write(`${text}\n`);
		}
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
