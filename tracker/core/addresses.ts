/** What is known of the addresses that people come from: how many connections each has, and what it has used up. */
import type { Ms } from '../../shared/base/units.ts';
import { Budget, TokenBucket, type Limits } from './limits.ts';

/** Addresses remembered although nobody is connected from them. Some 100 MB at most. */
const MAX_IDLE_ADDRESSES = 100_000;

/** One address. */
export class Address {
	readonly budget: Budget;
	readonly newShares: TokenBucket;
	readonly newListings: TokenBucket;
	readonly opens: TokenBucket;
	connections = 0;

	constructor(limits: Limits['perAddress'], now: Ms) {
		this.budget = new Budget(limits, now);
		this.newShares = new TokenBucket(limits.newShares, now);
		this.newListings = new TokenBucket(limits.newListings, now);
		this.opens = new TokenBucket(limits.opens, now);
	}

	/** Whether forgetting it would change nothing. */
	isForgettable(now: Ms): boolean {
		const buckets = [this.budget, this.newShares, this.newListings, this.opens];
		return this.connections === 0 && buckets.every((bucket) => bucket.isFull(now));
	}
}

/** All addresses that are connected, or were lately. */
export class Addresses {
	readonly #limits: Limits['perAddress'];
	readonly #known = new Map<string, Address>();

	constructor(limits: Limits['perAddress']) { this.#limits = limits; }

	/** How many are remembered. */
	get size(): number { return this.#known.size; }

	/** The address that goes by `name`. */
	at(name: string, now: Ms): Address {
		const known = this.#known.get(name) ?? new Address(this.#limits, now);
		this.#known.set(name, known);
		return known;
	}

	/** Forgets those of whom nothing needs to be remembered, and the oldest of the idle ones when there are too many. */
	sweep(now: Ms): void {
		for (const [name, address] of this.#known) if (address.isForgettable(now)) this.#known.delete(name);
		for (const [name, address] of this.#known) {
			if (this.#known.size <= MAX_IDLE_ADDRESSES) break;
			if (address.connections === 0) this.#known.delete(name);
		}
	}
}
