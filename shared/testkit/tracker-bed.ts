/** A tracker session for tests, and the other end of its lines. */
import type { TrackerSocketEvents } from '../ports/tracker-socket.ts';
import { peerIdFrom } from '../protocol/ids.ts';
import type { TrackerMessage } from '../protocol/tracker-message.ts';
import { TrackerSession, type TrackerLine } from '../runtime/tracker-session.ts';
import { ManualClock } from './manual-clock.ts';
import { someBytes } from './test-crypto.ts';

/** Who the session is. */
export const SELF = peerIdFrom(someBytes(16, 1));

/** What a tracker says to whoever greets. */
export const WELCOME = {
	type: 'welcome', name: 'Blue Fox', resume: 'secret', iceServers: [{ urls: 'stun:a' }],
} as const satisfies TrackerMessage;

/** The tracker's end of one line. */
export class FakeTrackerSocket {
	readonly said: unknown[] = [];
	isClosed = false;
	readonly events: TrackerSocketEvents;

	constructor(events: TrackerSocketEvents) { this.events = events; }

	send(text: string): void { this.said.push(JSON.parse(text)); }
	close(): void { this.isClosed = true; }

	/** The tracker says something. */
	say(message: TrackerMessage): void { this.events.message(JSON.stringify(message)); }
	/** It opens, and the tracker welcomes who greets. */
	welcome(): void {
		this.events.opened();
		this.say(WELCOME);
	}
	/** What was said after the hello. */
	get afterHello(): unknown[] { return this.said.slice(1); }
}

/** A session, all lines it opened, and all it told. */
export function trackerBed(rng = () => 0.5) {
	const clock = new ManualClock();
	const sockets: FakeTrackerSocket[] = [];
	const told: unknown[] = [];
	const lines: TrackerLine[] = [];
	const session = new TrackerSession({
		url: 'wss://tracker.example/ws', self: SELF, clock, rng,
		open: (_url, events) => {
			const socket = new FakeTrackerSocket(events);
			sockets.push(socket);
			return socket;
		},
	});
	session.listen({
		line: (line) => lines.push(line),
		peers: (share, peers, descriptor) => told.push({ share, peers, descriptor }),
		signal: (share, from, signal) => told.push({ share, from, signal }),
		refused: (code, about) => told.push({ code, about }),
		published: (share, revision) => told.push({ share, revision }),
	});
	session.start();
	return { session, clock, sockets, told, lines, newest: () => sockets.at(-1)! };
}
