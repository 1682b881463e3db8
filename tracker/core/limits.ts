/** How much one connection, one address and everybody together may ask of a tracker. The clock is the caller's. */
import { SECOND, type Ms } from '../../shared/base/units.ts';

/** What a bucket gains a second, and what it can hold. */
export interface Rate { readonly perSecond: number; readonly burst: number }

/** What every sender of messages has a budget of. `publishes` are apart: each costs a signature check. */
export interface Rates { readonly messages: Rate; readonly bytes: Rate; readonly publishes: Rate }

/** What a tracker allows. */
export interface Limits {
	/** Connections altogether. */
	readonly connections: number;
	readonly perConnection: Rates & { readonly shares: number };
	/**
	 * An IPv4 address, or an IPv6 one's /64. `opens`: new connections. `newShares`: ids new to the shelf.
	 * `newListings`: entries new to the catalogue.
	 */
	readonly perAddress: Rates & {
		readonly connections: number; readonly opens: Rate; readonly newShares: Rate; readonly newListings: Rate;
	};
}

/**
 * The limits of a tracker that lets in so many connections.
 *
 * A viewer who meets 32 peers at once sends some 200 messages of 80 KB within seconds, then a few a minute; the budget
 * of a connection is a multiple of that. An address gets what forty busy connections use, as a school is one address.
 */
export function limitsFor(connections: number, connectionsPerAddress: number): Limits {
	return {
		connections,
		perConnection: {
			messages: { perSecond: 50, burst: 500 },
			bytes: { perSecond: 64 * 1024, burst: 2 * 1024 * 1024 },
			publishes: { perSecond: 1, burst: 20 },
			shares: 64,
		},
		perAddress: {
			connections: connectionsPerAddress,
			opens: { perSecond: connectionsPerAddress / 10, burst: connectionsPerAddress * 2 },
			messages: { perSecond: connectionsPerAddress * 8, burst: connectionsPerAddress * 40 },
			bytes: { perSecond: connectionsPerAddress * 16 * 1024, burst: connectionsPerAddress * 128 * 1024 },
			publishes: { perSecond: 10, burst: 100 },
			newShares: { perSecond: 0.1, burst: 500 },
			newListings: { perSecond: 0.02, burst: 100 },
		},
	};
}

/** A bucket that fills steadily and from which each act takes its cost. */
export class TokenBucket {
	readonly #rate: Rate;
	#tokens: number;
	#at: Ms;

	constructor(rate: Rate, now: Ms) {
		this.#rate = rate;
		this.#tokens = rate.burst;
		this.#at = now;
	}

	/** False, and nothing taken, when there is less than `cost`. A clock that goes back changes nothing. */
	take(cost: number, now: Ms): boolean {
		this.#fill(now);
		if (this.#tokens < cost) return false;
		this.#tokens -= cost;
		return true;
	}

	/** Whether it would be the same as a new one. */
	isFull(now: Ms): boolean {
		this.#fill(now);
		return this.#tokens >= this.#rate.burst;
	}

	#fill(now: Ms): void {
		const gained = (Math.max(0, now - this.#at) / SECOND) * this.#rate.perSecond;
		this.#tokens = Math.min(this.#rate.burst, this.#tokens + gained);
		this.#at = now;
	}
}

/** The buckets of one sender of messages. */
export class Budget {
	readonly #messages: TokenBucket;
	readonly #bytes: TokenBucket;
	readonly #publishes: TokenBucket;

	constructor(rates: Rates, now: Ms) {
		this.#messages = new TokenBucket(rates.messages, now);
		this.#bytes = new TokenBucket(rates.bytes, now);
		this.#publishes = new TokenBucket(rates.publishes, now);
	}

	/** Counts a message that is worth `cost` ordinary ones. */
	takeMessage(cost: number, bytes: number, now: Ms): boolean {
		return this.#messages.take(cost, now) && this.#bytes.take(bytes, now);
	}

	/** Counts a descriptor to check. */
	takePublish(now: Ms): boolean { return this.#publishes.take(1, now); }

	isFull(now: Ms): boolean {
		return this.#messages.isFull(now) && this.#bytes.isFull(now) && this.#publishes.isFull(now);
	}
}
