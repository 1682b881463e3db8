/** Where sharers ask: one WebSocket a share, that says how its copy is for as long as somebody wants to know. */
import type { WebSocket } from 'ws';
import { equalBytes, type Bytes } from '../../shared/base/bytes.ts';
import { SECOND, type Ms } from '../../shared/base/units.ts';
import { NONCE_BYTES } from '../../shared/protocol/opening.ts';
import { encodeOffer, encodeParkState, readParkRequest, type SignedParkRequest } from '../../shared/protocol/parking.ts';
import type { Crypto } from '../../shared/protocol/primitives.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Place } from '../places.ts';
import { plain } from '../plain-bytes.ts';
import type { Parking } from './parking.ts';

/** How often a copy is looked at, and asked whether anything changed. */
const LOOK_EVERY: Ms = SECOND;

/** Requests waiting for their turn on one connection: a person clicks one at a time. */
const MAX_WAITING = 8;

/** What asks for nothing that makes sense, or not in the name of its share (RFC 6455 §7.4.1). */
const REFUSED = 1008;

/** What a desk is made of. */
export interface ParkingDeskInit { readonly crypto: Crypto; readonly clock: Clock; readonly parking: Parking }

/** A socket that has just been opened. */
interface Visitor { readonly socket: WebSocket; readonly address: string; readonly place: Place }

/** One a bridge. */
export class ParkingDesk {
	readonly #init: ParkingDeskInit;

	constructor(init: ParkingDeskInit) { this.#init = init; }

	/** Makes its offer, and answers. */
	receive(visitor: Visitor): void {
		const { socket } = visitor;
		const { crypto, parking: { offer } } = this.#init;
		const nonce = crypto.random(NONCE_BYTES);
		let last = -1;
		let waiting = 0;
		let turn = Promise.resolve();
		const reports = new Reports(socket, this.#init.clock);
		socket.once('close', () => reports.stop());
		socket.on('error', () => {}); // 'close' always follows it
		socket.on('message', (data: Buffer, isBinary) => {
			if (!isBinary || ++waiting > MAX_WAITING) return socket.close(REFUSED);
			const frame = plain(data).slice();
			turn = turn.then(async () => {
				waiting -= 1;
				const read = await readParkRequest(crypto, frame, nonce);
				if (!read.ok || read.value.number <= last) return socket.close(REFUSED);
				last = read.value.number;
				visitor.place.settle();
				await this.#answer(visitor, read.value, reports);
			});
		});
		socket.send(encodeOffer({ nonce, ...offer }));
	}

	async #answer(
		{ socket, address }: Visitor, request: SignedParkRequest, reports: Reports,
	): Promise<void> {
		const answer = await this.#init.parking.answer(request, address);
		if (socket.readyState !== socket.OPEN) return;
		reports.say(encodeParkState(answer));
		reports.watch(() => encodeParkState(this.#init.parking.stateOf(request.share)));
	}
}

/** Sends a state when it is asked for, and when it has become another. */
class Reports {
	readonly #socket: WebSocket;
	readonly #clock: Clock;
	#said: Bytes = new Uint8Array(0);
	#stop: () => void = () => undefined;

	constructor(socket: WebSocket, clock: Clock) {
		this.#socket = socket;
		this.#clock = clock;
	}

	say(state: Bytes): void {
		this.#said = state;
		this.#socket.send(state);
	}

	/** From now on says what `look` sees, when that is not what it saw or said last. */
	watch(look: () => Bytes): void {
		this.stop();
		let before = look();
		const again = (): void => {
			const now = look();
			if (!equalBytes(now, before) && !equalBytes(now, this.#said)) this.say(now);
			before = now;
			this.#stop = this.#clock.after(LOOK_EVERY, again);
		};
		this.#stop = this.#clock.after(LOOK_EVERY, again);
	}

	stop(): void { this.#stop(); }
}
