/** Friendly names for people who gave none: "Blue Heron". */
import { randomBelow, type Rng } from '../../shared/base/rng.ts';

const FIRST = [
	'Amber', 'Ancient', 'Autumn', 'Blue', 'Bold', 'Brave', 'Bright', 'Bronze', 'Calm', 'Cheerful', 'Clever', 'Copper',
	'Coral', 'Cosmic', 'Crimson', 'Curious', 'Dancing', 'Daring', 'Eager', 'Emerald', 'Fearless', 'Gentle', 'Gleaming',
	'Golden', 'Graceful', 'Green', 'Happy', 'Hidden', 'Humble', 'Indigo', 'Ivory', 'Jolly', 'Kind', 'Lively', 'Lucky',
	'Lunar', 'Mellow', 'Merry', 'Mighty', 'Misty', 'Noble', 'Orange', 'Patient', 'Plucky', 'Polar', 'Proud', 'Purple',
	'Quick', 'Quiet', 'Red', 'Roaming', 'Scarlet', 'Silent', 'Silver', 'Sleepy', 'Snowy', 'Solar', 'Spirited', 'Sunny',
	'Swift', 'Velvet', 'Violet', 'Wandering', 'Wise',
] as const;

const SECOND = [
	'Badger', 'Beaver', 'Bison', 'Bobcat', 'Butterfly', 'Caribou', 'Cheetah', 'Condor', 'Coyote', 'Crane', 'Cricket',
	'Curlew', 'Deer', 'Dolphin', 'Dragonfly', 'Eagle', 'Egret', 'Falcon', 'Ferret', 'Finch', 'Firefly', 'Fox', 'Gazelle',
	'Gecko', 'Hare', 'Hedgehog', 'Heron', 'Ibis', 'Jaguar', 'Kestrel', 'Kingfisher', 'Koala', 'Lark', 'Lemur', 'Leopard',
	'Lynx', 'Magpie', 'Marten', 'Moth', 'Narwhal', 'Ocelot', 'Octopus', 'Oriole', 'Otter', 'Owl', 'Panda', 'Panther',
	'Pelican', 'Penguin', 'Puffin', 'Quail', 'Raven', 'Robin', 'Salmon', 'Seal', 'Sparrow', 'Stork', 'Swallow', 'Tiger',
	'Toucan', 'Turtle', 'Walrus', 'Wolf', 'Wren',
] as const;

/** Draws before a number is put behind the name: with half of the 4096 taken, one in 256 guests gets a number. */
const PLAIN_DRAWS = 8;

/** The names in use, and new ones that are not. */
export class Names {
	readonly #inUse = new Map<string, number>();

	/** How many different names are in use. */
	get size(): number { return this.#inUse.size; }

	/** A guest's name that nobody has; it is not in use before {@link take}. */
	draw(rng: Rng): string {
		for (let i = 0; i < PLAIN_DRAWS; i++) {
			const name = drawPair(rng);
			if (!this.#inUse.has(name)) return name;
		}
		const name = drawPair(rng);
		let number = 2;
		while (this.#inUse.has(`${name} ${number}`)) number = number * 2 + randomBelow(rng, number);
		return `${name} ${number}`;
	}

	/** Several may go by one name, if they chose it. */
	take(name: string): void { this.#inUse.set(name, (this.#inUse.get(name) ?? 0) + 1); }

	/** One bearer less. */
	release(name: string): void {
		const bearers = (this.#inUse.get(name) ?? 1) - 1;
		if (bearers > 0) this.#inUse.set(name, bearers);
		else this.#inUse.delete(name);
	}
}

function drawPair(rng: Rng): string {
	return `${FIRST[randomBelow(rng, FIRST.length)] ?? FIRST[0]} ${SECOND[randomBelow(rng, SECOND.length)] ?? SECOND[0]}`;
}
