/** Chance that is asked for, never taken: a seed gives the same numbers everywhere. */

/** Draws the next number, at least 0 and below 1. */
export type Rng = () => number;

/** A small, fast generator with 2^32 seeds (mulberry32, T. Ettinger 2017). Not for keys: those come from `Crypto`. */
export function seededRng(seed: number): Rng {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** A whole number from 0 to `below` - 1. */
export function randomBelow(rng: Rng, below: number): number {
	return Math.floor(rng() * below);
}

/** Up to `count` different members of `items`, each as likely as any other. O(count), whatever the number of items. */
export function sample<T>(rng: Rng, items: readonly T[], count: number): T[] {
	const moved = new Map<number, number>(); // a Fisher-Yates shuffle that remembers only what it swapped
	const drawn: T[] = [];
	for (let i = 0; i < Math.min(count, items.length); i++) {
		const pick = i + randomBelow(rng, items.length - i);
		const from = moved.get(pick) ?? pick;
		moved.set(pick, moved.get(i) ?? i);
		drawn.push(items[from] as T);
	}
	return drawn;
}
