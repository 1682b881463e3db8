/**
 * How many connections there is room for: in all, from one address, and of strangers, who have not shown yet that they
 * have a link. Strangers make way for each other: of the address that has most of them the one that came first. So
 * those who connect and say nothing lock nobody out, were they ever so many.
 */

/** `total` and `perAddress`: connections at once. `strangers`: of them, those that have not greeted. */
export interface PlaceLimits { readonly total: number; readonly perAddress: number; readonly strangers: number }

/**
 * Sockets cost some 10 KB each, peers of a share are limited by its node. A school comes from one address. A greeting
 * takes a few round trips, so 256 strangers at once are a thousand newcomers a second.
 */
export const DEFAULT_PLACES: PlaceLimits = { total: 4096, perAddress: 256, strangers: 256 };

/** Where a face listens. `port`: 0 is any free one. `spares`: how many ports after it to try when it is taken. */
export interface FacePlace { readonly port: number; readonly spares: number }

/** One connection's place. */
export interface Place {
	/** It has greeted. */
	settle(): void;
	/** It is gone. Idempotent. */
	leave(): void;
}

/** All places of a bridge's faces. */
export class Places {
	readonly #limits: PlaceLimits;
	readonly #byAddress = new Map<string, number>();
	readonly #strangers = new Map<Place, { readonly address: string; readonly makeWay: () => void }>();
	#total = 0;

	constructor(limits: PlaceLimits) { this.#limits = limits; }

	/** Connections that have a place. */
	get taken(): number { return this.#total; }

	/**
	 * A place for a stranger from `address`, undefined when there is none.
	 *
	 * @param address - as limits count it
	 * @param makeWay - ends the connection, when a newer stranger needs its place
	 */
	take(address: string, makeWay: () => void): Place | undefined {
		const here = this.#byAddress.get(address) ?? 0;
		if (here >= this.#limits.perAddress) return undefined;
		if (this.#strangers.size >= this.#limits.strangers) this.#dismissOne();
		if (this.#total >= this.#limits.total) return undefined;
		this.#byAddress.set(address, here + 1);
		this.#total += 1;
		let isTaken = true;
		const place: Place = {
			settle: () => { this.#strangers.delete(place); },
			leave: () => {
				if (isTaken) this.#free(address);
				isTaken = false;
				this.#strangers.delete(place);
			},
		};
		this.#strangers.set(place, { address, makeWay });
		return place;
	}

	#dismissOne(): void {
		const counts = new Map<string, number>();
		for (const { address } of this.#strangers.values()) counts.set(address, (counts.get(address) ?? 0) + 1);
		const most = Math.max(...counts.values());
		for (const [place, { address, makeWay }] of this.#strangers) {
			if (counts.get(address) !== most) continue;
			place.leave();
			return makeWay();
		}
	}

	#free(address: string): void {
		this.#total -= 1;
		const left = (this.#byAddress.get(address) ?? 1) - 1;
		if (left > 0) this.#byAddress.set(address, left);
		else this.#byAddress.delete(address);
	}
}
