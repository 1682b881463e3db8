/** A client of a tracker, for tests: says anything, and waits for what comes instead of for time. */
import { WebSocket, type ClientOptions } from 'ws';
import type { TrackerMessage } from '../../shared/protocol/tracker-message.ts';

/** How a connection ended. */
export interface Ended { readonly code: number; readonly reason: string }

/** One connection. */
export class Client {
	readonly socket: WebSocket;
	/** When it is over, and why. */
	readonly ended: Promise<Ended>;
	readonly #heard: TrackerMessage[] = [];
	readonly #waiting: ((message: TrackerMessage) => void)[] = [];

	constructor(socket: WebSocket) {
		this.socket = socket;
		this.ended = new Promise((resolve) => socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() })));
		socket.on('error', () => {}); // 'close' always follows it
		socket.on('message', (data: Buffer) => {
			const message = JSON.parse(data.toString()) as TrackerMessage;
			const waiting = this.#waiting.shift();
			if (waiting) waiting(message);
			else this.#heard.push(message);
		});
	}

	/** Connected; rejects when the handshake fails. */
	static async to(port: number, options: ClientOptions = {}): Promise<Client> {
		const client = new Client(new WebSocket(`ws://127.0.0.1:${port}/ws`, options));
		await new Promise((resolve, reject) => client.socket.once('open', resolve).once('error', reject));
		return client;
	}

	/** Sends an object as JSON, anything else as it is. */
	say(message: object | string | Buffer): void {
		const isRaw = typeof message === 'string' || Buffer.isBuffer(message);
		this.socket.send(isRaw ? message : JSON.stringify(message));
	}

	/** The next message that has not been taken yet. */
	next(): Promise<TrackerMessage> {
		const heard = this.#heard.shift();
		return heard ? Promise.resolve(heard) : new Promise((resolve) => this.#waiting.push(resolve));
	}

	/** Says something and takes the next message. */
	ask(message: object | string): Promise<TrackerMessage> {
		this.say(message);
		return this.next();
	}

	/** Messages that nobody has taken. */
	get untaken(): readonly TrackerMessage[] { return this.#heard; }
}
