/** Asks trackers whether a share stands in their public catalogue, at a pace that no stream of requests can hurry. */
import { defer } from '../shared/base/deferred.ts';
import { fromBase64url } from '../shared/base/text.ts';
import { SECOND, type Ms } from '../shared/base/units.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { ShareId } from '../shared/protocol/ids.ts';
import type { ShareLink } from '../shared/protocol/share-link.ts';
import type { LookedUp, TrackerSession } from '../shared/runtime/tracker-session.ts';

/** An answer takes a round trip; a line that is being opened has this long too. */
const PATIENCE: Ms = 4 * SECOND;
/** Between two questions: a tracker takes fifty messages a second of one connection. */
const PACE: Ms = SECOND / 40;
/** A player asks for many pieces in a row: an answer holds for this long. */
const HOLDS: Ms = SECOND;
/** Questions that wait; who asks further ones is told to come again. Answers that are remembered. */
const MAX_WAITING = 64;

/** `unlisted`: no tracker has it. `unasked`: none could be asked. */
export type LookUpOutcome = ShareLink | 'unlisted' | 'unasked';

/** One per bridge. */
export class LookUp {
	readonly #clock: Clock;
	readonly #trackers: () => readonly TrackerSession[];
	readonly #answers = new Map<ShareId, { readonly at: Ms; readonly outcome: Promise<LookUpOutcome> }>();
	#turn: Promise<unknown> = Promise.resolve();
	#waiting = 0;

	constructor(clock: Clock, trackers: () => readonly TrackerSession[]) {
		this.#clock = clock;
		this.#trackers = trackers;
	}

	/** The link of a share that is listed. */
	find(share: ShareId): Promise<LookUpOutcome> {
		const known = this.#answers.get(share);
		if (known && this.#clock.now() - known.at < HOLDS) return known.outcome;
		if (this.#waiting >= MAX_WAITING) return Promise.resolve('unasked');
		this.#waiting += 1;
		const outcome = this.#turn.then(() => this.#ask(share));
		this.#turn = outcome.then(() => {
			this.#waiting -= 1;
			return new Promise<void>((resolve) => this.#clock.after(PACE, resolve));
		});
		if (this.#answers.size >= MAX_WAITING) this.#answers.clear();
		this.#answers.set(share, { at: this.#clock.now(), outcome });
		return outcome;
	}

	async #ask(share: ShareId): Promise<LookUpOutcome> {
		const answers = await Promise.all(this.#trackers().map((tracker) => this.#askOne(tracker, share)));
		const entry = answers.find((answer) => answer?.entry)?.entry;
		const key = entry && fromBase64url(entry.key);
		if (key) return { id: share, key, trackers: [], startSec: undefined };
		return answers.some((answer) => answer !== undefined) ? 'unlisted' : 'unasked';
	}

	async #askOne(tracker: TrackerSession, share: ShareId): Promise<LookedUp | undefined> {
		const { promise, resolve } = defer<LookedUp | undefined>();
		const stopListening = tracker.listen({
			line: ({ state }) => { if (state === 'online') tracker.lookUp(share); },
			lookedUp: (answer) => { if (answer.share === share) resolve(answer); },
			refused: (_code, about, request) => { if (request === 'look-up' && about === share) resolve(undefined); },
		});
		const cancel = this.#clock.after(PATIENCE, () => resolve(undefined));
		tracker.lookUp(share);
		const answer = await promise;
		stopListening();
		cancel();
		return answer;
	}
}
