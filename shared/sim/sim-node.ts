/**
 * One peer of a scenario: a real engine, whose effects are performed in virtual time by simulated hashes and stores.
 */
import { concat, type Bytes } from '../base/bytes.ts';
import { BitSet } from '../base/bit-set.ts';
import { assert } from '../base/result.ts';
import { seededRng } from '../base/rng.ts';
import type { Ms } from '../base/units.ts';
import { chunkSet, runsOf } from '../engine/chunk-set.ts';
import { Engine } from '../engine/engine.ts';
import type { Effect, Input } from '../engine/events.ts';
import { TICK_MS } from '../engine/settings.ts';
import type { LinkId, PeerId } from '../protocol/ids.ts';
import { GROUP_CHUNKS } from '../protocol/limits.ts';
import { encode } from '../protocol/peer-message.ts';
import type { EventQueue } from './event-queue.ts';
import { FILM_PARTS, isGood, type SimFilm } from './film.ts';
import { Playback } from './playback.ts';
import type { PeerSpec } from './scenario.ts';
import { SimPort, type SimEnd } from './sim-link.ts';

/** Virtual time of what takes a machine time: a hash, a proof, a read of the store, opening it. */
const CHECK_MS: Ms = 0.2;
const PROOF_MS: Ms = 1;
const READ_MS: Ms = 0.5;
const OPEN_MS: Ms = 20;

/** What a peer needs of the swarm around it. */
export interface SimWorld {
	readonly queue: EventQueue;
	readonly film: SimFilm;
	connect(from: SimNode, to: PeerId, relays: readonly LinkId[]): void;
	signalled(node: SimNode, signal: Extract<Effect, { type: 'signal' }>): void;
	find(from: SimNode, count: number): void;
	/** Each effect, before it is performed. */
	performed(node: SimNode, effect: Effect): void;
	/** After each step. */
	stepped(node: SimNode): void;
}

interface Connection { readonly end: SimEnd; readonly peer: PeerId }

/** A peer. */
export class SimNode {
	readonly spec: PeerSpec;
	readonly id: PeerId;
	readonly port: SimPort;
	readonly engine: Engine;
	readonly connections = new Map<LinkId, Connection>();
	readonly banned = new Set<PeerId>();
	/** Chunks that were checked and kept; a bad one among them would be a bug. */
	readonly kept: BitSet;
	/** Good chunk bytes by who sent them. */
	readonly bytesFrom = new Map<PeerId, number>();
	/** Chunks that wait for their check, for the invariant that counts them. */
	readonly checking = new Map<number, number>();
	playback: Playback | undefined;
	completeAt: Ms | undefined;
	state: 'waiting' | 'here' | 'gone' = 'waiting';
	readonly #world: SimWorld;
	readonly #proofs = new Map<number, 'checking' | 'known'>();
	readonly #parts = new Set<number>();
	readonly #inputs: Input[] = [];
	#nextLink = 1;
	#isDescribed = false;

	constructor(world: SimWorld, spec: PeerSpec, init: { readonly id: PeerId; readonly seed: number }) {
		this.#world = world;
		this.spec = spec;
		this.id = init.id;
		this.kept = new BitSet(world.film.layout.chunks);
		this.port = new SimPort(world.queue, {
			upBytesPerMs: spec.up * 125, downBytesPerMs: spec.down * 125, latencyMs: spec.latencyMs, lossRate: spec.lossRate,
		});
		this.engine = new Engine({ self: init.id, rng: seededRng(init.seed) });
	}

	/** Comes: who has the film knows all of it, others ask around. */
	arrive(): void {
		this.state = 'here';
		const [up, down] = [this.spec.upLimit, this.spec.downLimit].map((mbit) => mbit && mbit * 125_000);
		if (up !== undefined || down !== undefined) this.step({ type: 'limits', up, down });
		if (this.spec.background && !this.spec.watches) this.#fetchAll();
		if (this.spec.holds === 'all') {
			for (let part = 0; part < FILM_PARTS; part++) this.#parts.add(part);
			this.#describe(true);
		}
		if (this.spec.watches) {
			this.playback = new Playback(this.#world.queue, this.#world.film, {
				holds: (chunk) => this.holds(chunk), step: (input) => this.step(input),
				began: () => { if (this.spec.background) this.#fetchAll(); }, // as the page does
			});
			for (const { at, to } of this.spec.seeks) this.#world.queue.at(at, () => { if (this.state === 'here') this.playback?.seek(to); });
		}
		this.#world.find(this, 10);
		this.#tick();
	}

	/** Says goodbye. */
	leave(): void {
		this.step({ type: 'stop', reason: 'leaving' });
		this.die();
	}

	/** Vanishes; its neighbours find out by themselves. */
	die(): void {
		this.state = 'gone';
		this.playback?.stop();
	}

	holds(chunk: number): boolean { return this.spec.holds === 'all' || this.kept.has(chunk); }

	/** A link is open. */
	open(
		end: SimEnd, info: { readonly peer: PeerId; readonly name: string; readonly initiator: boolean }, link: LinkId,
	): void {
		this.connections.set(link, { end, peer: info.peer });
		this.step({ type: 'link-opened', link, ...info });
	}

	/** The number of the next link. */
	nextLink(): LinkId { return this.#nextLink++ as LinkId; }

	/** Something happened. An effect that makes something happen at once has its turn after this step. */
	step(input: Input): void {
		if (this.state === 'gone') return;
		this.#inputs.push(input);
		if (this.#inputs.length > 1) return;
		for (let next = this.#inputs[0]; next; next = this.#inputs[0]) {
			for (const effect of this.engine.step(next, this.#world.queue.now)) {
				this.#world.performed(this, effect);
				this.#perform(effect);
			}
			this.#world.stepped(this);
			this.#inputs.shift();
		}
	}

	#fetchAll(): void { this.step({ type: 'background', on: true }); }

	#tick(): void {
		if (this.state === 'gone') return;
		this.step({ type: 'tick' });
		this.#world.queue.after(TICK_MS, () => this.#tick());
	}

	#perform(effect: Effect): void {
		switch (effect.type) {
			case 'send': return void this.connections.get(effect.link)?.end.send(effect.frame);
			case 'close': return this.connections.get(effect.link)?.end.close(effect.reason);
			case 'serve': return this.#later(READ_MS, () => this.#serve(effect));
			case 'serve-proof': return this.#later(READ_MS, () => this.#serveProof(effect));
			case 'serve-part': return this.#later(READ_MS, () => this.#servePart(effect));
			case 'check-descriptor': return this.#later(PROOF_MS, () => this.#checkDescriptor(effect));
			case 'check-proof': return this.#checkProof(effect);
			case 'check-chunk': return this.#checkChunk(effect);
			case 'check-part': return this.#later(CHECK_MS, () => this.#checkPart(effect));
			case 'held': return this.#held(effect.index);
			case 'connect': return this.#world.connect(this, effect.peer, effect.relays);
			case 'signal': return this.#world.signalled(this, effect);
			case 'find': return this.#world.find(this, effect.count);
			case 'ban': return void this.banned.add(effect.peer);
			case 'forget': return void this.#proofs.delete(effect.group);
			case 'save': return;
		}
	}

	#later(delay: Ms, act: () => void): void {
		this.#world.queue.after(delay, () => { if (this.state === 'here') act(); });
	}

	#describe(isSharer: boolean): void {
		if (this.#isDescribed) return;
		this.#isDescribed = true;
		const { film } = this.#world;
		this.step({ type: 'described', descriptor: film.descriptor });
		const whole = isSharer ? BitSet.full(film.layout.groups) : new BitSet(film.layout.groups);
		this.#later(OPEN_MS, () => {
			this.step({ type: 'inventory', inventory: { whole: whole.bytes(), partial: new Map() } });
			if (isSharer) this.step({ type: 'attachments-held', revision: film.descriptor.revision });
		});
		if (!isSharer) for (let part = 0; part < FILM_PARTS; part++) this.step({ type: 'want-part', part: { attachment: 0, of: 'part', part } });
	}

	#checkDescriptor({ link, bytes }: Extract<Effect, { type: 'check-descriptor' }>): void {
		if (this.#world.film.isDescriptor(bytes)) this.#describe(false);
		else this.step({ type: 'descriptor-rejected', link });
	}

	#serve({ link, group, chunks, run: longest }: Extract<Effect, { type: 'serve' }>): void {
		const end = this.connections.get(link)?.end;
		const { conduct } = this.spec;
		if (!end || conduct === 'silent') return;
		if (conduct === 'busy') end.send(encode({ type: 'busy', group, chunks: chunkSet(chunks) }));
		if (conduct === 'garbage') end.send(new Uint8Array([12, 255, 255]));
		let bytes = 0;
		let hasRoom = true;
		for (const [first, count] of conduct === 'busy' || conduct === 'garbage' ? [] : runsOf(chunks, longest)) {
			const indices = Array.from({ length: count }, (_, k) => group * GROUP_CHUNKS + first + k);
			assert(indices.every((index) => this.holds(index)), 'only what is held is served');
			const run = concat(...indices.map((index) => this.#world.film.chunk(index, conduct === 'bad-chunks')));
			hasRoom = end.send(encode({ type: 'chunk', index: group * GROUP_CHUNKS + first, bytes: run }));
			bytes += run.length;
		}
		this.step({ type: 'served', link, group, bytes, full: !hasRoom, failed: false });
	}

	#serveProof({ link, group }: Extract<Effect, { type: 'serve-proof' }>): void {
		if (this.spec.conduct === 'silent') return;
		const leaves = this.#world.film.leaves(group, this.spec.conduct === 'bad-proofs');
		const certificate = { form: 'signature', bytes: new Uint8Array(64) } as const;
		this.connections.get(link)?.end.send(encode({ type: 'proof', group, certificate, leaves }));
	}

	#servePart({ link, part }: Extract<Effect, { type: 'serve-part' }>): void {
		const bytes: Bytes = new Uint8Array(part.of === 'part' && this.#parts.has(part.part) ? 8000 : 0);
		this.connections.get(link)?.end.send(encode({ type: 'attachment', ...part, bytes }));
	}

	#checkProof({ link, group, leaves }: Extract<Effect, { type: 'check-proof' }>): void {
		const good = isGood(leaves);
		if (this.#proofs.get(group) !== 'known') this.#proofs.set(group, 'checking');
		this.#later(PROOF_MS, () => {
			if (good) this.#proofs.set(group, 'known');
			else if (this.#proofs.get(group) === 'checking') this.#proofs.delete(group);
			this.step({ type: 'proof-checked', link, group, good });
		});
	}

	#checkChunk({ link, index, bytes }: Extract<Effect, { type: 'check-chunk' }>): void {
		const proof = this.#proofs.get(Math.floor(index / GROUP_CHUNKS));
		const from = this.connections.get(link)?.peer;
		this.checking.set(index, (this.checking.get(index) ?? 0) + 1);
		this.#later(proof === 'checking' ? PROOF_MS + CHECK_MS : CHECK_MS, () => {
			this.checking.set(index, (this.checking.get(index) ?? 0) - 1);
			if (this.#proofs.get(Math.floor(index / GROUP_CHUNKS)) !== 'known') return this.step({ type: 'chunk-checked', link, index, result: 'unproven' });
			if (!isGood(bytes)) return this.step({ type: 'chunk-checked', link, index, result: 'bad' });
			if (from !== undefined) this.bytesFrom.set(from, (this.bytesFrom.get(from) ?? 0) + bytes.length);
			this.step({ type: 'chunk-checked', link, index, result: 'good' });
		});
	}

	#checkPart({ link, part, bytes }: Extract<Effect, { type: 'check-part' }>): void {
		this.step({ type: 'part-checked', link, part, good: isGood(bytes) });
		if (!isGood(bytes)) return;
		this.#parts.add(part.part);
		if (this.#parts.size === 1) this.playback?.start(); // the index header is here
		if (this.#parts.size === FILM_PARTS) this.step({ type: 'attachments-held', revision: this.#world.film.descriptor.revision });
	}

	#held(index: number): void {
		assert(this.kept.add(index), 'a chunk becomes held once');
		if (this.kept.isFull) this.completeAt = this.#world.queue.now;
		this.playback?.held(index);
	}
}
