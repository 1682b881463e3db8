import { expect, test } from 'vitest';
import { fail, ok } from '../../shared/base/result.ts';
import { seededRng } from '../../shared/base/rng.ts';
import { base64url } from '../../shared/base/text.ts';
import type { DescriptorClaims } from '../../shared/protocol/descriptor.ts';
import { peerIdFrom, shareIdFrom } from '../../shared/protocol/ids.ts';
import type { ClientMessage } from '../../shared/protocol/tracker-message.ts';
import { MemoryShelf } from '../testkit/memory-shelf.ts';
import { charge, checked, handle, handleUnreadable } from './handle.ts';
import { limitsFor } from './limits.ts';
import { end, HELLO_WITHIN, makeState, open, RESERVED_FOR, sweep, type Effect, type Session } from './state.ts';

const id = (n: number) => Uint8Array.from({ length: 16 }, () => n);
const ann = peerIdFrom(id(1));
const bob = peerIdFrom(id(2));
const film = shareIdFrom(id(9));
const other = shareIdFrom(id(8));

/** A tracker whose secrets are `secret-1`, `secret-2`, … */
function world(limits = limitsFor(100, 10), bridges: readonly string[] = []) {
	let secrets = 0;
	const shelf = new MemoryShelf();
	const iceServers = [{ urls: 'stun:192.0.2.1' }];
	const secret = () => `secret-${++secrets}`;
	const films = { bridge: () => ':8100', bridges: () => bridges };
	const state = makeState({ rng: seededRng(1), secret, shelf, limits, iceServers, ...films });
	const connect = (now = 0, address = '192.0.2.7') => open(state, address, now) as Session;
	const say = (session: Session, m: ClientMessage, now = 0) => told(handle(state, session, m, now), session);
	const greet = (peer = ann) => {
		const session = connect();
		say(session, { type: 'hello', version: 1, peer, name: 'Ann' });
		say(session, { type: 'ping' });
		return session;
	};
	return { state, shelf, connect, say, greet };
}

/** Effects as a test reads them: messages to `session` plain, those to others marked. */
function told(effects: readonly Effect[], session: Session): readonly unknown[] {
	return effects.map((effect) => {
		if (effect.type === 'check' || effect.type === 'check-listing') return { check: effect.share };
		if (effect.type === 'announce') return { announced: effect.message };
		if (effect.type === 'close') return { close: effect.reason, ...(effect.session === session ? {} : { other: true }) };
		return effect.to === session ? effect.message : { elsewhere: effect.message };
	});
}

const refused = (code: string): unknown => expect.objectContaining({ type: 'refused', code });
const claims = (revision: number, state: DescriptorClaims['state'] = 'open', byte = revision): DescriptorClaims =>
	({ revision, state, size: 0, root: undefined, bytes: Uint8Array.of(byte) });

test('hello gets a name, a secret and the way out', () => {
	const { connect, say } = world();
	expect(say(connect(), { type: 'hello', version: 1, peer: ann })).toEqual([
		{ type: 'welcome', name: expect.stringMatching(/^\w+ \w+$/) as string, resume: 'secret-1', iceServers: [{ urls: 'stun:192.0.2.1' }] },
	]);
});

test('hello gets the bridges there are', () => {
	const { connect, say } = world(undefined, ['/bridge']);
	expect(say(connect(), { type: 'hello', version: 1, peer: ann })).toMatchObject([{ type: 'welcome', bridges: ['/bridge'] }]);
});

test('a name that is brought along is kept', () => {
	const { connect, say } = world();
	const hello = { type: 'hello', version: 1, peer: ann, name: 'Zoë' } as const;
	expect(say(connect(), hello)).toMatchObject([{ type: 'welcome', name: 'Zoë' }]);
});

test('before hello there is only ping, and hello comes once, in our version', () => {
	const { connect, say } = world();
	const session = connect();
	expect(say(session, { type: 'ping' })).toEqual([{ type: 'pong' }]);
	expect(say(session, { type: 'join', share: film, wants: 1 })).toEqual([refused('not-greeted')]);
	expect(say(session, { type: 'hello', version: 2, peer: ann })).toEqual([refused('version')]);
	expect(say(session, { type: 'hello', version: 1, peer: ann })).toMatchObject([{ type: 'welcome' }]);
	expect(say(session, { type: 'hello', version: 1, peer: bob })).toEqual([refused('already-greeted')]);
});

test('an id in use is taken, except for whoever knows its secret: then the old connection ends', () => {
	const { state, connect, say, greet } = world();
	const old = greet(ann);
	say(old, { type: 'join', share: film, wants: 0 });
	const next = connect();
	expect(say(next, { type: 'hello', version: 1, peer: ann })).toEqual([refused('id-taken')]);
	expect(say(next, { type: 'hello', version: 1, peer: ann, resume: 'secret-9' })).toEqual([refused('id-taken')]);
	expect(say(next, { type: 'hello', version: 1, peer: ann, resume: 'secret-1' }))
		.toMatchObject([{ close: 'replaced', other: true }, { type: 'welcome', name: 'Ann', resume: 'secret-1' }]);
	expect(say(old, { type: 'ping' })).toEqual([]);
	expect(state.swarms.size).toBe(0);
	expect(state.sessions.size).toBe(1);
});

test('the id of a lost connection is kept for two minutes', () => {
	const { state, connect, say, greet } = world();
	end(state, greet(ann), 1_000);
	const hello = { type: 'hello', version: 1, peer: ann } as const;
	expect(say(connect(), hello, RESERVED_FOR + 999)).toEqual([refused('id-taken')]);
	expect(say(connect(), hello, RESERVED_FOR + 1_000)).toMatchObject([{ type: 'welcome' }]);
	expect(state.reserved.size).toBe(0);
});

test('an id whose secret may have been lost on its way is not protected yet', () => {
	const { state, connect, say } = world();
	const hello = { type: 'hello', version: 1, peer: ann } as const;
	const first = connect();
	say(first, hello);
	expect(say(connect(), hello)).toMatchObject([{ close: 'replaced', other: true }, { type: 'welcome' }]);
	end(state, [...state.sessions][0]!, 0);
	expect(say(connect(), hello)).toMatchObject([{ type: 'welcome' }]);
});

test('who comes back with the secret has the same id and name', () => {
	const { state, connect, say, greet } = world();
	end(state, greet(ann), 0);
	expect(say(connect(), { type: 'hello', version: 1, peer: ann, resume: 'secret-1' }))
		.toMatchObject([{ type: 'welcome', name: 'Ann' }]);
});

test('who joins meets the others, and everyone is counted', () => {
	const { say, greet } = world();
	const [first, second] = [greet(ann), greet(bob)];
	expect(say(first, { type: 'join', share: film, wants: 5 })).toEqual([{ type: 'peers', share: film, peers: [], online: 1 }]);
	expect(say(second, { type: 'join', share: film, wants: 5 })).toEqual([{ type: 'peers', share: film, peers: [ann], online: 2 }]);
	expect(say(first, { type: 'find', share: film, wants: 5 })).toEqual([{ type: 'peers', share: film, peers: [bob], online: 2 }]);
	expect(say(first, { type: 'join', share: film, wants: 0 })).toEqual([{ type: 'peers', share: film, peers: [], online: 2 }]);
	expect(say(second, { type: 'leave', share: film })).toEqual([]);
	expect(say(first, { type: 'find', share: film, wants: 5 })).toEqual([{ type: 'peers', share: film, peers: [], online: 1 }]);
	expect(say(second, { type: 'find', share: film, wants: 5 })).toEqual([refused('not-in-swarm')]);
});

test('signals pass between members of one swarm and nowhere else', () => {
	const { say, greet } = world();
	const [first, second] = [greet(ann), greet(bob)];
	const signal = { type: 'signal', share: film, to: bob, signal: 'offer' } as const;
	expect(say(first, signal)).toEqual([refused('not-in-swarm')]);
	say(first, { type: 'join', share: film, wants: 0 });
	say(second, { type: 'join', share: other, wants: 0 });
	expect(say(first, signal)).toEqual([refused('no-such-peer')]);
	say(second, { type: 'join', share: film, wants: 0 });
	expect(say(first, signal)).toEqual([{ elsewhere: { type: 'signal', share: film, from: ann, signal: 'offer' } }]);
	expect(say(first, { ...signal, to: ann })).toEqual([refused('no-such-peer')]);
});

test('a refusal says of what and about whom', () => {
	const { say, greet } = world();
	const session = greet(ann);
	say(session, { type: 'join', share: film, wants: 0 });
	expect(say(session, { type: 'signal', share: film, to: bob, signal: '' }))
		.toMatchObject([{ code: 'no-such-peer', request: 'signal', about: bob, detail: expect.stringMatching(/\.$/) as string }]);
});

test('nobody takes part in more shares than allowed, and what is left makes room', () => {
	const limits = limitsFor(100, 10);
	const { say, greet } = world({ ...limits, perConnection: { ...limits.perConnection, shares: 1 } });
	const session = greet(ann);
	say(session, { type: 'join', share: film, wants: 0 });
	expect(say(session, { type: 'join', share: film, wants: 0 })).toMatchObject([{ type: 'peers' }]);
	expect(say(session, { type: 'join', share: other, wants: 0 })).toEqual([refused('too-many-shares')]);
	say(session, { type: 'leave', share: film });
	expect(say(session, { type: 'join', share: other, wants: 0 })).toMatchObject([{ type: 'peers' }]);
});

test('who renames himself gives his old name back', () => {
	const { state, say, greet } = world();
	const session = greet(ann);
	expect(say(session, { type: 'rename', name: 'Anna' })).toEqual([]);
	expect(state.names.size).toBe(1);
	end(state, session, 0);
	expect(state.names.size).toBe(0);
});

test('a descriptor is checked first, then kept and handed to whoever joins', () => {
	const { state, shelf, say, greet } = world();
	const session = greet(ann);
	const [check] = handle(state, session, { type: 'publish', share: film, descriptor: 'AQID' }, 0);
	expect(check).toMatchObject({ type: 'check', share: film, descriptor: Uint8Array.of(1, 2, 3) });
	expect(shelf.kept.size).toBe(0);
	const done = checked(state, check as Extract<Effect, { type: 'check' }>, ok(claims(4)), 0);
	expect(told(done, session)).toEqual([{ type: 'published', share: film, revision: 4 }]);
	expect(say(greet(bob), { type: 'join', share: film, wants: 0 })).toMatchObject([{ descriptor: base64url(claims(4).bytes) }]);
});

test('the highest revision stays, a contradiction changes nothing, a revoked share stays so', () => {
	const { state, shelf, greet } = world();
	const session = greet(ann);
	const publish = (found: DescriptorClaims) => {
		const check = { type: 'check', session, share: film, descriptor: found.bytes } as const;
		return [...told(checked(state, check, ok(found), 0), session), shelf.kept.get(film)?.bytes[0]];
	};
	const published = (revision: number) => ({ type: 'published', share: film, revision });
	expect(publish(claims(3))).toEqual([published(3), 3]);
	expect(publish(claims(3))).toEqual([published(3), 3]);
	expect(publish(claims(2))).toEqual([refused('old-descriptor'), 3]);
	expect(publish(claims(3, 'open', 77))).toEqual([refused('equivocation'), 3]);
	expect(publish(claims(4, 'revoked'))).toEqual([published(4), 4]);
	expect(publish(claims(5))).toEqual([refused('revoked'), 4]);
	expect(publish(claims(1))).toEqual([refused('revoked'), 4]);
});

test('what does not verify, or is no base64url, is refused', () => {
	const { state, say, greet } = world();
	const session = greet(ann);
	const check = { type: 'check', session, share: film, descriptor: new Uint8Array(0) } as const;
	expect(told(checked(state, check, fail('bad-signature'), 0), session)).toEqual([refused('bad-descriptor')]);
	expect(say(session, { type: 'publish', share: film, descriptor: 'A' })).toEqual([refused('bad-descriptor')]);
});

test('publishing is limited, and so is making up shares, but neither ends the connection', () => {
	const limits = limitsFor(100, 10);
	const newShares = { perSecond: 0.001, burst: 1 };
	const { state, say, greet } = world({ ...limits, perAddress: { ...limits.perAddress, newShares } });
	const session = greet(ann);
	const found = [film, other].map((share) => told(
		checked(state, { type: 'check', session, share, descriptor: new Uint8Array(0) }, ok(claims(1)), 0), session)[0]);
	expect(found).toEqual([{ type: 'published', share: film, revision: 1 }, refused('too-fast')]);
	const publish = { type: 'publish', share: film, descriptor: '' } as const;
	const answers = Array.from({ length: 21 }, () => say(session, publish)[0]);
	expect(answers.slice(0, 20).every((answer) => (answer as { check?: string }).check === film)).toBe(true);
	expect(answers[20]).toEqual(refused('too-fast'));
	expect(say(session, { type: 'ping' })).toEqual([{ type: 'pong' }]);
});

test('a disk that fails keeps nobody apart', () => {
	const { state, shelf, say, greet } = world();
	shelf.isBroken = true;
	const session = greet(ann);
	expect(say(session, { type: 'join', share: film, wants: 0 })).toMatchObject([{ type: 'peers', online: 1 }]);
	const check = { type: 'check', session, share: film, descriptor: new Uint8Array(0) } as const;
	expect(told(checked(state, check, ok(claims(1)), 0), session)).toEqual([refused('unavailable')]);
});

test('who sends too much is told, and is out', () => {
	const limits = limitsFor(100, 10);
	const messages = { perSecond: 1, burst: 3 };
	const { state, say, greet } = world({ ...limits, perConnection: { ...limits.perConnection, messages } });
	const session = greet(ann);
	const charges = Array.from({ length: 5 }, () => told(charge(state, session, 10, 0), session));
	expect(charges).toEqual([[], [], [], [refused('too-fast'), { close: 'too-fast' }], []]);
	expect(say(session, { type: 'ping' })).toEqual([]);
	expect(state.peers.size).toBe(0);
});

test('messages nobody can read cost ten others each', () => {
	const { state, greet } = world();
	const session = greet(ann);
	const answers = Array.from({ length: 60 }, () => told(handleUnreadable(state, session, 0), session));
	expect(answers.findIndex((answer) => answer.length > 1)).toBeLessThanOrEqual(50);
	expect(answers[0]).toEqual([refused('bad-message')]);
	expect(answers.at(-1)).toEqual([]);
});

test('an address has so many connections, and opens so many in a time', () => {
	const limits = limitsFor(100, 10);
	const opens = { perSecond: 1, burst: 12 };
	const { state } = world({ ...limits, perAddress: { ...limits.perAddress, opens } });
	const answers = Array.from({ length: 13 }, () => open(state, '192.0.2.7', 0));
	expect(answers.slice(9)).toEqual([expect.any(Object), 'too-many-connections', 'too-many-connections', 'too-fast']);
	end(state, answers[0] as Session, 0);
	expect(open(state, '192.0.2.7', 1_000)).toBeTypeOf('object');
	expect(open(state, '192.0.2.8', 1_000)).toBeTypeOf('object');
});

test('who never says hello is let go', () => {
	const { state, connect, greet } = world();
	const silent = connect();
	greet(ann);
	expect(sweep(state, HELLO_WITHIN - 1)).toEqual([]);
	expect(told(sweep(state, HELLO_WITHIN), silent)).toEqual([{ close: 'silent' }]);
	expect(state.sessions.size).toBe(1);
});
