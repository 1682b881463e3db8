import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ok } from '../../shared/base/result.ts';
import { seededRng } from '../../shared/base/rng.ts';
import { peerIdFrom, shareIdFrom, type PeerId, type ShareId } from '../../shared/protocol/ids.ts';
import type { ClientMessage } from '../../shared/protocol/tracker-message.ts';
import { MemoryShelf } from '../testkit/memory-shelf.ts';
import { checked, handle } from './handle.ts';
import { limitsFor } from './limits.ts';
import { end, makeState, open, type Effect, type Session } from './state.ts';

const peers = [1, 2, 3, 4].map((n) => peerIdFrom(new Uint8Array(16).fill(n)));
const shares = [8, 9].map((n) => shareIdFrom(new Uint8Array(16).fill(n)));
const peer = fc.constantFrom(...peers);
const share = fc.constantFrom(...shares);
const wants = fc.nat(4);

const message: fc.Arbitrary<ClientMessage> = fc.oneof(
	fc.record({ type: fc.constant('hello' as const), version: fc.constant(1), peer }),
	fc.record({ type: fc.constant('join' as const), share, wants }),
	fc.record({ type: fc.constant('leave' as const), share }),
	fc.record({ type: fc.constant('find' as const), share, wants }),
	fc.record({ type: fc.constant('signal' as const), share, to: peer, signal: fc.string() }),
	fc.record({ type: fc.constant('publish' as const), share, descriptor: fc.constant('') }),
	fc.record({ type: fc.constant('rename' as const), name: fc.constantFrom('Ann', 'Bob') }),
	fc.record({ type: fc.constant('browse' as const), wants }),
	fc.record({ type: fc.constant('look-up' as const), share }),
	fc.constant({ type: 'stop-browsing' as const }),
	fc.constant({ type: 'ping' as const }),
);
const act = fc.record({ who: fc.nat(4), does: fc.oneof({ weight: 9, arbitrary: message }, { weight: 1, arbitrary: fc.constant('goes' as const) }) });

/** The tracker as a sentence: who is who, and who is where. */
class Model {
	readonly is = new Map<Session, PeerId>();
	readonly at = new Map<ShareId, Set<PeerId>>(shares.map((id) => [id, new Set()]));
	has(id: ShareId, who: PeerId | undefined): boolean { return who !== undefined && this.at.get(id)!.has(who); }
	forget(session: Session): void {
		for (const members of this.at.values()) members.delete(this.is.get(session)!);
		this.is.delete(session);
	}
}

/** Follows one message and says what may come of it. */
function expectAsModelled(model: Model, from: Session, m: ClientMessage, effects: readonly Effect[]): void {
	const self = model.is.get(from);
	for (const effect of effects) {
		if (effect.type !== 'send') continue;
		const { to, message: answer } = effect;
		if (answer.type === 'welcome' && m.type === 'hello') model.is.set(from, m.peer);
		if (answer.type === 'peers' && m.type === 'join') model.at.get(m.share)!.add(self!);
		if (answer.type === 'peers') {
			const others = [...model.at.get(answer.share)!].filter((id) => id !== self);
			expect(model.has(answer.share, self)).toBe(true);
			expect(answer.online).toBe(others.length + 1);
			expect(answer.peers.length).toBe(Math.min((m as { wants: number }).wants, others.length));
			expect(answer.peers.every((id) => others.includes(id))).toBe(true);
		}
		if (answer.type === 'signal') {
			expect(answer.from).toBe(self);
			expect(model.has(answer.share, self) && model.has(answer.share, model.is.get(to))).toBe(true);
		} else {
			expect(to).toBe(from);
		}
	}
	if (m.type === 'leave' && self) model.at.get(m.share)!.delete(self);
}

test('whatever anybody says, only members meet and reach each other, and nothing is left behind', () => {
	fc.assert(fc.property(fc.array(act, { maxLength: 80 }), fc.nat(), (acts, seed) => {
		const rng = seededRng(seed);
		const secret = () => String(rng());
		const outside = { shelf: new MemoryShelf(), limits: limitsFor(100, 100), iceServers: [], bridge: () => undefined };
		const state = makeState({ ...outside, rng, secret, bridges: () => [] });
		const model = new Model();
		const seats = Array.from({ length: 5 }, () => open(state, 'somewhere', 0) as Session);
		for (const { who, does } of acts) {
			const session = seats[who]!;
			if (does === 'goes') {
				end(state, session, 0);
				model.forget(session);
				seats[who] = open(state, 'somewhere', 1_000) as Session;
				continue;
			}
			const effects = handle(state, session, does, 0);
			expectAsModelled(model, session, does, effects);
			for (const effect of effects) {
				const claims = { revision: 1, state: 'open', size: 0, root: undefined, bytes: new Uint8Array(0) } as const;
				if (effect.type === 'check') checked(state, effect, ok(claims), 0);
			}
		}
		for (const session of seats) end(state, session, 0);
		expect([state.swarms.size, state.names.size, state.sessions.size, state.peers.size]).toEqual([0, 0, 0, 0]);
		expect(state.browsing.size).toBe(0);
		expect(state.addresses.at('somewhere', 0).connections).toBe(0);
	}));
});
