import { describe, expect, test, vi } from 'vitest';
import type { Bytes } from '../base/bytes.ts';
import { randomBelow, seededRng, type Rng } from '../base/rng.ts';
import { Engine } from '../engine/engine.ts';
import type { Effect, Input } from '../engine/events.ts';
import { peerIdFrom, type LinkId } from '../protocol/ids.ts';
import { encode, type PeerMessage } from '../protocol/peer-message.ts';
import { SimFilm } from './film.ts';
import { assertInvariants } from './invariants.ts';
import { run } from './run.ts';
import { peer, peers, scenario, sharer, type Conduct } from './scenario.ts';
import type { SimNode } from './sim-node.ts';

vi.setConfig({ testTimeout: 30_000 });

const CONDUCTS: readonly Conduct[] = ['honest', 'bad-chunks', 'bad-proofs', 'silent', 'busy', 'garbage'];

describe('whatever happens in a swarm', () => {
	test.each(Array.from({ length: 12 }, (_, k) => k + 1))('the books of every engine balance, seed %i', (seed) => {
		const rng = seededRng(seed);
		let steps = 0;
		const seen = new Set<SimNode>();
		const report = run(scenario([
			sharer({ up: 10 + randomBelow(rng, 50) }),
			...peers(2, 'other', () => ({ holds: 'all', conduct: CONDUCTS[randomBelow(rng, CONDUCTS.length)]!, up: 1 + randomBelow(rng, 20) })),
			...peers(3, 'viewer', (k) => ({
				watches: k > 0, background: k < 2, lossRate: 0.01, leavesAt: k === 2 ? 9000 : Infinity,
				seeks: [{ at: 1500, to: 8000 }, { at: 1550, to: 2000 }, { at: 4000, to: 0 }],
			})),
		], { seed, megabytes: 3, cutsPerSecond: 3, untilMs: 60_000 }), {
			stepped: (node, now) => {
				if (now >= node.spec.leavesAt) return void seen.delete(node);
				seen.add(node);
				if (++steps % 7 === 0) assertInvariants(node.engine, node.checking);
			},
		});
		for (const node of seen) assertInvariants(node.engine, node.checking);
		expect(report.peers.get('viewer1')!.completeMs).toBeDefined();
	});

	test('when all links are gone nothing counts as on its way', () => {
		const nodes = new Set<SimNode>();
		run(scenario([sharer({ up: 10 }), peer('viewer', { watches: true })], { untilMs: 3000 }), { stepped: (node) => nodes.add(node) });
		const { engine, checking } = [...nodes].find((node) => node.spec.name === 'viewer')!;
		for (const link of [...engine.links.keys()]) engine.step({ type: 'link-closed', link, reason: 'lost' }, 3000);
		for (const index of [...checking.keys()]) {
			for (let n = checking.get(index)!; n > 0; n--) engine.step({ type: 'chunk-checked', link: 1 as LinkId, index, result: 'unproven' }, 3000);
			checking.set(index, 0);
		}
		assertInvariants(engine, checking);
		expect(engine.links.size).toBe(0);
		for (const partial of engine.requests!.inventory.partials.values()) {
			expect(partial.asked.every((count) => count === 0)).toBe(true);
			expect(partial.proof.state).not.toBe('asked');
		}
	});
});

/** An engine in mid-download with two links, and what has to be answered. */
function engineUnderFire(): { readonly engine: Engine; readonly film: SimFilm } {
	const film = new SimFilm(3, 2000);
	const engine = new Engine({ self: peerIdFrom(new Uint8Array(16)), rng: seededRng(1) });
	engine.step({ type: 'background', on: true }, 0);
	engine.step({ type: 'described', descriptor: film.descriptor }, 0);
	engine.step({ type: 'inventory', inventory: { whole: new Uint8Array(1), partial: new Map() } }, 0);
	return { engine, film };
}

function open(engine: Engine, link: number, now: number): void {
	const peer = peerIdFrom(new Uint8Array(16).fill(link));
	engine.step({ type: 'link-opened', link: link as LinkId, peer, name: '', initiator: true }, now);
	engine.step({ type: 'frame', link: link as LinkId, bytes: encode({ type: 'have-all', revision: 1 }) }, now);
}

function messages(film: SimFilm, rng: () => number): PeerMessage[] {
	const group = randomBelow(rng, 5);
	const chunks = Uint8Array.from({ length: 16 }, () => randomBelow(rng, 256));
	const peer = peerIdFrom(Uint8Array.from({ length: 16 }, () => randomBelow(rng, 3)));
	const index = randomBelow(rng, 400);
	const certificate = { form: 'signature', bytes: new Uint8Array(64) } as const;
	return [
		{ type: 'chunk', index, bytes: film.chunk(Math.min(index, film.layout.chunks - 1), false) }, { type: 'busy', group, chunks },
		{ type: 'request', group, dueInMs: randomBelow(rng, 9999), chunks }, { type: 'cancel', group, chunks }, { type: 'want-proof', group },
		{ type: 'proof', group, certificate, leaves: new Uint8Array(32 * 128) }, { type: 'have', group }, { type: 'have-chunks', group, chunks },
		{ type: 'have-map', groups: new Uint8Array([randomBelow(rng, 16)]) }, { type: 'have-all', revision: 1 + randomBelow(rng, 2) },
		{ type: 'peers', peers: [peer] }, { type: 'signal', to: peer, from: peer, signal: chunks }, { type: 'want-descriptor' },
		{ type: 'want-attachment', attachment: group, of: 'part', part: index }, { type: 'attachment', attachment: 0, of: 'list', part: 1, bytes: chunks },
		{ type: 'position', ms: index, playing: true }, { type: 'ping', token: index }, { type: 'pong', token: index }, { type: 'bye', reason: 'full' },
	];
}

/** An engine in mid-download with two links that say anything, and the checks of what they send. */
class Fire {
	readonly #engine: Engine;
	readonly #film: SimFilm;
	readonly #rng: Rng;
	readonly #checking = new Map<number, number>();
	#checks: Extract<Effect, { type: 'check-chunk' }>[] = [];
	#link = 0;
	#now = 0;

	constructor(seed: number) {
		this.#rng = seededRng(seed);
		const { engine, film } = engineUnderFire();
		this.#engine = engine;
		this.#film = film;
	}

	/** One frame, and now and then something else. */
	round(step: number): void {
		const rng = this.#rng;
		this.#now += randomBelow(rng, 60);
		while (this.#engine.links.size < 2) open(this.#engine, ++this.#link, this.#now);
		this.#step({ type: 'frame', link: (this.#link - randomBelow(rng, 2)) as LinkId, bytes: this.#frame() });
		const dueAt = this.#now + 3000;
		if (step % 5 === 0) this.#step({ type: 'tick' });
		if (step % 40 === 0) this.#step({ type: 'want', read: step, first: randomBelow(rng, 300), count: 50, dueAt });
		if (step % 60 === 0) this.#step({ type: 'unwant', read: step - 40 });
		if (step % 97 === 0) this.#step({ type: 'group-lost', group: randomBelow(rng, 3) });
		if (this.#checks.length > 5 || step % 11 === 0) for (const check of this.#checks.splice(0)) this.#answer(check);
		assertInvariants(this.#engine, this.#checking);
	}

	#frame(): Bytes {
		const rng = this.#rng;
		const some = messages(this.#film, rng);
		const bytes = encode(some[randomBelow(rng, some.length)]!);
		if (rng() < 0.1) return bytes.map((byte) => (rng() < 0.05 ? randomBelow(rng, 256) : byte));
		return rng() < 0.03 ? bytes.slice(0, randomBelow(rng, bytes.length + 1)) : bytes;
	}

	#answer({ link, index }: Extract<Effect, { type: 'check-chunk' }>): void {
		this.#checking.set(index, this.#checking.get(index)! - 1);
		const result = this.#rng() < 0.6 ? 'good' : this.#rng() < 0.5 ? 'bad' : 'unproven';
		this.#step({ type: 'chunk-checked', link, index, result });
	}

	#step(input: Input): void {
		for (const effect of this.#engine.step(input, this.#now)) {
			if (effect.type !== 'check-chunk') continue;
			this.#checks.push(effect);
			this.#checking.set(effect.index, (this.#checking.get(effect.index) ?? 0) + 1);
		}
	}
}

describe('whatever a peer sends', () => {
	test.each(Array.from({ length: 20 }, (_, k) => k + 1))('no frame throws and the books balance, seed %i', (seed) => {
		const fire = new Fire(seed);
		for (let step = 0; step < 1500; step++) fire.round(step);
	});
});
