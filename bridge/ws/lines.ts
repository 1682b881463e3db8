/**
 * Lines between two pages that find no other way to each other: each calls the other, and from then on one gets what
 * the other sends. They prove to each other that they have the link; the bridge reads ciphertext at most, keeps
 * nothing, and holds no more of it than a socket's buffer. What passes is bounded, in all and for each address.
 * PROTOCOL.md §7.
 */
import type { WebSocket } from 'ws';
import { Allowance } from '../../shared/base/allowance.ts';
import type { Bytes } from '../../shared/base/bytes.ts';
import { MIB, SECOND, type Ms } from '../../shared/base/units.ts';
import { decodeCall, type BridgeCall } from '../../shared/protocol/bridge-call.ts';
import { decodeOpening } from '../../shared/protocol/opening.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Place } from '../places.ts';
import { plain } from '../plain-bytes.ts';

/** Whoever connects calls at once; whoever is called hears of it by the tracker and comes within moments. */
const CALL_WITHIN: Ms = 10 * SECOND;

/** Peers that live ask each other for a sign of life far more often. */
const SILENT_AFTER: Ms = 60 * SECOND;

/** Bytes waiting for the network above which the other end is read no further, and at which it is again. */
const HIGH_WATER_BYTES = MIB / 4;
const LOW_WATER_BYTES = MIB / 16;

/** Ends of lines at once, of all and of one address: a school comes from one. */
const MAX_ENDS = 2048;
const MAX_ENDS_PER_ADDRESS = 128;

/** The part of all that may pass that one address may take. */
const ADDRESS_SHARE = 1 / 4;

/** Why a line ends: WebSocket close codes (RFC 6455 §7.4.1). */
const CODES = { gone: 1000, 'no-call': 1008, 'too-many': 1013 } as const;

/** How many bytes a second may pass over all lines; 0: there are none. */
export interface LineLimits { readonly bytesPerSecond: number }

/** A socket that has just been opened. */
interface Caller { readonly socket: WebSocket; readonly address: string; readonly place: Place }

/** What comes before the other end is there: an opening. */
const MAX_EARLY = 4;

/** One end of a line: what it has sent waits until the other is there. */
interface End extends Caller {
	readonly call: BridgeCall;
	readonly early: [data: Buffer, isBinary: boolean][];
	deliver: ((data: Buffer, isBinary: boolean) => void) | undefined;
	stopWaiting: () => void;
}

/** An address that has ends of lines. */
interface Neighbour { ends: number; readonly allowance: Allowance }

/** All lines of a bridge. */
export class Lines {
	readonly #clock: Clock;
	readonly #limits: LineLimits;
	readonly #all: Allowance;
	readonly #waiting = new Map<string, End>();
	readonly #addresses = new Map<string, Neighbour>();
	#ends = 0;

	constructor(limits: LineLimits, clock: Clock) {
		this.#limits = limits;
		this.#clock = clock;
		this.#all = this.#allow(limits.bytesPerSecond);
	}

	/** Ends of lines there are, the other end there or not. */
	get ends(): number { return this.#ends; }

	/**
	 * Takes a socket's first message for a call. `toUs`: somebody calls the bridge itself, whose socket it is from then
	 * on.
	 */
	accept(caller: Caller, toUs: (call: BridgeCall) => boolean): void {
		const { socket } = caller;
		const tooLate = this.#clock.after(CALL_WITHIN, () => socket.close(CODES['no-call']));
		socket.once('close', tooLate);
		socket.on('error', () => {}); // 'close' always follows it
		socket.once('message', (data: Buffer, isBinary) => {
			tooLate();
			const call = isBinary ? decodeCall(plain(data)) : undefined;
			if (!call?.ok) return socket.close(CODES['no-call']);
			if (!toUs(call.value)) this.#call(caller, call.value);
		});
	}

	#call(caller: Caller, call: BridgeCall): void {
		const { socket, address } = caller;
		const neighbour = this.#enter(address);
		if (!neighbour) return socket.close(CODES['too-many']);
		socket.once('close', () => this.#leave(address, neighbour));
		const end: End = { ...caller, call, early: [], deliver: undefined, stopWaiting: () => undefined };
		socket.on('message', (data: Buffer, isBinary) => {
			if (end.deliver) end.deliver(data, isBinary);
			else if (end.early.push([data, isBinary]) > MAX_EARLY) socket.close(CODES['no-call']);
		});
		const other = this.#waiting.get(keyOf({ ...call, from: call.to, to: call.from }));
		if (other?.socket.readyState === socket.OPEN) {
			other.stopWaiting();
			this.#join(end, other);
		} else this.#wait(end);
	}

	/** Reads no further until the other end is there. */
	#wait(end: End): void {
		const { socket } = end;
		const key = keyOf(end.call);
		const former = this.#waiting.get(key);
		former?.stopWaiting();
		if (former) hangUp(former.socket); // the same peer called again
		socket.pause();
		const cancelTimer = this.#clock.after(CALL_WITHIN, () => {
			end.stopWaiting();
			hangUp(socket);
		});
		end.stopWaiting = () => {
			cancelTimer();
			if (this.#waiting.get(key) === end) this.#waiting.delete(key);
		};
		socket.once('close', end.stopWaiting);
		this.#waiting.set(key, end);
	}

	#join(one: End, other: End): void {
		const close = (): void => {
			cancelTimer();
			hangUp(one.socket);
			hangUp(other.socket);
		};
		let cancelTimer = this.#clock.after(SILENT_AFTER, close);
		const heard = (): void => {
			cancelTimer();
			cancelTimer = this.#clock.after(SILENT_AFTER, close);
		};
		for (const [from, to] of [[one, other], [other, one]] as const) {
			from.place.settle();
			from.socket.once('close', close);
			from.deliver = this.#forward(from, to.socket, { heard, close });
		}
		for (const { socket, early, deliver } of [one, other]) {
			socket.resume();
			for (const message of early.splice(0)) deliver?.(...message);
		}
	}

	#forward(
		{ socket, address, call }: End, to: WebSocket, line: { readonly heard: () => void; readonly close: () => void },
	): (data: Buffer, isBinary: boolean) => void {
		const own = this.#addresses.get(address)?.allowance;
		let isOpened = false;
		let isFull = false;
		let isOverdrawn = false;
		const goOn = (): void => { if (!isFull && !isOverdrawn) socket.resume(); };
		const sent = (): void => {
			if (!isFull || to.bufferedAmount > LOW_WATER_BYTES) return;
			isFull = false;
			goOn();
		};
		return (data, isBinary) => {
			if (!isBinary || data.length === 0 || (!isOpened && !opens(call, plain(data)))) return line.close();
			isOpened = true;
			line.heard();
			if (to.readyState === to.OPEN) to.send(data, sent);
			isFull = to.bufferedAmount > HIGH_WATER_BYTES;
			const wait = Math.max(...[this.#all, own].map((allowance) => this.#take(allowance, data.length)));
			if (wait > 0 && !isOverdrawn) {
				isOverdrawn = true;
				this.#clock.after(wait, () => {
					isOverdrawn = false;
					goOn();
				});
			}
			if (isFull || isOverdrawn) socket.pause();
		};
	}

	#allow(bytesPerSecond: number): Allowance {
		const allowance = new Allowance();
		allowance.set(bytesPerSecond, this.#clock.now() - SECOND); // so much may pass at once
		return allowance;
	}

	/** How long to wait before more of it is taken. */
	#take(allowance: Allowance | undefined, bytes: number): Ms {
		const now = this.#clock.now();
		allowance?.at(now);
		allowance?.take(bytes);
		return allowance?.waitAt(now) ?? 0;
	}

	#enter(address: string): Neighbour | undefined {
		const { bytesPerSecond } = this.#limits;
		if (bytesPerSecond === 0 || this.#ends >= MAX_ENDS) return undefined;
		let neighbour = this.#addresses.get(address);
		if (!neighbour) {
			neighbour = { ends: 0, allowance: this.#allow(bytesPerSecond * ADDRESS_SHARE) };
			this.#addresses.set(address, neighbour);
		}
		if (neighbour.ends >= MAX_ENDS_PER_ADDRESS) return undefined;
		neighbour.ends += 1;
		this.#ends += 1;
		return neighbour;
	}

	#leave(address: string, neighbour: Neighbour): void {
		this.#ends -= 1;
		neighbour.ends -= 1;
		if (neighbour.ends === 0) this.#addresses.delete(address);
	}
}

function keyOf({ share, from, to }: BridgeCall): string { return `${share} ${from} ${to}`; }

/** A paused socket would not hear that it is closed. */
function hangUp(socket: WebSocket): void {
	socket.resume();
	socket.close(CODES.gone);
}

/** The first thing on a line is the caller's opening (§2): it is for peers of a share, not for anything at all. */
function opens({ share, from }: BridgeCall, frame: Bytes): boolean {
	const opening = decodeOpening(frame);
	return opening.ok && opening.value.share === share && opening.value.peer === from;
}
