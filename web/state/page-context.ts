/** What every session of a page shares: who we are, the line to the tracker, cryptography, records. */
import type { Rng } from '../../shared/base/rng.ts';
import type { PeerId } from '../../shared/protocol/ids.ts';
import type { Crypto } from '../../shared/protocol/primitives.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { OpenTrackerSocket } from '../../shared/ports/tracker-socket.ts';
import { TrackerSession } from '../../shared/runtime/tracker-session.ts';
import { isMetered } from '../peer/metered.ts';
import { canConnect } from '../peer/simple-peer.ts';
import type { Records } from '../peer/records.ts';
import { OtherTabs } from '../peer/other-tabs.ts';
import { Limits, type LimitSettings } from './limits.ts';

/** Parts of a page; made once at start. */
export interface PageParts {
	readonly self: PeerId;
	readonly crypto: Crypto;
	readonly records: Records;
	readonly clock: Clock;
	readonly rng: Rng;
	/** Of the page, such as `https://example.org`: links begin with it. */
	readonly origin: string;
	readonly openSocket: OpenTrackerSocket;
	/** The line to the tracker that served the page, made by {@link openTracker}. */
	readonly home: TrackerSession;
}

/** Opens the line to a tracker. Needs neither cryptography nor records: a page does it before it has those. */
export function openTracker(parts: Pick<PageParts, 'self' | 'clock' | 'rng' | 'openSocket'>, url: string): TrackerSession {
	const { self, clock, rng, openSocket } = parts;
	const tracker = new TrackerSession({ url, self, open: openSocket, clock, rng });
	tracker.start();
	return tracker;
}

/** The parts, and the trackers opened so far. */
export class PageContext {
	readonly parts: PageParts;
	readonly tabs: OtherTabs<LimitSettings>;
	/** What all films of this device may send and fetch. */
	readonly limits: Limits;
	/** My name as others see it: chosen, or given by the tracker. */
	name = 'Guest';
	readonly #trackers = new Map<string, TrackerSession>();

	constructor(parts: PageParts) {
		this.parts = parts;
		this.tabs = new OtherTabs(parts.self, parts.clock);
		this.limits = new Limits(parts.clock, isMetered, this.tabs);
		this.#trackers.set(parts.home.url, parts.home);
	}

	/** The tracker that served the page. */
	get home(): TrackerSession { return this.parts.home; }

	/** The home tracker, and those a link names. Each is opened once a page. */
	trackers(further: readonly string[]): readonly TrackerSession[] {
		return [this.home, ...further.filter((url) => url !== this.home.url).map((url) => this.#open(url))];
	}

	/** Whether others can be reached: by WebRTC, or over a bridge that the tracker names, or will name in a moment. */
	get canConnect(): boolean {
		return canConnect() || this.home.bridges.length > 0 || this.home.line.state === 'connecting';
	}

	/** Makes my name known everywhere. */
	rename(name: string): void {
		this.name = name;
		for (const tracker of this.#trackers.values()) tracker.rename(name);
	}

	#open(url: string): TrackerSession {
		const known = this.#trackers.get(url);
		if (known) return known;
		const tracker = openTracker(this.parts, url);
		if (this.name !== 'Guest') tracker.rename(this.name);
		this.#trackers.set(url, tracker);
		return tracker;
	}
}
