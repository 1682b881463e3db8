import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { fail, type Result } from '../../shared/base/result.ts';
import { seededRng } from '../../shared/base/rng.ts';
import { peerIdFrom, shareIdFrom } from '../../shared/protocol/ids.ts';
import { CLIENT_TYPES } from '../../shared/protocol/tracker-message.ts';
import { limitsFor } from '../core/limits.ts';
import { makeState, type Session } from '../core/state.ts';
import { MemoryShelf } from '../testkit/memory-shelf.ts';
import { Hub, type HubParts } from './hub.ts';
import { Metrics } from './metrics.ts';

/** A socket that writes down what is done to it. */
class FakeSocket extends EventEmitter {
	readonly done: string[] = [];
	readonly bufferedAmount = 0;
	send(text: string): void { this.done.push(`send ${(JSON.parse(text) as { type: string }).type}`); }
	close(code: number): void { this.done.push(`close ${code}`); }
	ping(): void { this.done.push('ping'); }
	terminate(): void { this.done.push('terminate'); }
	hear(message: object): void { this.emit('message', Buffer.from(JSON.stringify(message)), false); }
}

function world(check: HubParts['check'] = () => Promise.resolve(fail('malformed'))) {
	const shelf = new MemoryShelf();
	const outside = { iceServers: [], bridge: () => undefined, bridges: () => [] };
	const state = makeState({ rng: seededRng(1), secret: () => 's', shelf, limits: limitsFor(10, 10), ...outside });
	const metrics = new Metrics(() => ({ connections: 0, peers: 0, swarms: 0, descriptors: 0, listed: 0 }));
	metrics.close();
	const reports: unknown[] = [];
	const checkListing: HubParts['checkListing'] = () => Promise.resolve(fail('malformed'));
	const hub = new Hub({ state, metrics, now: () => 0, check, checkListing, report: (error) => reports.push(error) });
	const enter = (peer: number) => {
		const socket = new FakeSocket();
		hub.serve(socket as unknown as WebSocket, hub.open('here') as Session, 'none');
		socket.hear({ type: 'hello', version: 1, peer: peerIdFrom(new Uint8Array(16).fill(peer)) });
		socket.done.length = 0;
		return socket;
	};
	return { hub, state, shelf, enter, reports };
}
const share = shareIdFrom(new Uint8Array(16));

test('between two beats a socket must give a sign of life: a pong, a ping or a message', () => {
	const { hub, enter } = world();
	const [mute, ponging, pinging, talking] = [enter(1), enter(2), enter(3), enter(4)];
	hub.beat();
	ponging.emit('pong');
	pinging.emit('ping');
	talking.hear({ type: 'ping' });
	hub.beat();
	expect(mute.done).toEqual(['ping', 'terminate']);
	expect(ponging.done).toEqual(['ping', 'ping']);
	expect(pinging.done).toEqual(['ping', 'ping']);
	expect(talking.done).toEqual(['ping', 'send pong', 'ping']);
});

test('a bug ends the connection that met it, and no other', () => {
	const { shelf, state, enter, reports } = world();
	const [unlucky, other] = [enter(1), enter(2)];
	shelf.find = () => { throw new Error('a bug'); };
	unlucky.hear({ type: 'join', share, wants: 0 });
	other.hear({ type: 'ping' });
	expect(unlucky.done).toEqual(['close 1011']);
	expect(other.done).toEqual(['send pong']);
	expect(reports).toEqual([new Error('a bug')]);
	expect([state.sessions.size, state.swarms.size]).toEqual([1, 0]);
});

const text = fc.oneof(fc.constantFrom(...CLIENT_TYPES), fc.string());
const field = fc.oneof(fc.constantFrom(share, peerIdFrom(new Uint8Array(16).fill(1))), fc.jsonValue(), fc.nat(40));
const nearMessage = fc.record({
	type: text, share: field, peer: field, to: field, wants: field, signal: field, descriptor: field, name: field,
	version: field,
}, { requiredKeys: [] });

test('nothing that anybody sends is a bug', () => {
	fc.assert(fc.property(fc.array(fc.oneof(nearMessage, fc.jsonValue(), fc.string()), { maxLength: 30 }), (messages) => {
		const { enter, reports } = world();
		const [someone] = [enter(1), enter(2)];
		for (const message of messages) {
			const sent = typeof message === 'string' ? message : JSON.stringify(message);
			someone.emit('message', Buffer.from(sent), false);
		}
		expect(reports).toEqual([]);
		expect(someone.done).not.toContain('close 1011');
	}));
});

test('a check that fails for a bug ends the connection too', async () => {
	const { enter, reports } = world(() => Promise.reject(new Error('a bug')));
	const unlucky = enter(1);
	unlucky.hear({ type: 'publish', share, descriptor: '' });
	await expect.poll(() => unlucky.done).toEqual(['close 1011']);
	expect(reports).toHaveLength(1);
});

test('a check that ends after its connection did disturbs nobody', async () => {
	let finish = (): void => undefined;
	const found = new Promise<Result<never, 'malformed'>>((resolve) => { finish = () => resolve(fail('malformed')); });
	const { hub, state, enter, reports } = world(() => found);
	const hasty = enter(1);
	hasty.hear({ type: 'publish', share, descriptor: '' });
	for (const session of state.sessions) hub.forget(session);
	finish();
	await found;
	expect(hasty.done).toEqual([]);
	expect(reports).toEqual([]);
});
