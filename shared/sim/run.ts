/**
 * Runs a scenario: brings the peers, introduces them, breaks what is to break, and reports. Same scenario, same run.
 */
import { randomBelow, sample, seededRng, type Rng } from '../base/rng.ts';
import type { Ms } from '../base/units.ts';
import type { Effect } from '../engine/events.ts';
import { idBytes, peerIdFrom, type LinkId, type PeerId } from '../protocol/ids.ts';
import { EventQueue } from './event-queue.ts';
import { SimFilm } from './film.ts';
import { Moments } from './moments.ts';
import { reportOf, type Report } from './report.ts';
import type { Scenario } from './scenario.ts';
import { SimEnd, type LinkEvents } from './sim-link.ts';
import { SimNode, type SimWorld } from './sim-node.ts';

/** What a WebRTC connection takes beside its round trips, and after which time an attempt is given up. */
const SETUP_MS: Ms = 120;
const GIVE_UP_MS: Ms = 5000;

/** How often the swarm is looked at: for charts, and whether all is over. */
const MOMENT_MS: Ms = 1000;
const LOOK_MS: Ms = 100;

const OFFER = 1;
const ANSWER = 2;

/** What a test looks at while the scenario runs. */
export interface Observer { stepped(node: SimNode, now: Ms): void }

/** Runs it to its end: everybody who is here and honest has all they want, or the time is over. */
export function run(scenario: Scenario, observer?: Observer): Report {
	return new Swarm(scenario, observer).run();
}

interface Pair { readonly nodes: readonly [SimNode, SimNode]; readonly ends: readonly [SimEnd, SimEnd] }

class Swarm implements SimWorld {
	readonly queue = new EventQueue();
	readonly film: SimFilm;
	readonly #scenario: Scenario;
	readonly #observer: Observer | undefined;
	readonly #rng: Rng;
	readonly #nodes = new Map<PeerId, SimNode>();
	readonly #pairs = new Set<Pair>();
	readonly #attempts = new Set<string>();
	readonly #moments = new Moments();
	#log = 0x811c9dc5;
	#steps = 0;
	#isOver = false;

	constructor(scenario: Scenario, observer?: Observer) {
		this.#scenario = scenario;
		this.#observer = observer;
		this.#rng = seededRng(scenario.seed);
		this.film = new SimFilm(scenario.megabytes, scenario.kbps);
		for (const [k, spec] of scenario.peers.entries()) {
			const id = peerIdFrom(Uint8Array.from({ length: 16 }, () => randomBelow(this.#rng, 256)));
			const node = new SimNode(this, spec, { id, seed: scenario.seed * 1009 + k });
			this.#nodes.set(id, node);
			this.queue.at(spec.arrivesAt, () => node.arrive());
			if (spec.leavesAt < Infinity) this.queue.at(spec.leavesAt, () => node.leave());
			if (spec.diesAt < Infinity) this.queue.at(spec.diesAt, () => node.die());
		}
		for (const { at, between } of scenario.cuts) this.queue.at(at, () => this.#cutBetween(between));
		if (scenario.cutsPerSecond > 0) this.#cutAtRandom();
	}

	run(): Report {
		this.#look();
		while (!this.#isOver && this.queue.step(this.#scenario.untilMs));
		return reportOf([...this.#nodes.values()], this.film, {
			endedAt: this.queue.now, log: this.#log, steps: this.#steps, moments: this.#moments.taken,
		});
	}

	connect(from: SimNode, to: PeerId, relays: readonly LinkId[]): void {
		const target = this.#nodes.get(to);
		const attempt = `${from.id} ${to}`;
		this.#attempts.add(attempt);
		this.queue.after(GIVE_UP_MS, () => { if (this.#attempts.delete(attempt)) from.step({ type: 'connect-failed', peer: to }); });
		const path = target ? from.port.access.latencyMs + target.port.access.latencyMs : 0;
		if (this.#hasTracker) this.queue.after(4 * path + SETUP_MS, () => this.#establish(from, to));
		else for (const via of relays.slice(0, 1)) from.step({ type: 'relay', via, to, signal: Uint8Array.of(OFFER) });
	}

	signalled(node: SimNode, { from, via, signal }: Extract<Effect, { type: 'signal' }>): void {
		if (signal[0] === OFFER) node.step({ type: 'relay', via, to: from, signal: Uint8Array.of(ANSWER) });
		else this.queue.after(SETUP_MS, () => this.#establish(node, from));
	}

	find(from: SimNode, count: number): void {
		this.queue.after(2 * from.port.access.latencyMs, () => {
			if (!this.#hasTracker) return;
			const others = [...this.#nodes.values()].filter((node) => node !== from && node.state === 'here');
			from.step({ type: 'peers-known', peers: sample(this.#rng, others, count).map((node) => node.id) });
		});
	}

	/** FNV-1a over who does what: two runs that differ anywhere differ here. */
	performed(node: SimNode, effect: Effect): void {
		this.#hash(idBytes(node.id)[0] ?? 0);
		this.#hash(Math.round(this.queue.now * 16));
		this.#hash(effect.type.length + effect.type.charCodeAt(0) * 32);
		if (effect.type === 'send') for (const byte of effect.frame.subarray(0, 32)) this.#hash(byte);
		if ('link' in effect) this.#hash(effect.link);
		if ('group' in effect) this.#hash(effect.group);
		if ('index' in effect) this.#hash(effect.index);
	}

	stepped(node: SimNode): void {
		this.#steps += 1;
		this.#observer?.stepped(node, this.queue.now);
	}

	#hash(value: number): void {
		this.#log = Math.imul(this.#log ^ (value | 0), 0x01000193) >>> 0;
	}

	get #hasTracker(): boolean { return this.queue.now < this.#scenario.trackerDiesAt; }

	/** Often enough to end soon after the last one is served, seldom enough to cost nothing among a thousand. */
	#look(): void {
		this.#isOver = this.#isEverybodyServed();
		if (Number.isInteger(this.queue.now / MOMENT_MS)) this.#moments.take(this.#nodes.values(), this.queue.now);
		this.queue.after(LOOK_MS, () => this.#look());
	}

	#isEverybodyServed(): boolean {
		for (const node of this.#nodes.values()) {
			const { spec, playback, state } = node;
			if (state === 'waiting') return false;
			if (state === 'gone' || spec.conduct !== 'honest' || spec.holds === 'all') continue;
			if (spec.background && !node.engine.isComplete) return false;
			if (spec.watches && !playback?.isOver) return false;
		}
		return true;
	}

	#establish(from: SimNode, to: PeerId): void {
		const target = this.#nodes.get(to);
		if (from.state !== 'here' || target?.state !== 'here' || !this.#attempts.delete(`${from.id} ${to}`)) return;
		const links = [from.nextLink(), target.nextLink()] as const;
		const near = this.#end(from, links[0]);
		const far = this.#end(target, links[1]);
		near.join(far);
		far.join(near);
		this.#pairs.add({ nodes: [from, target], ends: [near, far] });
		from.open(near, { peer: to, name: target.spec.name, initiator: true }, links[0]);
		target.open(far, { peer: from.id, name: from.spec.name, initiator: false }, links[1]);
	}

	#end(node: SimNode, link: LinkId): SimEnd {
		const events: LinkEvents = {
			frame: (bytes) => node.step({ type: 'frame', link, bytes }),
			writable: () => node.step({ type: 'writable', link }),
			closed: (reason) => {
				node.connections.delete(link);
				node.step({ type: 'link-closed', link, reason });
			},
		};
		return new SimEnd(this.queue, node.port, this.#rng, events);
	}

	#cutBetween(names: readonly [string, string]): void {
		for (const pair of this.#pairs) {
			if (pair.nodes.every((node) => names.includes(node.spec.name))) this.#cut(pair);
		}
	}

	#cut(pair: Pair): void {
		this.#pairs.delete(pair);
		for (const end of pair.ends) end.cut();
	}

	#cutAtRandom(): void {
		this.queue.after((-Math.log(1 - this.#rng()) * 1000) / this.#scenario.cutsPerSecond, () => {
			const [pair] = sample(this.#rng, [...this.#pairs], 1);
			if (pair) this.#cut(pair);
			this.#cutAtRandom();
		});
	}
}
