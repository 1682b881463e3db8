/**
 * What the tabs of one browser tell each other, so that a limit holds for the device: how many films each exchanges
 * with somebody, and what its person chose.
 */
import { SECOND, type Ms } from '../../shared/base/units.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { PeerId } from '../../shared/protocol/ids.ts';

/** A tab that was silent for so long is gone. Living ones speak every two seconds, when hidden and busy too. */
const SILENCE_MS: Ms = 10 * SECOND;

const CHANNEL = 'streamlet tabs';

/** What is said. `Choice`: as the page keeps it. */
interface Said<Choice> { readonly tab: PeerId; readonly busy?: number; readonly choice?: Choice }

/** One a page. */
export class OtherTabs<Choice> {
	readonly #self: PeerId;
	readonly #clock: Clock;
	readonly #heard = new Map<PeerId, { readonly busy: number; readonly at: Ms }>();
	#channel: BroadcastChannel | undefined;

	constructor(self: PeerId, clock: Clock) {
		this.#self = self;
		this.#clock = clock;
	}

	/** Listens from now on. `chosen`: another tab's person chose. */
	start(chosen: (choice: Choice) => void): void {
		const channel = this.#channel ??= new BroadcastChannel(CHANNEL);
		channel.onmessage = ({ data: { tab, busy, choice } }: MessageEvent<Said<Choice>>) => {
			if (busy !== undefined) this.#heard.set(tab, { busy, at: this.#clock.now() });
			if (choice !== undefined) chosen(choice);
		};
	}

	/** Films that the others exchange with somebody. */
	get busy(): number {
		for (const [tab, { at }] of this.#heard) if (this.#clock.now() - at > SILENCE_MS) this.#heard.delete(tab);
		return [...this.#heard.values()].reduce((sum, { busy }) => sum + busy, 0);
	}

	/** So many films are exchanged here. */
	say(busy: number): void { this.#post({ busy }); }
	tellChoice(choice: Choice): void { this.#post({ choice }); }

	close(): void {
		this.#channel?.close();
		this.#channel = undefined;
	}

	#post(said: Omit<Said<Choice>, 'tab'>): void { this.#channel?.postMessage({ tab: this.#self, ...said }); }
}
