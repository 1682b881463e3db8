/** What a swarm is like once a virtual second, for charts. */
import type { Ms } from '../base/units.ts';
import type { SimNode } from './sim-node.ts';

/** A second. Rates in Mbit/s of everything on the wire, over the second before. */
export interface Moment {
	readonly at: Ms;
	readonly here: number;
	readonly playing: number;
	/** Have begun to watch and stand still for want of bytes. */
	readonly stalled: number;
	/** Have come to watch and seen nothing yet. */
	readonly starting: number;
	/** Of those who held all at the start; and of all others. */
	readonly sharersUp: number;
	readonly viewersUp: number;
}

const BYTES_PER_MBIT = 125_000;

/** Looks at the swarm each time it is asked. */
export class Moments {
	readonly taken: Moment[] = [];
	#sharersSent = 0;
	#viewersSent = 0;
	#lastAt: Ms = 0;

	take(nodes: Iterable<SimNode>, at: Ms): void {
		const seconds = Math.max(1, at - this.#lastAt) / 1000;
		const count = { here: 0, playing: 0, stalled: 0, starting: 0 };
		let [sharers, viewers] = [0, 0];
		for (const { spec, port, playback, state } of nodes) {
			if (spec.holds === 'all') sharers += port.sentBytes;
			else viewers += port.sentBytes;
			if (state !== 'here') continue;
			count.here += 1;
			if (!playback || playback.isOver) continue;
			if (playback.isPlaying) count.playing += 1;
			else if (playback.watched.startUpMs === undefined) count.starting += 1;
			else count.stalled += 1;
		}
		const rate = (bytes: number) => bytes / BYTES_PER_MBIT / seconds;
		this.taken.push({
			at, ...count, sharersUp: rate(sharers - this.#sharersSent), viewersUp: rate(viewers - this.#viewersSent),
		});
		[this.#sharersSent, this.#viewersSent, this.#lastAt] = [sharers, viewers, at];
	}
}
