import { describe, expect, test } from 'vitest';
import { seededRng } from '../base/rng.ts';
import { base64url } from '../base/text.ts';
import { SECOND } from '../base/units.ts';
import { peerIdFrom, shareIdFrom } from '../protocol/ids.ts';
import { someBytes } from '../testkit/test-crypto.ts';
import { SELF, trackerBed as bed, WELCOME } from '../testkit/tracker-bed.ts';
import type { LineRefusal, TrackerLine } from './tracker-session.ts';

const OTHER = peerIdFrom(someBytes(16, 2));
const SHARE = shareIdFrom(someBytes(16, 3));
const DESCRIPTOR = someBytes(100, 4);

/** How long the session waits before it opens the next line. */
function waited(of: ReturnType<typeof bed>): number {
	const line = of.session.line;
	return line.state === 'offline' ? line.retryAt - of.clock.now() : Number.NaN;
}

describe('a line that opens', () => {
	test('greets with who we are, and is online once welcomed', () => {
		const { session, newest } = bed();
		expect(session.line).toEqual({ state: 'connecting' });
		newest().events.opened();
		expect(newest().said).toEqual([{ type: 'hello', version: 1, peer: SELF }]);
		expect(session.line.state).toBe('connecting');
		newest().say(WELCOME);
		expect(session.line).toEqual({ state: 'online', name: 'Blue Fox' });
		expect(session.iceServers).toEqual(WELCOME.iceServers);
	});

	test('gives the chosen name', () => {
		const { session, newest } = bed();
		session.rename('Ada');
		newest().events.opened();
		expect(newest().said).toEqual([{ type: 'hello', version: 1, peer: SELF, name: 'Ada' }]);
	});

	test('knows the bridges it is told of, paths being at the tracker\'s own address', () => {
		const { session, newest } = bed();
		newest().events.opened();
		newest().say({ ...WELCOME, bridges: ['/bridge', 'wss://far.example/b'] });
		expect(session.bridges).toEqual([
			{ name: '/bridge', url: 'wss://tracker.example/bridge' }, { name: 'wss://far.example/b', url: 'wss://far.example/b' },
		]);
		newest().say(WELCOME);
		expect(session.bridges).toEqual([]);
	});

	test('says what was asked before the welcome after it: swarms joined, descriptors published', () => {
		const { session, newest } = bed();
		session.publish(SHARE, { revision: 1, state: 'open', bytes: DESCRIPTOR });
		session.join(SHARE, 8);
		newest().events.opened();
		expect(newest().afterHello).toEqual([]);
		newest().say(WELCOME);
		expect(newest().afterHello).toEqual([
			{ type: 'join', share: SHARE, wants: 8 },
			{ type: 'publish', share: SHARE, descriptor: base64url(DESCRIPTOR) },
		]);
	});
});

describe('a line that the tracker ends', () => {
	const refused = (code: LineRefusal, request?: 'hello') =>
		({ type: 'refused', code, detail: '', ...(request && { request }) }) as const;

	test.each(['too-many-connections', 'too-fast'] as const)('for %s says so until the next one opens', (code) => {
		const { session, newest, clock } = bed();
		newest().events.opened();
		newest().say(refused(code));
		newest().events.closed('lost');
		expect(session.line).toEqual({ state: 'offline', retryAt: clock.now() + SECOND / 2, because: code });
		session.retryNow();
		newest().events.closed('lost');
		expect(session.line).not.toHaveProperty('because');
	});

	test('because it speaks another version is given up at once, and says so', () => {
		const { session, newest } = bed();
		newest().events.opened();
		newest().say(refused('version', 'hello'));
		expect(newest().isClosed).toBe(true);
		expect(session.line).toMatchObject({ state: 'offline', because: 'version' });
	});

	test('says nothing of a publication that came too fast before', () => {
		const { session, newest } = bed();
		newest().welcome();
		newest().say({ type: 'refused', code: 'too-fast', detail: '', request: 'publish', about: SHARE });
		newest().events.closed('lost');
		expect(session.line).not.toHaveProperty('because');
	});
});

describe('a share that is one too many for the tracker', () => {
	const THIRD = shareIdFrom(someBytes(16, 9));
	const tooMany = (about: string) => ({ type: 'refused', code: 'too-many-shares', detail: '', request: 'join', about }) as const;

	test('enters its swarm when another leaves its own', () => {
		const { session, newest } = bed();
		newest().welcome();
		session.join(SHARE, 3);
		session.join(THIRD, 5);
		newest().say(tooMany(THIRD));
		session.leave(SHARE);
		expect(newest().afterHello.slice(2)).toEqual([
			{ type: 'leave', share: SHARE }, { type: 'join', share: THIRD, wants: 5 },
		]);
		session.leave(THIRD);
		expect(newest().afterHello.slice(4)).toEqual([{ type: 'leave', share: THIRD }]);
	});

	test('leaves no place to others when it is given up itself', () => {
		const { session, newest } = bed();
		newest().welcome();
		for (const share of [SHARE, THIRD]) {
			session.join(share, 3);
			newest().say(tooMany(share));
		}
		session.leave(SHARE);
		expect(newest().afterHello.slice(2)).toEqual([{ type: 'leave', share: SHARE }]);
	});
});

describe('a line that is up', () => {
	test('carries what is asked, and never asks for more peers than a tracker introduces', () => {
		const { session, newest } = bed();
		newest().welcome();
		session.join(SHARE, 3);
		session.find(SHARE, 1000);
		expect(session.signal(SHARE, OTHER, 'hello')).toBe(true);
		session.leave(SHARE);
		session.leave(SHARE);
		expect(newest().afterHello).toEqual([
			{ type: 'join', share: SHARE, wants: 3 },
			{ type: 'find', share: SHARE, wants: 32 },
			{ type: 'signal', share: SHARE, to: OTHER, signal: 'hello' },
			{ type: 'leave', share: SHARE },
		]);
	});

	test('tells of peers, signals and refusals', () => {
		const { newest, told } = bed();
		newest().welcome();
		newest().say({ type: 'peers', share: SHARE, peers: [OTHER], online: 2, descriptor: base64url(DESCRIPTOR) });
		newest().say({ type: 'peers', share: SHARE, peers: [], online: 2 });
		newest().say({ type: 'signal', share: SHARE, from: OTHER, signal: 'hello' });
		newest().say({ type: 'refused', code: 'no-such-peer', detail: 'gone', about: OTHER });
		expect(told).toEqual([
			{ share: SHARE, peers: [OTHER], descriptor: DESCRIPTOR },
			{ share: SHARE, peers: [], descriptor: undefined },
			{ share: SHARE, from: OTHER, signal: 'hello' },
			{ code: 'no-such-peer', about: OTHER },
		]);
	});

	test('tells nothing to a listener that stopped', () => {
		const { session, newest } = bed();
		const heard: TrackerLine[] = [];
		session.listen({ line: (line) => heard.push(line) })();
		newest().welcome();
		expect(heard).toEqual([]);
	});

	test.each([
		['no JSON', '{"type":'], ['JSON of another kind', '[1,2]'], ['an unknown type', '{"type":"dance"}'],
		['a bad id', `{"type":"signal","share":"x","from":"${OTHER}","signal":""}`],
		['a number out of range', `{"type":"peers","share":"${SHARE}","peers":[],"online":-1}`],
		['too many peers', JSON.stringify({ type: 'peers', share: SHARE, peers: Array(33).fill(OTHER), online: 40 })],
	])('ignores %s', (_, text) => {
		const { newest, session, told } = bed();
		newest().welcome();
		newest().events.message(text);
		expect(told).toEqual([]);
		expect(session.line.state).toBe('online');
		expect(newest().isClosed).toBe(false);
	});
});

describe('a line that was lost', () => {
	test('is opened again by itself, and what the tracker has to know is said again', () => {
		const { session, clock, sockets, newest } = bed();
		newest().welcome();
		session.join(SHARE, 8);
		session.publish(SHARE, { revision: 1, state: 'open', bytes: someBytes(9, 9) });
		session.publish(SHARE, { revision: 2, state: 'sealed', bytes: DESCRIPTOR });
		newest().events.closed('lost');
		expect(session.line.state).toBe('offline');
		expect(session.signal(SHARE, OTHER, 'lost')).toBe(false);
		clock.pass(SECOND);
		expect(sockets.length).toBe(2);
		newest().welcome();
		expect(newest().said).toEqual([
			{ type: 'hello', version: 1, peer: SELF, resume: 'secret' },
			{ type: 'join', share: SHARE, wants: 8 },
			{ type: 'publish', share: SHARE, descriptor: base64url(DESCRIPTOR) },
		]);
	});

	test('does not join again what was left in the meantime', () => {
		const { session, clock, newest } = bed();
		newest().welcome();
		session.join(SHARE, 8);
		newest().events.closed('lost');
		session.leave(SHARE);
		clock.pass(SECOND);
		newest().welcome();
		expect(newest().afterHello).toEqual([]);
	});

	test('waits longer each time, up to a bound, and shortly again after a welcome', () => {
		const it = bed();
		const waits = Array.from({ length: 8 }, () => {
			it.newest().events.closed('lost');
			const wait = waited(it);
			it.clock.pass(wait);
			return wait;
		});
		expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
		expect(it.sockets.length).toBe(9);
		it.newest().welcome();
		it.newest().events.closed('lost');
		expect(waited(it)).toBe(500);
	});

	test('waits half to one and a half times as long, as chance has it: a crowd does not return at once', () => {
		const waits = Array.from({ length: 200 }, (_, seed) => {
			const it = bed(seededRng(seed));
			it.newest().events.closed('lost');
			return waited(it);
		});
		expect(Math.min(...waits)).toBeGreaterThanOrEqual(250);
		expect(Math.max(...waits)).toBeLessThan(750);
		expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(400);
	});

	test('is not opened before its time, nor twice', () => {
		const { clock, sockets, newest } = bed();
		newest().events.closed('lost');
		clock.pass(499);
		expect(sockets.length).toBe(1);
		clock.pass(1);
		expect(sockets.length).toBe(2);
		clock.pass(9 * SECOND);
		expect(sockets.length).toBe(2);
	});

	test('is given up when it neither opens nor closes', () => {
		const { clock, sockets, newest } = bed();
		newest().events.closed('lost');
		clock.pass(SECOND / 2 + 10 * SECOND);
		expect(sockets.length).toBe(2);
		clock.pass(2 * SECOND);
		expect(sockets.length).toBe(3);
	});

	test('is opened at once when somebody asks, and only once', () => {
		const { session, clock, sockets, newest } = bed();
		newest().events.closed('lost');
		session.retryNow();
		session.retryNow();
		expect(sockets.length).toBe(2);
		newest().welcome();
		session.retryNow();
		clock.pass(SECOND);
		expect(sockets.length).toBe(2);
	});
});

describe('a silent line', () => {
	test('is asked for a sign of life, and stays if there is one', () => {
		const { clock, sockets, newest } = bed();
		newest().welcome();
		for (let round = 1; round <= 3; round++) {
			clock.pass(20 * SECOND);
			expect(newest().afterHello).toEqual(Array(round).fill({ type: 'ping' }));
			newest().say({ type: 'pong' });
		}
		expect(sockets.length).toBe(1);
	});

	test('is asked nothing as long as it speaks', () => {
		const { clock, newest } = bed();
		newest().welcome();
		for (let k = 0; k < 5; k++) {
			clock.pass(19 * SECOND);
			newest().say({ type: 'peers', share: SHARE, peers: [], online: 1 });
		}
		expect(newest().afterHello).toEqual([]);
	});

	test('is given up when no answer comes, and another is opened', () => {
		const { session, clock, sockets, newest } = bed();
		newest().welcome();
		clock.pass(28 * SECOND - 1);
		expect(session.line.state).toBe('online');
		clock.pass(1);
		expect(newest().isClosed).toBe(true);
		expect(session.line.state).toBe('offline');
		clock.pass(SECOND);
		expect(sockets.length).toBe(2);
	});

	test('that only babbles is silent', () => {
		const { session, clock, newest } = bed();
		newest().welcome();
		for (let k = 0; k < 28; k++) {
			clock.pass(SECOND);
			newest().events.message('ba');
		}
		expect(session.line.state).toBe('offline');
	});

	test('that never welcomes us is given up too', () => {
		const { session, clock, newest } = bed();
		newest().events.opened();
		clock.pass(28 * SECOND);
		expect(session.line.state).toBe('offline');
	});
});

describe('a line whose place another connection took', () => {
	test('stays down until somebody asks: two that come back would take turns for ever', () => {
		const { session, clock, sockets, newest } = bed();
		newest().welcome();
		newest().events.closed('replaced');
		expect(session.line).toEqual({ state: 'replaced' });
		clock.pass(3600 * SECOND);
		expect([sockets.length, clock.waiting]).toEqual([1, 0]);
		session.retryNow();
		expect(sockets.length).toBe(2);
		newest().welcome();
		expect(session.line.state).toBe('online');
	});

	test('says again what the tracker has to know once it is back', () => {
		const { session, newest } = bed();
		newest().welcome();
		session.join(SHARE, 8);
		newest().events.closed('replaced');
		session.retryNow();
		newest().welcome();
		expect(newest().afterHello).toEqual([{ type: 'join', share: SHARE, wants: 8 }]);
	});

	test('is told from one that is lost also when the tracker lets us not in', () => {
		const { session, clock, sockets, newest } = bed();
		newest().events.opened();
		newest().say({ type: 'refused', code: 'id-taken', detail: 'taken', request: 'hello', about: SELF });
		expect([session.line, newest().isClosed]).toEqual([{ state: 'replaced' }, true]);
		clock.pass(3600 * SECOND);
		expect([sockets.length, clock.waiting]).toEqual([1, 0]);
	});
});

describe('a closed session', () => {
	test('opens nothing and waits for nothing any more', () => {
		const { session, clock, sockets, newest } = bed();
		newest().welcome();
		session.close();
		expect(newest().isClosed).toBe(true);
		newest().events.closed('lost');
		expect(clock.waiting).toBe(0);
		expect(sockets.length).toBe(1);
	});

	test('does not come back when it was closed between two lines', () => {
		const { session, clock, sockets, newest } = bed();
		newest().events.closed('lost');
		session.close();
		clock.pass(60 * SECOND);
		expect(sockets.length).toBe(1);
	});
});
