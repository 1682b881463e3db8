/** Gathers what one step wants done. */
import { encode, type PeerMessage } from '../protocol/peer-message.ts';
import type { LinkId } from '../protocol/ids.ts';
import type { Effect } from './events.ts';

/** The effects of the step that is running. */
export class Outbox {
	#effects: Effect[] = [];

	/** Sends a message, except to a link that is gone. */
	send(link: LinkId, message: PeerMessage): void { this.#effects.push({ type: 'send', link, frame: encode(message) }); }
	push(effect: Effect): void { this.#effects.push(effect); }

	/** All since the last call, in order. */
	take(): readonly Effect[] {
		const effects = this.#effects;
		this.#effects = [];
		return effects;
	}
}
