import { describe, expect, test } from 'vitest';
import { seededRng } from '../base/rng.ts';
import { decode } from '../protocol/peer-message.ts';
import { peerIdFrom, type LinkId, type PeerId } from '../protocol/ids.ts';
import type { Effect } from './events.ts';
import { Link } from './link.ts';
import { Neighbours } from './neighbours.ts';
import { Outbox } from './outbox.ts';
import {
	CONNECT_MS, EXCHANGE_MS, FIND_MS, MAX_BANNED, MAX_CANDIDATES, MAX_LINKS, RETRY_PEER_MS, TARGET_LINKS,
} from './settings.ts';

const id = (name: string): PeerId => peerIdFrom(new TextEncoder().encode(name.padEnd(16)));
const ids = (count: number, from = 0): PeerId[] => Array.from({ length: count }, (_, k) => id(`p${from + k}`));

/** Someone's neighbours, with what they do as words. */
class Bed {
	readonly links = new Map<LinkId, Link>();
	readonly out = new Outbox();
	readonly neighbours = new Neighbours({ self: id('self'), rng: seededRng(1) }, this.links, this.out);

	link(peer: PeerId, now = 0): Link {
		const link = new Link({ id: (this.links.size + 1) as LinkId, peer, name: '', initiator: true }, now);
		this.links.set(link.id, link);
		this.neighbours.opened(link, now);
		return link;
	}

	done(): string[] { return this.out.take().map(word); }
}

function word(effect: Effect): string {
	if (effect.type === 'connect') return `connect ${nameOf(effect.peer)}${effect.relays.length > 0 ? ` by ${effect.relays.join()}` : ''}`;
	if (effect.type === 'find') return 'find';
	if (effect.type === 'ban') return `ban ${nameOf(effect.peer)}`;
	if (effect.type !== 'send') return effect.type;
	const message = decode(effect.frame);
	return message.ok && message.value.type === 'peers' ? `tell ${effect.link} of ${message.value.peers.map(nameOf).toSorted().join()}` : 'send';
}

function nameOf(peer: PeerId): string { return atob(peer.replaceAll('-', '+').replaceAll('_', '/')).trim(); }

describe('connections', () => {
	test('are begun to those who are named, once each, never to ourselves', () => {
		const bed = new Bed();
		bed.neighbours.learn([id('ann'), id('ann'), id('self')], undefined, 0);
		bed.neighbours.learn([id('ann')], undefined, 10);
		expect(bed.done()).toEqual(['connect ann']);
	});

	test('are as many as are aimed at, made and in the making together', () => {
		const bed = new Bed();
		bed.neighbours.learn(ids(30), undefined, 0);
		expect(bed.done().length).toBe(TARGET_LINKS);
		for (let k = 0; k < 3; k++) bed.neighbours.failed(id(`p${k}`), 100);
		expect(bed.neighbours.isFull).toBe(false);
	});

	test('go by the neighbours who named the peer, while they are there', () => {
		const bed = new Bed();
		const [ann, bob] = [bed.link(id('ann')), bed.link(id('bob'))];
		bed.done();
		bed.neighbours.learn([id('carl')], ann.id, 0);
		expect(bed.done()).toEqual(['connect carl by 1']);
		bed.neighbours.learn([id('carl')], bob.id, 0);
		bed.links.delete(ann.id);
		bed.neighbours.failed(id('carl'), 0);
		bed.neighbours.tick(RETRY_PEER_MS);
		expect(bed.done()).toContain('connect carl by 2');
	});

	test('that failed are tried again soon, then later each time, and in the end no more', () => {
		const bed = new Bed();
		bed.neighbours.learn([id('ann')], undefined, 0);
		const tries: number[] = [];
		for (let now = 0; now < 400 * RETRY_PEER_MS; now += RETRY_PEER_MS / 2) {
			if (bed.done().includes('connect ann')) {
				tries.push(now / RETRY_PEER_MS);
				bed.neighbours.failed(id('ann'), now);
			}
			bed.neighbours.tick(now);
		}
		expect(tries.length).toBe(4);
		const waits = tries.slice(1).map((at, k) => at - tries[k]!);
		expect(waits.every((wait, k) => wait >= 4 ** k && wait <= 4 ** k + 1)).toBe(true);
	});

	test('that lead nowhere make room for others', () => {
		const bed = new Bed();
		bed.neighbours.learn(ids(TARGET_LINKS + 1), undefined, 0);
		expect(bed.done().length).toBe(TARGET_LINKS);
		bed.neighbours.tick(CONNECT_MS + 1);
		expect(bed.done().filter((done) => done.startsWith('connect')).length).toBeGreaterThan(0);
	});

	test('are refused beyond a bound', () => {
		const bed = new Bed();
		for (const peer of ids(MAX_LINKS)) bed.link(peer);
		expect(bed.neighbours.isFull).toBe(true);
	});
});

describe('peers', () => {
	test('that are banned are not connected to, whoever names them', () => {
		const bed = new Bed();
		bed.neighbours.ban(id('liar'));
		bed.neighbours.learn([id('liar')], undefined, 0);
		expect(bed.done()).toEqual(['ban liar']);
		expect(bed.neighbours.isBanned(id('liar'))).toBe(true);
	});

	test('that were banned are remembered up to a bound, the latest', () => {
		const bed = new Bed();
		const liars = ids(MAX_BANNED + 1);
		for (const liar of liars) bed.neighbours.ban(liar);
		expect(liars.filter((liar) => !bed.neighbours.isBanned(liar))).toEqual([liars[0]]);
	});

	test('that are shunned are left alone for that long', () => {
		const bed = new Bed();
		bed.neighbours.shun(id('ann'), 1000, 0);
		bed.neighbours.learn([id('ann')], undefined, 900);
		expect(bed.done()).toEqual([]);
		bed.neighbours.learn([id('ann')], undefined, 1000);
		expect(bed.done()).toEqual(['connect ann']);
	});

	test('that the tracker names take the place of hearsay', () => {
		const bed = new Bed();
		const far = bed.link(id('ann'));
		bed.neighbours.learn(ids(2 * MAX_CANDIDATES), far.id, 0);
		const before = bed.done().filter((done) => done.startsWith('connect')).length;
		for (const peer of ids(2 * MAX_CANDIDATES)) bed.neighbours.left(peer);
		bed.neighbours.learn(ids(MAX_CANDIDATES, 5000), far.id, 0);
		bed.done();
		bed.neighbours.learn([id('named')], undefined, 0);
		bed.neighbours.learn([id('heard')], far.id, 0);
		for (let k = 0; k < 200; k++) bed.neighbours.tick(k * 100_000);
		const tried = new Set(bed.done());
		expect([before > 0, tried.has('connect named'), tried.has('connect heard by 1')]).toEqual([true, true, false]);
	});
});

describe('time', () => {
	test('the tracker is asked while there are too few, not all the time', () => {
		const bed = new Bed();
		let asked = 0;
		for (let now = 0; now < 10 * FIND_MS; now += 250) {
			bed.neighbours.tick(now);
			asked += bed.done().filter((done) => done === 'find').length;
		}
		expect(asked).toBe(10);
		for (const peer of ids(TARGET_LINKS)) bed.link(peer);
		bed.done();
		bed.neighbours.tick(20 * FIND_MS);
		expect(bed.done()).not.toContain('find');
	});

	test('neighbours hear of each other when they come, and now and then', () => {
		const bed = new Bed();
		bed.link(id('ann'));
		bed.link(id('bob'));
		expect(bed.done()).toEqual(['tell 2 of ann']);
		bed.neighbours.tick(0);
		expect(bed.done().filter((done) => done.startsWith('tell'))).toEqual(['tell 1 of bob', 'tell 2 of ann']);
		bed.neighbours.tick(EXCHANGE_MS - 1);
		expect(bed.done().filter((done) => done.startsWith('tell'))).toEqual([]);
	});
});
