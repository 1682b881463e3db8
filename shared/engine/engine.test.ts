import { describe, expect, test } from 'vitest';
import { BitSet } from '../base/bit-set.ts';
import { seededRng } from '../base/rng.ts';
import { peerIdFrom, type LinkId, type PeerId } from '../protocol/ids.ts';
import { CHUNK_BYTES, GROUP_BYTES, HASH_BYTES } from '../protocol/limits.ts';
import { decode, encode, type PeerMessage } from '../protocol/peer-message.ts';
import { chunksOf, chunkSet } from './chunk-set.ts';
import { Engine } from './engine.ts';
import type { Effect, Input } from './events.ts';
import { COMMON_GIVES_WAY_MS, PING_AFTER_MS, QUEUED_MS, RACE_AFTER_MS, SILENT_MS, SNUBBED_MS, STUCK_MS } from './settings.ts';

const id = (n: number): PeerId => peerIdFrom(new Uint8Array(16).fill(n));
const SIZE = 2 * GROUP_BYTES;
const DESCRIPTOR = { revision: 1, state: 'sealed', size: SIZE, bytes: new Uint8Array(9) } as const;

/** One engine whose effects are read as words. */
class Bed {
	readonly engine = new Engine({ self: id(5), rng: seededRng(1) });
	now = 0;

	/** Knows the share; holds these groups. */
	begin(...groups: number[]): this {
		const whole = new BitSet(2);
		for (const group of groups) whole.add(group);
		this.step({ type: 'described', descriptor: DESCRIPTOR });
		this.step({ type: 'inventory', inventory: { whole: whole.bytes(), partial: new Map() } });
		return this;
	}

	step(input: Input): string[] { return this.engine.step(input, this.now).map(word); }
	open(link: number, peer = link, initiator = true): string[] {
		return this.step({ type: 'link-opened', link: link as LinkId, peer: id(peer), name: '', initiator });
	}

	hear(link: number, message: PeerMessage): string[] { return this.step({ type: 'frame', link: link as LinkId, bytes: encode(message) }); }
	checked(link: number, index: number, result: 'good' | 'bad' | 'unproven' = 'good'): string[] {
		return this.step({ type: 'chunk-checked', link: link as LinkId, index, result });
	}

	/** The link sends its proof of a group, and it is good. */
	prove(link: number, group: number): void {
		this.hear(link, { type: 'proof', group, certificate: { form: 'signature', bytes: new Uint8Array(64) }, leaves: new Uint8Array(128 * HASH_BYTES) });
		this.step({ type: 'proof-checked', link: link as LinkId, group, good: true });
	}

	want(first: number, count: number, dueIn = 0): string[] { return this.step({ type: 'want', read: first, first, count, dueAt: this.now + dueIn }); }
}

function word(effect: Effect): string {
	if (effect.type === 'serve') return `serve ${effect.link} ${effect.group}:${effect.chunks.join(' ')}`;
	if (effect.type === 'close') return `close ${effect.link} ${effect.reason}`;
	if (effect.type !== 'send') return effect.type;
	const message = decode(effect.frame);
	if (!message.ok) return 'nonsense';
	const { value } = message;
	if (value.type === 'bye') return `${effect.link}! bye ${value.reason}`;
	if ('chunks' in value) return `${effect.link}! ${value.type} ${value.group}:${chunksOf(value.chunks).join(' ')}`;
	return `${effect.link}! ${value.type}`;
}

const chunk = (index: number) => ({ type: 'chunk', index, bytes: new Uint8Array(CHUNK_BYTES) } as const);
const ALL = { type: 'have-all', revision: 1 } as const;

describe('a frame of several chunks', () => {
	const run = (index: number, bytes: number) => ({ type: 'chunk', index, bytes: new Uint8Array(bytes) } as const);

	test('is that many chunks, each checked by itself', () => {
		const bed = new Bed().begin();
		bed.open(1);
		bed.hear(1, ALL);
		bed.want(0, 3);
		bed.prove(1, 0);
		expect(bed.hear(1, run(0, 3 * CHUNK_BYTES))).toEqual(['check-chunk', 'check-chunk', 'check-chunk']);
		expect(bed.engine.links.get(1 as LinkId)!.asked.size).toBe(0);
		expect([bed.checked(1, 0), bed.checked(1, 2)]).toEqual([['held'], ['held']]);
		expect(bed.checked(1, 1, 'bad')).toContain('close 1 rejected');
	});

	test.each([
		['of two groups', run(127, 2 * CHUNK_BYTES)],
		['one of them cut short', run(0, 2 * CHUNK_BYTES - 1)],
		['that the share does not have', run(1 << 20, CHUNK_BYTES)],
	])('%s is a fault', (_, message) => {
		const bed = new Bed().begin();
		bed.open(1);
		bed.hear(1, ALL);
		expect(bed.hear(1, message)).toContain('close 1 rejected');
	});
});

describe('a chunk on its way', () => {
	test('is asked for after the proof, once', () => {
		const bed = new Bed().begin();
		bed.open(1);
		bed.hear(1, ALL);
		expect(bed.want(0, 3)).toEqual(['1! want-proof', '1! request 0:0 1 2']);
		expect(bed.want(1, 2)).toEqual([]);
	});

	test('counts though its sender is gone when it is found good', () => {
		const bed = new Bed().begin();
		bed.open(1);
		bed.hear(1, ALL);
		bed.want(0, 1);
		bed.prove(1, 0);
		bed.hear(1, chunk(0));
		bed.step({ type: 'link-closed', link: 1 as LinkId, reason: 'lost' });
		expect(bed.checked(1, 0)).toEqual(['held']);
	});

	test('is asked of another when its sender is gone before it is found bad', () => {
		const bed = new Bed().begin();
		bed.open(1);
		bed.hear(1, ALL);
		bed.want(0, 1);
		bed.prove(1, 0);
		bed.hear(1, chunk(0));
		bed.open(2);
		bed.hear(2, ALL);
		bed.step({ type: 'link-closed', link: 1 as LinkId, reason: 'lost' });
		bed.checked(1, 0, 'unproven');
		bed.now += 1;
		expect(bed.engine.links.get(2 as LinkId)!.asked.size).toBe(1);
	});

	test('that crossed our cancel is as good as asked for', () => {
		const bed = new Bed().begin();
		bed.open(1);
		bed.hear(1, ALL);
		bed.want(0, 2);
		bed.prove(1, 0);
		bed.step({ type: 'unwant', read: 0 });
		expect(bed.want(100, 1)).toEqual(['1! cancel 0:0 1', '1! request 0:100']);
		expect(bed.hear(1, chunk(0))).toEqual(['check-chunk']);
		expect(bed.checked(1, 0)).toEqual(['held']);
	});

	test('that nobody asked for and nothing proves is not looked at', () => {
		const bed = new Bed().begin();
		bed.open(1);
		expect(bed.hear(1, chunk(200))).toEqual([]);
	});

	test('that was refused is asked of another at once', () => {
		const bed = new Bed().begin();
		bed.open(1);
		bed.open(2);
		bed.hear(1, ALL);
		bed.want(0, 2);
		bed.hear(2, ALL);
		expect(bed.hear(1, { type: 'busy', group: 0, chunks: chunkSet([0, 1]) })).toEqual(['2! want-proof', '2! request 0:0 1']);
	});

	test('that no playhead waits for is raced by a link that has nothing to do', () => {
		const bed = new Bed().begin();
		bed.open(1);
		bed.hear(1, ALL);
		bed.want(0, 3, 60_000);
		bed.prove(1, 0);
		bed.open(2);
		bed.hear(2, ALL);
		bed.now = RACE_AFTER_MS - 1;
		expect(bed.step({ type: 'tick' })).not.toContain('2! request 0:0 1 2');
		bed.now = RACE_AFTER_MS + 1;
		expect(bed.step({ type: 'tick' })).toContain('2! request 0:0 1 2');
		bed.hear(2, chunk(1));
		expect(bed.checked(2, 1)).toEqual(['1! cancel 0:1', 'held']);
	});

	test('of a group whose proof does not come is asked of another, who is asked for the proof too', () => {
		const bed = new Bed().begin(1);
		bed.step({ type: 'background', on: true });
		bed.open(1);
		bed.hear(1, ALL);
		bed.open(2);
		expect(bed.hear(2, ALL)).toEqual([]);
		let done: string[] = [];
		for (; bed.now < SNUBBED_MS && !done.includes('2! want-proof'); bed.now += 250) done = bed.step({ type: 'tick' });
		expect(done).toContain('2! want-proof');
	});

	test('is asked of another when the first sends nothing, even if it pings', () => {
		const bed = new Bed().begin();
		bed.open(1);
		bed.hear(1, ALL);
		bed.open(2);
		bed.want(0, 2);
		bed.hear(2, ALL);
		for (; bed.now <= SNUBBED_MS + 500; bed.now += 250) {
			bed.hear(1, { type: 'ping', token: 1 });
			bed.step({ type: 'tick' });
		}
		expect([...bed.engine.links.get(2 as LinkId)!.asked.keys()]).toEqual([0, 1]);
	});
});

describe('what another has meanwhile', () => {
	const heard = (wait: number) => {
		const bed = new Bed().begin();
		for (const link of [1, 2]) bed.open(link);
		bed.hear(1, ALL);
		bed.want(0, 2);
		bed.prove(1, 0);
		bed.now += wait;
		return bed.hear(2, { type: 'have-chunks', group: 0, chunks: chunkSet([1]) });
	};

	test('is taken back from who has everything, and asked of that one', () => {
		expect(heard(QUEUED_MS)).toEqual(['1! cancel 0:1', '2! request 0:1']);
	});

	test('unless it was asked for only a moment ago', () => {
		expect(heard(QUEUED_MS - 1)).toEqual([]);
	});
});

describe('serving', () => {
	const served = (link: number, outcome: { readonly full: boolean; readonly failed?: boolean }, chunks = 1) =>
		({ type: 'served', link: link as LinkId, group: 0, bytes: chunks * CHUNK_BYTES, failed: false, ...outcome }) as const;

	test('goes on batch by batch, waits while the transport is full, and refuses what is not there', () => {
		const bed = new Bed().begin(0);
		bed.open(1);
		expect(bed.hear(1, { type: 'request', group: 0, dueInMs: 0, chunks: chunkSet([0, 1, 2]) })).toEqual(['serve 1 0:0']);
		expect(bed.step(served(1, { full: true }))).toEqual([]);
		expect(bed.step({ type: 'writable', link: 1 as LinkId })).toEqual(['serve 1 0:1 2']); // it carries more than was thought
		expect(bed.step(served(1, { full: false, failed: true }))).toEqual(['1! busy 0:1 2']);
		expect(bed.hear(1, { type: 'request', group: 1, dueInMs: 0, chunks: chunkSet([7]) })).toEqual(['1! busy 1:7']);
		expect(bed.hear(1, { type: 'want-proof', group: 1 })).toEqual(['1! busy 1:']);
	});

	test('the most urgent of all links goes first, and little is handed over at once', () => {
		const bed = new Bed().begin(0);
		for (const link of [1, 2, 3]) bed.open(link);
		expect(bed.hear(1, { type: 'request', group: 0, dueInMs: 9000, chunks: chunkSet([0, 1]) })).toEqual(['serve 1 0:0']);
		expect(bed.hear(2, { type: 'request', group: 0, dueInMs: 8000, chunks: chunkSet([2, 3]) })).toEqual([]);
		expect(bed.hear(3, { type: 'request', group: 0, dueInMs: 20, chunks: chunkSet([4]) })).toEqual([]);
		expect(bed.step(served(1, { full: false }))[0]).toBe('serve 3 0:4');
	});

	test('what all neighbours have gives way to what is due a little later and few have', () => {
		const bed = new Bed();
		const partial = new Map([[1, chunkSet([0, 2])]]);
		bed.step({ type: 'described', descriptor: DESCRIPTOR });
		bed.step({ type: 'inventory', inventory: { whole: Uint8Array.of(1), partial } });
		for (const link of [1, 2]) bed.open(link);
		for (const link of [1, 2]) bed.hear(link, { type: 'have', group: 0 });
		bed.hear(1, { type: 'request', group: 1, dueInMs: 9000, chunks: chunkSet([0]) });
		bed.hear(1, { type: 'request', group: 0, dueInMs: 0, chunks: chunkSet([1]) });
		bed.hear(2, { type: 'request', group: 1, dueInMs: COMMON_GIVES_WAY_MS - 1, chunks: chunkSet([2]) });
		expect(bed.step(served(1, { full: false }))[0]).toBe('serve 2 1:2');
	});

	test('those who ask and do not read keep nobody else waiting for long', () => {
		const bed = new Bed().begin(0);
		bed.now += 60_000; // in its first moments an engine takes its uplink for a fast one
		for (const link of [1, 2, 3]) bed.open(link);
		for (const link of [1, 2]) {
			bed.hear(link, { type: 'request', group: 0, dueInMs: 0, chunks: chunkSet([link]) });
			bed.step(served(link, { full: true }));
		}
		bed.now += 100;
		expect(bed.hear(3, { type: 'request', group: 0, dueInMs: 0, chunks: chunkSet([3]) })).toEqual([]);
		bed.now += STUCK_MS;
		expect(bed.step({ type: 'tick' })).toContain('serve 3 0:3');
	});

	test('a link that closes with chunks on their way makes room for the others', () => {
		const bed = new Bed().begin(0);
		for (const link of [1, 2]) bed.open(link);
		bed.hear(1, { type: 'request', group: 0, dueInMs: 0, chunks: chunkSet([0]) });
		expect(bed.hear(2, { type: 'request', group: 0, dueInMs: 0, chunks: chunkSet([1]) })).toEqual([]);
		expect(bed.step({ type: 'link-closed', link: 1 as LinkId, reason: 'lost' })).toContain('serve 2 0:1');
	});

	test('asks for what does not exist end the link', () => {
		const bed = new Bed().begin(0);
		bed.open(1);
		expect(bed.hear(1, { type: 'request', group: 2, dueInMs: 0, chunks: chunkSet([0]) })).toEqual(['1! bye rejected', 'close 1 rejected']);
	});
});

describe('two links to one peer', () => {
	test.each([
		{ first: true, peer: 9, keeps: 'first' }, { first: false, peer: 9, keeps: 'second' },
		{ first: true, peer: 2, keeps: 'second' }, { first: false, peer: 2, keeps: 'first' },
	])('keep the one that the lower id began: $keeps when we began the first ($first) and the other is $peer', ({ first, peer, keeps }) => {
		const bed = new Bed();
		bed.open(1, peer, first);
		bed.open(2, peer, !first);
		expect([...bed.engine.links.keys()]).toEqual([keeps === 'first' ? 1 : 2]);
	});
});

describe('life', () => {
	/** Ticks as they come, until `until`; what was done. */
	function ticks(bed: Bed, until: number): string[] {
		const done: string[] = [];
		for (; bed.now <= until; bed.now += 250) done.push(...bed.step({ type: 'tick' }));
		return done;
	}

	test('a silent link is pinged, then given up', () => {
		const bed = new Bed().begin();
		bed.open(1);
		expect(ticks(bed, PING_AFTER_MS + 250)).toContain('1! ping');
		expect(ticks(bed, SILENT_MS)).not.toContain('close 1 lost');
		expect(ticks(bed, SILENT_MS + 500)).toContain('close 1 lost');
	});

	test('who was asleep blames nobody for the silence, but asks', () => {
		const bed = new Bed().begin();
		bed.open(1);
		ticks(bed, 1000);
		bed.now += 3_600_000;
		expect(bed.step({ type: 'tick' })).toContain('1! ping');
		expect(ticks(bed, bed.now + SILENT_MS)).toContain('close 1 lost');
	});

	test('who becomes whole says so to all, holders too, and with the attachments that it has everything', () => {
		const bed = new Bed().begin(0);
		bed.open(1);
		bed.hear(1, ALL);
		bed.want(128, 128);
		bed.prove(1, 1);
		for (let index = 128; index < 255; index++) bed.checked(1, index);
		expect(bed.checked(1, 255).filter((done) => !done.includes('cancel'))).toEqual(['held', 'save', '1! have']);
		expect(bed.step({ type: 'attachments-held', revision: 1 })).toEqual(['1! have-all']);
		expect(bed.step({ type: 'group-lost', group: 1 })[0]).toBe('1! have-map');
	});

	test('after the end nothing is done', () => {
		const bed = new Bed().begin();
		bed.open(1);
		expect(bed.step({ type: 'stop', reason: 'leaving' })).toEqual(['1! bye leaving', 'close 1 done']);
		expect([bed.open(2), bed.step({ type: 'tick' })]).toEqual([[], []]);
	});
});
