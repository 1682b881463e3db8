/**
 * A copy of a film of mine, parked at a bridge: the line to the bridge, what it offers, and how the copy is. The line
 * stays open while the film is on the screen, so the bridge says by itself when something changes.
 */
import type { Bytes } from '../../shared/base/bytes.ts';
import { SECOND, type Ms } from '../../shared/base/units.ts';
import type { OpenLine } from '../../shared/ports/bridge-line.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Transport } from '../../shared/ports/transport.ts';
import { placeAt } from '../../shared/protocol/bridge-call.ts';
import {
	decodeOffer, decodeParkState, makeParkRequest, PARK_PATH, type ParkOffer, type ParkRequest, type ParkState,
} from '../../shared/protocol/parking.ts';
import type { Crypto } from '../../shared/protocol/primitives.ts';
import type { TrackerSession } from '../../shared/runtime/tracker-session.ts';
import type { ParkingView } from './app-view.ts';
import type { Keys } from './share-keys.ts';

/** First wait for a bridge that is not there; doubles up to {@link LONGEST_WAIT}. */
const FIRST_WAIT: Ms = 2 * SECOND;
const LONGEST_WAIT: Ms = 60 * SECOND;

/** What a person wants of the bridge, until it has answered. */
type Wish = { readonly verb: 'park'; readonly hours: number } | { readonly verb: 'take-back' };

/** What parking is made of. `bytes`: of the film. */
export interface ParkingInit {
	readonly home: Pick<TrackerSession, 'bridges' | 'listen'>;
	readonly openLine: OpenLine;
	readonly crypto: Pick<Crypto, 'sign'>;
	readonly clock: Clock;
	readonly keys: Keys;
	readonly bytes: number;
	/** Something that a person might see changed. */
	readonly changed: () => void;
	/** For the next visit: until when a copy is parked; undefined: none is. */
	readonly remember: (until: number | undefined) => void;
}

/** Of one film. */
export class Parking {
	readonly #init: ParkingInit;
	/** Of a former visit, or as the bridge said last. */
	#until: number | undefined;
	#wish: Wish | undefined;
	#offer: ParkOffer | undefined;
	#state: ParkState | undefined;
	#transport: Transport | undefined;
	#number = 0;
	#waited = 0;
	#cancelWait: () => void = () => undefined;
	#stopListening: (() => void) | undefined;
	/** Counts lines: what an earlier one brings has no say. */
	#line = 0;

	/** @param until - as a former visit knew it */
	constructor(init: ParkingInit, until: number | undefined) {
		this.#init = init;
		this.#until = until !== undefined && until > Date.now() ? until : undefined;
	}

	/** Whether a copy is parked, or is to be, as far as is known. */
	get isWanted(): boolean { return this.#wish ? this.#wish.verb === 'park' : this.#until !== undefined; }

	/** Calls the bridge, now and whenever the line is lost. Again is harmless. */
	open(): void {
		if (this.#stopListening) return;
		this.#stopListening = this.#init.home.listen({
			line: ({ state }) => { if (state === 'online' && !this.#offer) this.#callAnew(); },
		});
		this.#callAnew();
	}

	/** The copy stays as it is. */
	close(): void {
		this.#stopListening?.();
		this.#stopListening = undefined;
		this.#hangUp();
	}

	/** Asks for a copy to be kept for so many hours from now; 0: to be deleted. */
	keepFor(hours: number): void {
		this.#wish = hours > 0 ? { verb: 'park', hours } : { verb: 'take-back' };
		this.open();
		if (this.#state) void this.#say();
		else this.#callAnew();
		this.#init.changed();
	}

	/** Undefined: there is no bridge that keeps copies, and never was. */
	get view(): ParkingView | undefined {
		const [offer, state] = [this.#offer, this.#state];
		if (!offer || !state) {
			const isMissed = this.#wish !== undefined || this.#until !== undefined;
			return isMissed ? { state: 'unreachable', wanted: this.isWanted, untilMs: this.#until } : undefined;
		}
		const { maxHours } = offer;
		if (this.#wish) return { state: 'asking', wanted: this.isWanted, maxHours };
		switch (state.state) {
			case 'fetching': return { state: 'fetching', maxHours, fraction: state.permille / 1000, untilMs: state.until };
			case 'kept': return { state: 'kept', maxHours, untilMs: state.until };
			case 'none': return this.#init.bytes > offer.maxBytes ? this.#refused('too-large', offer) : { state: 'offered', maxHours };
			case 'off': return this.#until === undefined ? undefined : this.#refused('off', offer);
			default: return this.#refused(state.state, offer);
		}
	}

	#refused(because: 'full' | 'too-large' | 'off', { maxHours, maxBytes }: ParkOffer): ParkingView {
		return { state: 'refused', because, maxHours, maxBytes };
	}

	#callAnew(): void {
		this.#waited = 0;
		void this.#call();
	}

	async #call(): Promise<void> {
		this.#hangUp();
		const line = this.#line;
		const [bridge] = this.#init.home.bridges;
		if (!bridge) return this.#callLater();
		const transport = await this.#init.openLine(placeAt(bridge.url, PARK_PATH));
		if (line !== this.#line) return transport?.close('done');
		if (!transport) return this.#callLater();
		this.#transport = transport;
		transport.start({
			frame: (bytes) => { if (line === this.#line) this.#hear(bytes); },
			drained: () => undefined,
			closed: () => { if (line === this.#line) this.#lost(); },
		});
	}

	#hear(frame: Bytes): void {
		if (!this.#offer) {
			const offer = decodeOffer(frame);
			if (!offer.ok) return this.#transport?.close('rejected'); // of a later version
			this.#offer = offer.value;
			return void this.#say();
		}
		const state = decodeParkState(frame);
		if (!state.ok) return this.#transport?.close('rejected');
		this.#waited = 0;
		this.#state = state.value;
		this.#wish = undefined;
		this.#remember(state.value);
		this.#init.changed();
	}

	/** What a bridge refuses changes nothing about a copy it has. */
	#remember({ state, until }: ParkState): void {
		if (state !== 'none' && state !== 'fetching' && state !== 'kept') return;
		const now = state === 'none' ? undefined : until;
		if (now !== this.#until) this.#init.remember(now);
		this.#until = now;
	}

	async #say(): Promise<void> {
		const { crypto, keys, bytes } = this.#init;
		const [offer, transport] = [this.#offer, this.#transport];
		if (!offer) return;
		const wish = this.#wish ?? { verb: 'ask' };
		const about = wish.verb === 'park'
			? { hours: Math.min(wish.hours, Math.max(1, offer.maxHours)), bytes, authKey: keys.link.auth }
			: { hours: 0, bytes: 0, authKey: new Uint8Array(keys.link.auth.length) };
		const request: ParkRequest = { verb: wish.verb, number: ++this.#number, ...about };
		transport?.send(await makeParkRequest(crypto, keys.share, request, offer.nonce));
	}

	#lost(): void {
		this.#hangUp();
		this.#callLater();
		this.#init.changed();
	}

	#callLater(): void {
		const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#waited++);
		this.#cancelWait = this.#init.clock.after(wait, () => void this.#call());
	}

	#hangUp(): void {
		this.#line += 1;
		this.#cancelWait();
		this.#transport?.close('done');
		this.#transport = undefined;
		this.#offer = undefined;
		this.#state = undefined;
	}
}
