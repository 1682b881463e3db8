/**
 * Sockets on one side, the rules on the other. Every listener here is the top of its stack: an exception that left one
 * would end the process for everybody, so it ends the connection it came from instead, and is reported.
 */
import * as v from 'valibot';
import type { WebSocket } from 'ws';
import type { Bytes } from '../../shared/base/bytes.ts';
import type { Result } from '../../shared/base/result.ts';
import { MIB, type Ms } from '../../shared/base/units.ts';
import type { DescriptorClaims, DescriptorFault } from '../../shared/protocol/descriptor.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import {
	CLOSE_CODES, clientMessage, type ClientMessage, type CloseReason, type Refusal, type TrackerMessage,
} from '../../shared/protocol/tracker-message.ts';
import type { Listing, ListingFault } from '../../shared/protocol/listing.ts';
import { charge, checked, handle, handleUnreadable } from '../core/handle.ts';
import { listingChecked, prune, tellOnline } from '../core/handle-catalogue.ts';
import { explain } from '../core/refusals.ts';
import { dismiss, end, open, sweep, type Effect, type Session, type TrackerState } from '../core/state.ts';
import type { Metrics } from './metrics.ts';
import type { Origin } from './requester.ts';

/** Bytes that may wait for a client who reads slowly: 40 of the largest answers. Beyond that it reads nothing. */
const MAX_WAITING_BYTES = MIB;

/** What a hub needs. */
export interface HubParts {
	readonly state: TrackerState;
	readonly metrics: Metrics;
	readonly now: () => Ms;
	/** Finds out whether bytes are a share's descriptor. */
	readonly check: (share: ShareId, bytes: Bytes) => Promise<Result<DescriptorClaims, DescriptorFault>>;
	/** Finds out whether bytes are a share's word on the catalogue. */
	readonly checkListing: (share: ShareId, bytes: Bytes) => Promise<Result<Listing, ListingFault>>;
	/** Told of bugs. */
	readonly report: (error: unknown) => void;
}

/** A socket that was let in. */
interface Seat { readonly socket: WebSocket; isAlive: boolean }

/** All sockets of one tracker. */
export class Hub {
	readonly #parts: HubParts;
	readonly #seats = new Map<Session, Seat>();

	constructor(parts: HubParts) { this.#parts = parts; }

	/** Decides about a connection before the handshake. */
	open(address: string): ReturnType<typeof open> { return open(this.#parts.state, address, this.#parts.now()); }

	/** Serves a socket that {@link open} gave a session. */
	serve(socket: WebSocket, session: Session, origin: Origin): void {
		const seat = { socket, isAlive: true };
		this.#seats.set(session, seat);
		this.#parts.metrics.opened(origin);
		const alive = () => this.#guard(session, () => {
			seat.isAlive = true;
			this.#perform(charge(this.#parts.state, session, 0, this.#parts.now()));
		});
		socket.on('message', (data: Buffer, isBinary) => this.#guard(session, () => {
			seat.isAlive = true;
			this.#receive(session, data, isBinary);
		}));
		socket.on('ping', alive);
		socket.on('pong', alive);
		socket.on('error', () => {}); // the stream's 'close' always follows it
	}

	/** Its connection is gone, or never was. Twice is once. */
	forget(session: Session): void {
		this.#seats.delete(session);
		end(this.#parts.state, session, this.#parts.now());
	}

	/** Tells a socket why it cannot stay: after the handshake, whose HTTP status a browser hides from its page. */
	turnAway(socket: WebSocket, code: Refusal & CloseReason): void {
		socket.on('error', () => {}); // nothing is lost: it goes anyway
		this.#parts.metrics.refused(code);
		socket.send(encode({ type: 'refused', code, detail: explain(code) }));
		this.#finish(socket, code);
	}

	/** Ends those who did not answer since the last beat, and asks everybody else. */
	beat(): void {
		for (const [session, seat] of this.#seats) {
			if (!seat.isAlive) seat.socket.terminate();
			else this.#guard(session, () => seat.socket.ping());
			seat.isAlive = false;
		}
	}

	/** Lets go of what is over. */
	sweep(): void { this.#perform(sweep(this.#parts.state, this.#parts.now())); }

	/** Tells those who browse the catalogue how many are online. */
	tellOnline(): void { this.#perform(tellOnline(this.#parts.state)); }

	/** Descriptors may have expired: what the catalogue lists goes with them. */
	prune(): void { this.#perform(prune(this.#parts.state)); }

	/** Tells everybody that the tracker stops. */
	dismissAll(): void {
		for (const session of [...this.#seats.keys()]) {
			this.#post(session, { type: 'refused', code: 'shutting-down', detail: explain('shutting-down') });
			this.#perform(dismiss(this.#parts.state, session, 'restart', this.#parts.now()));
		}
	}

	#receive(session: Session, data: Buffer, isBinary: boolean): void {
		const { state, metrics, now } = this.#parts;
		const excess = charge(state, session, data.length, now());
		if (excess.length > 0 || isBinary) {
			this.#perform(excess.length > 0 ? excess : dismiss(state, session, 'binary', now()));
			return;
		}
		const message = parse(data.toString());
		metrics.received(message?.type ?? 'unreadable');
		this.#perform(message ? handle(state, session, message, now()) : handleUnreadable(state, session, now()));
	}

	#perform(effects: readonly Effect[]): void {
		for (const effect of effects) {
			if (effect.type === 'send') this.#post(effect.to, effect.message);
			else if (effect.type === 'close') this.#close(effect.session, effect.reason);
			else if (effect.type === 'announce') this.#announce(effect.message);
			else if (effect.type === 'check') this.#check(effect);
			else this.#checkListing(effect);
		}
	}

	#post(to: Session, message: TrackerMessage): void {
		if (message.type === 'refused') this.#parts.metrics.refused(message.code);
		this.#hand(to, encode(message));
	}

	/** Put into words once, however many listen. */
	#announce(message: TrackerMessage): void {
		const text = encode(message);
		for (const session of [...this.#parts.state.browsing]) this.#guard(session, () => this.#hand(session, text));
	}

	#hand(to: Session, text: string): void {
		const seat = this.#seats.get(to);
		if (!seat) return;
		if (seat.socket.bufferedAmount <= MAX_WAITING_BYTES) seat.socket.send(text);
		else this.#perform(dismiss(this.#parts.state, to, 'slow', this.#parts.now()));
	}

	#close(session: Session, reason: CloseReason): void {
		const seat = this.#seats.get(session);
		this.#seats.delete(session);
		if (seat) this.#finish(seat.socket, reason);
	}

	/** The handshake of closing has two seconds (`closeTimeout`); what still comes is not listened to. */
	#finish(socket: WebSocket, reason: CloseReason): void {
		this.#parts.metrics.closed(reason);
		socket.removeAllListeners('message').removeAllListeners('ping').removeAllListeners('pong');
		socket.close(CLOSE_CODES[reason], reason);
	}

	#check(effect: Extract<Effect, { type: 'check' }>): void {
		const { state, now, check } = this.#parts;
		check(effect.share, effect.descriptor)
			.then((found) => this.#perform(checked(state, effect, found, now())))
			.catch((error: unknown) => this.#failed(effect.session, error));
	}

	#checkListing(effect: Extract<Effect, { type: 'check-listing' }>): void {
		const { state, now, checkListing } = this.#parts;
		checkListing(effect.share, effect.statement)
			.then((found) => this.#perform(listingChecked(state, effect, found, now())))
			.catch((error: unknown) => this.#failed(effect.session, error));
	}

	#guard(session: Session, act: () => void): void {
		try {
			act();
		} catch (error) {
			this.#failed(session, error);
		}
	}

	#failed(session: Session, error: unknown): void {
		this.#parts.report(error);
		end(this.#parts.state, session, this.#parts.now());
		this.#close(session, 'bug');
	}
}

function encode(message: TrackerMessage): string {
	return JSON.stringify(message);
}

function parse(text: string): ClientMessage | undefined {
	try {
		const parsed = v.safeParse(clientMessage, JSON.parse(text));
		return parsed.success ? parsed.output : undefined;
	} catch {
		return undefined; // the only thing JSON.parse throws for: it is no JSON
	}
}
