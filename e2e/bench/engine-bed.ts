/**
 * One engine among many complete peers that send what they are asked for, one chunk after the other: what a chunk
 * and a seek cost it, `step` alone, frames decoded and encoded, with neither hashing nor disk nor network.
 */
import { BitSet } from '../../shared/base/bit-set.ts';
import type { Bytes } from '../../shared/base/bytes.ts';
import { seededRng } from '../../shared/base/rng.ts';
import { Engine } from '../../shared/engine/engine.ts';
import type { Effect, Input } from '../../shared/engine/events.ts';
import { TICK_MS } from '../../shared/engine/settings.ts';
import { Layout, peerIdFrom, type LinkId } from '../../shared/protocol/ids.ts';
import { CHUNK_BYTES, GROUP_CHUNKS, HASH_BYTES } from '../../shared/protocol/limits.ts';
import { decode, encode } from '../../shared/protocol/peer-message.ts';
import { chunksOf } from '../../shared/engine/chunk-set.ts';

/** What one peer is asked for and has not sent: a chunk, or the proof of a group. */
type Owed = { readonly link: LinkId } & ({ readonly index: number } | { readonly proof: number });

interface Read { readonly read: number; readonly first: number; readonly count: number; readonly toSec: number }

/** Seconds of film that a player reads at a time: short ones after a seek, then others, as far ahead (web/media). */
const FIRST_READS = [0.5, 1, 2];
const READ_SEC = 2;
const AHEAD_SEC = 30;

/** An engine that asks for nothing for so long never will again. */
const MOST_TICKS = 40;

const id = (n: number) => peerIdFrom(Uint8Array.from({ length: 16 }, (_, k) => (k < 2 ? (n >> (8 * k)) & 255 : 7)));

/** Until it is not looked at any more. Time is its own: a chunk takes `chunkMs`. */
export class EngineBed {
	readonly engine = new Engine({ self: id(9999), rng: seededRng(1) });
	readonly #layout: Layout;
	readonly #chunkMs: number;
	readonly #owed: Owed[] = [];
	readonly #reads: Read[] = [];
	/** Seconds into the film from which on nothing is asked for yet. */
	#asked = 0;
	readonly #bytesPerSec: number;
	#now = 1;
	#tickedAt = 0;
	#read = 0;
	/** Where the film is, in seconds, and when it was there. */
	#playhead = { sec: 0, at: 1 };
	/** What the last step took, with all that followed from it. */
	#spentMs = 0;

	constructor({ links, bytes, durationSec, chunkMs }: {
		readonly links: number; readonly bytes: number; readonly durationSec: number; readonly chunkMs: number;
	}) {
		this.#layout = new Layout(bytes);
		this.#chunkMs = chunkMs;
		this.#bytesPerSec = bytes / durationSec;
		this.#step({ type: 'described', descriptor: { revision: 1, state: 'sealed', size: bytes, bytes: new Uint8Array(600) } });
		const nothing = new BitSet(this.#layout.groups).bytes();
		this.#step({ type: 'inventory', inventory: { whole: nothing, partial: new Map() } });
		this.#step({ type: 'background', on: true });
		for (let n = 1; n <= links; n++) {
			const link = n as LinkId;
			this.#step({ type: 'link-opened', link, peer: id(n), name: '', initiator: true });
			this.#step({ type: 'frame', link, bytes: encode({ type: 'have-all', revision: 1 }) });
		}
		this.seek(0);
	}

	/** Lets the chunk that was asked for first arrive. Gives what that took, in microseconds. */
	chunk(): number {
		for (let ticks = 0; ticks < MOST_TICKS;) {
			const owed = this.#owed.shift();
			if (!owed) {
				this.#now = this.#tickedAt + TICK_MS; // all rest until then
				ticks += 1;
			} else if ('proof' in owed) this.#proofArrives(owed.link, owed.proof);
			else if (this.engine.links.get(owed.link)?.asked.has(owed.index)) return this.#chunkArrives(owed);
			this.#passTime();
		}
		throw new Error('the engine asks for nothing any more');
	}

	#chunkArrives({ link, index }: Owed & { readonly index: number }): number {
		this.#now += this.#chunkMs;
		this.#passTime();
		const bytes = encode({ type: 'chunk', index, bytes: new Uint8Array(this.#layout.chunkBytes(index)) });
		this.#spentMs = 0;
		this.#step({ type: 'frame', link, bytes });
		return this.#spentMs * 1000;
	}

	#proofArrives(link: LinkId, group: number): void {
		const leaves = new Uint8Array(this.#layout.chunksIn(group) * HASH_BYTES);
		const certificate = { form: 'signature', bytes: new Uint8Array(64) } as const;
		this.#step({ type: 'frame', link, bytes: encode({ type: 'proof', group, certificate, leaves }) });
	}

	/** The playhead goes elsewhere: all reads end and others come. Gives what that took, in milliseconds. */
	seek(sec: number): number {
		this.#playhead = { sec, at: this.#now };
		this.#spentMs = 0;
		for (const { read } of this.#reads.splice(0)) this.#step({ type: 'unwant', read });
		this.#asked = sec;
		for (const length of FIRST_READS) this.#want(length);
		return this.#spentMs;
	}

	#passTime(): void {
		if (this.#now - this.#tickedAt < TICK_MS) return;
		this.#tickedAt = this.#now;
		this.#step({ type: 'tick' });
		const sec = this.#playhead.sec + (this.#now - this.#playhead.at) / 1000;
		for (const read of this.#reads.filter((each) => each.toSec < sec || this.#isHeld(each))) {
			this.#reads.splice(this.#reads.indexOf(read), 1);
			this.#step({ type: 'unwant', read: read.read });
		}
		while (this.#asked < sec + AHEAD_SEC) this.#want(READ_SEC);
	}

	#isHeld({ first, count }: Read): boolean {
		const inventory = this.engine.requests?.inventory;
		return Array.from({ length: count }, (_, k) => first + k).every((index) => inventory?.holds(index));
	}

	#want(seconds: number): void {
		const first = Math.floor(this.#asked * this.#bytesPerSec / CHUNK_BYTES);
		const dueAt = this.#playhead.at + (this.#asked - this.#playhead.sec) * 1000;
		this.#asked += seconds;
		const count = Math.min(Math.ceil(this.#asked * this.#bytesPerSec / CHUNK_BYTES), this.#layout.chunks) - first;
		if (count <= 0) return;
		const read = ++this.#read;
		this.#reads.push({ read, first, count, toSec: this.#asked });
		this.#step({ type: 'want', read, first, count, dueAt });
	}

	/** Steps, and what follows at once from the effects: all that is sent is good. */
	#step(input: Input): void {
		const begun = performance.now();
		const effects = this.engine.step(input, this.#now);
		this.#spentMs += performance.now() - begun;
		for (const effect of effects) this.#perform(effect);
	}

	#perform(effect: Effect): void {
		switch (effect.type) {
			case 'send': return this.#hear(effect.link, effect.frame);
			case 'check-proof': return this.#step({ type: 'proof-checked', link: effect.link, group: effect.group, good: true });
			case 'check-chunk': return this.#step({ type: 'chunk-checked', link: effect.link, index: effect.index, result: 'good' });
			default: return;
		}
	}

	#hear(link: LinkId, frame: Bytes): void {
		const message = decode(frame);
		if (!message.ok) return;
		const { value } = message;
		if (value.type === 'ping') this.#step({ type: 'frame', link, bytes: encode({ type: 'pong', token: value.token }) });
		if (value.type === 'request') {
			for (const k of chunksOf(value.chunks)) this.#owed.push({ link, index: value.group * GROUP_CHUNKS + k });
		}
		if (value.type === 'want-proof') this.#owed.push({ link, proof: value.group });
	}
}
