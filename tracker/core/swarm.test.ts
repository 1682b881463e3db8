import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRng } from '../../shared/base/rng.ts';
import { peerIdFrom, shareIdFrom, type PeerId } from '../../shared/protocol/ids.ts';
import { Swarm, Swarms } from './swarm.ts';

const peer = (n: number): PeerId => peerIdFrom(Uint8Array.from({ length: 16 }, () => n));

test('a swarm is a set: whatever joins and leaves, in whatever order', () => {
	const acts = fc.array(fc.record({ joins: fc.boolean(), who: fc.nat(7), wants: fc.nat(9), seed: fc.nat() }));
	fc.assert(fc.property(acts, (list) => {
		const swarm = new Swarm();
		const model = new Set<PeerId>();
		for (const { joins, who, wants, seed } of list) {
			if (joins) swarm.add(peer(who));
			else swarm.remove(peer(who));
			if (joins) model.add(peer(who));
			else model.delete(peer(who));
			const others = [...model].filter((member) => member !== peer(who));
			const drawn = swarm.sampleOthers(peer(who), wants, seededRng(seed));
			expect(swarm.size).toBe(model.size);
			expect(swarm.has(peer(who))).toBe(joins);
			expect(new Set(drawn).size).toBe(Math.min(wants, others.length));
			expect(drawn.every((member) => others.includes(member))).toBe(true);
		}
	}));
});

test('each other member is introduced as often as any other', () => {
	const swarm = new Swarm();
	for (let n = 0; n < 8; n++) swarm.add(peer(n));
	const rng = seededRng(1);
	const times = new Map<PeerId, number>();
	for (let i = 0; i < 7_000; i++) {
		for (const drawn of swarm.sampleOthers(peer(3), 2, rng)) times.set(drawn, (times.get(drawn) ?? 0) + 1);
	}
	expect(times.size).toBe(7);
	for (const count of times.values()) expect(Math.abs(count - 2_000)).toBeLessThan(200);
});

test('an empty swarm is forgotten', () => {
	const swarms = new Swarms();
	const share = shareIdFrom(new Uint8Array(16));
	swarms.join(share, peer(1));
	swarms.join(share, peer(2));
	swarms.leave(share, peer(1));
	expect(swarms.get(share)?.size).toBe(1);
	swarms.leave(share, peer(2));
	swarms.leave(share, peer(2));
	expect(swarms.size).toBe(0);
});
