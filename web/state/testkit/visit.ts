/** A page without screens: what sessions stand on, with records of its own and a tracker that the test is. */
import { deleteDB } from 'idb';
import { seededRng } from '../../../shared/base/rng.ts';
import { fromBase64url } from '../../../shared/base/text.ts';
import { peerIdFrom, type ShareId } from '../../../shared/protocol/ids.ts';
import type { ClientMessage, TrackerMessage } from '../../../shared/protocol/tracker-message.ts';
import type { OpenTrackerSocket, TrackerSocketEvents } from '../../../shared/ports/tracker-socket.ts';
import { chooseCrypto } from '../../peer/choose-crypto.ts';
import { Records } from '../../peer/records.ts';
import { wallClock } from '../../peer/wall-clock.ts';
import { openTracker, PageContext } from '../page-context.ts';

const STATES = ['open', 'sealed', 'revoked'];

/** A tracker that welcomes everybody, keeps every descriptor, and remembers what it was told. */
export class FakeTracker {
	/** False: lines do not open, as when the tracker is down. */
	isUp = true;
	readonly said: ClientMessage[] = [];
	readonly open: OpenTrackerSocket = (_url, events) => {
		queueMicrotask(() => { if (this.isUp) events.opened(); });
		return { send: (text) => this.#hear(JSON.parse(text) as ClientMessage, events), close: () => undefined };
	};

	/** The states of one share's descriptors, as they came. */
	published(share: ShareId): (string | undefined)[] {
		return this.said.flatMap((message) => message.type === 'publish' && message.share === share
			? [STATES[fromBase64url(message.descriptor)?.[5] ?? -1]] : []);
	}

	/** How often a swarm was entered. */
	joins(share: ShareId): number {
		return this.said.filter((message) => message.type === 'join' && message.share === share).length;
	}

	#hear(message: ClientMessage, events: TrackerSocketEvents): void {
		this.said.push(message);
		const say = (answer: TrackerMessage) => queueMicrotask(() => events.message(JSON.stringify(answer)));
		if (message.type === 'hello') say({ type: 'welcome', name: 'Ada', resume: 'secret', iceServers: [] });
		if (message.type !== 'publish') return;
		const bytes = fromBase64url(message.descriptor) ?? new Uint8Array(6);
		const revision = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
		say({ type: 'published', share: message.share, revision });
	}
}

/** A browser profile: its records outlive a visit. */
export class Profile {
	readonly #name: string;
	readonly #crypto = chooseCrypto();

	constructor(name: string) { this.#name = name; }

	/** A page load. */
	async visit(tracker: FakeTracker): Promise<PageContext> {
		const opened = await Records.open(this.#name);
		if (!opened.ok) throw new Error(opened.error);
		const parts = {
			self: peerIdFrom(crypto.getRandomValues(new Uint8Array(16))), clock: wallClock, rng: seededRng(1),
			origin: 'https://streamlet.example', openSocket: tracker.open,
		};
		const home = openTracker(parts, 'wss://streamlet.example/ws');
		return new PageContext({ ...parts, home, crypto: await this.#crypto, records: opened.value });
	}

	/** Deletes its records. */
	async clear(): Promise<void> { await deleteDB(this.#name); }
}
