import { describe, expect, test } from 'vitest';
import { BitSet } from '../base/bit-set.ts';
import { seededRng } from '../base/rng.ts';
import { Layout, peerIdFrom, type LinkId } from '../protocol/ids.ts';
import { CHUNK_BYTES, GROUP_BYTES } from '../protocol/limits.ts';
import { Demands } from './demand.ts';
import { Inventory } from './inventory.ts';
import { Link } from './link.ts';
import { pickFor, pickRace, type Situation } from './schedule.ts';
import { MAX_BACKGROUND_GROUPS, RISKY_MS, SECOND_PROOF_MS } from './settings.ts';

const NOW = 100_000;

/** One chunk a letter: `#` held, `.` lacking, `a` to `z` asked of that link. Its proof is known. */
interface Picture {
	readonly map: string;
	/** Reads: first, count, due in ms. */
	readonly reads?: readonly (readonly [number, number, number])[];
	readonly links: Readonly<Record<string, LinkPicture>>;
	readonly late?: readonly number[];
	readonly background?: boolean;
	readonly proof?: 'known' | 'lacking' | { readonly of: string; readonly ago: number };
	readonly seed?: number;
}

/** `has`: `#` where it holds the chunk, all by default. `room` in chunks. `took`: its round trip. */
interface LinkPicture {
	readonly has?: string;
	readonly room?: number;
	readonly urgentRoom?: number;
	readonly isNew?: boolean;
	readonly took?: number;
	readonly rests?: boolean;
}

function paint(picture: Picture): { readonly situation: Situation; readonly links: ReadonlyMap<string, Link> } {
	const size = picture.map.length * CHUNK_BYTES;
	const layout = new Layout(size);
	const inventory = new Inventory(layout, { whole: new BitSet(layout.groups).bytes(), partial: new Map() });
	const names = Object.keys(picture.links);
	const idOf = (name: string) => (names.findIndex((other) => other.startsWith(name)) + 1) as LinkId;
	const links = new Map(names.map((name) => [name, makeLink(picture.links[name]!, { id: idOf(name), layout })]));
	for (const [index, letter] of picture.map.split('').entries()) {
		if (letter === '#') inventory.hold(index, NOW);
		else if (letter !== '.') {
			inventory.ask(index);
			[...links.values()].find(({ id }) => id === idOf(letter))?.ask(
				index, { at: NOW - 50, bytes: CHUNK_BYTES, urgent: false },
			);
		}
	}
	const { proof = 'known' } = picture;
	for (const partial of inventory.partials.values()) {
		partial.proof = typeof proof === 'string' ? { state: proof } : { state: 'asked', of: idOf(proof.of), at: NOW - proof.ago };
	}
	const demands = new Demands();
	for (const [read, [first, count, dueIn]] of (picture.reads ?? []).entries()) {
		demands.add(read, first, count, NOW + dueIn);
	}
	const situation: Situation = {
		inventory, demands, late: new Set(picture.late), copies: new Uint16Array(layout.groups),
		background: picture.background ?? false,
		links: new Map([...links.values()].map((link) => [link.id, link])), now: NOW, rng: seededRng(picture.seed ?? 1),
	};
	return { situation, links };
}

function makeLink(picture: LinkPicture, of: { readonly id: LinkId; readonly layout: Layout }): Link {
	const link = new Link({ id: of.id, peer: peerIdFrom(new Uint8Array(16).fill(of.id)), name: '', initiator: true }, 0);
	link.holdings.setLayout(of.layout);
	link.proved = !picture.isNew;
	if (picture.took !== undefined) link.window.arrived(CHUNK_BYTES, picture.took, NOW, false);
	if (picture.rests) link.restsUntil = NOW + 1000;
	if (picture.has === undefined) link.holdings.setComplete(1);
	else {
		const held = new BitSet(128);
		for (const [k, letter] of picture.has.split('').entries()) if (letter === '#') held.add(k);
		link.holdings.setPartial(0, held.bytes());
	}
	return link;
}

/** What is asked of one link, ascending. */
function plan(picture: Picture, name: string): number[] {
	const { situation, links } = paint(picture);
	const { room = 100, urgentRoom = room } = picture.links[name]!;
	const picks = pickFor(links.get(name)!, { any: room * CHUNK_BYTES, urgent: urgentRoom * CHUNK_BYTES }, situation);
	return picks.map(({ index }) => index);
}

const sorted = (chunks: readonly number[]) => chunks.toSorted((a, b) => a - b);

describe('what reads wait for', () => {
	test('goes earliest deadline first, whatever the order of the reads', () => {
		expect(plan({ map: '............', reads: [[8, 2, 4000], [0, 2, 2000], [4, 2, 3000]], links: { ann: { room: 5 } } }, 'ann'))
			.toEqual([0, 1, 4, 5, 8]);
	});

	test('who has everything is asked for nothing beside what a playhead is about to stand still for', () => {
		const picture = { map: '............', reads: [[8, 2, 3000], [0, 2, 1000]] as const, background: true, links: { ann: {} } };
		expect(plan(picture, 'ann')).toEqual([0, 1]);
	});

	test('others are asked for what comes next too, not for what is far ahead', () => {
		const reads = [[8, 2, 3000], [0, 2, 1000], [10, 2, 9000]] as const;
		const picture = { map: '.............', reads, background: true, links: { ann: { has: '############.' } } };
		expect(plan(picture, 'ann')).toEqual([0, 1, 8, 9]);
	});

	test('who has everything is left what nobody else has', () => {
		const bob = { has: '####......' };
		expect(sorted(plan({ map: '..........', reads: [[0, 6, 3000]], links: { ann: {}, bob } }, 'ann'))).toEqual([4, 5]);
		expect(plan({ map: '..........', reads: [[0, 6, 3000]], links: { ann: {}, bob: { ...bob, rests: true } } }, 'ann').length).toBe(6);
	});

	test('only what is lacking, and only what the link holds', () => {
		const picture = { map: '##b.......', reads: [[0, 8, 0]] as const, links: { ann: { has: '####..####' }, bob: {} } };
		expect(sorted(plan(picture, 'ann'))).toEqual([3, 6, 7]);
	});

	test('as much as there is room for, each chunk once', () => {
		expect(plan({ map: '........', reads: [[0, 8, 0], [0, 8, 500]], links: { ann: { room: 3 } } }, 'ann').length).toBe(3);
		const all = plan({ map: '........', reads: [[0, 8, 0], [4, 4, 500]], links: { ann: {} } }, 'ann');
		expect(sorted(all)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
	});

	test('what is urgent has a window of its own; what is not waits for room', () => {
		const links = { ann: { room: 0, urgentRoom: 2 } };
		expect(plan({ map: '........', reads: [[0, 4, 1000]], links }, 'ann').length).toBe(2);
		expect(plan({ map: '........', reads: [[0, 4, 20_000]], links }, 'ann')).toEqual([]);
	});

	test('all of a read is due at once: two viewers in step begin at different places', () => {
		const first = (seed: number) => plan({ map: '.'.repeat(64), reads: [[0, 64, 0]], links: { ann: { room: 4 } }, seed }, 'ann')[0];
		expect(new Set([1, 2, 3, 4, 5, 6].map(first)).size).toBeGreaterThan(2);
	});

	test('what is due late comes from random places, until nothing is left', () => {
		const ahead = (room: number, seed: number) => plan({ map: '.'.repeat(128), reads: [[0, 128, 20_000]], links: { ann: { room } }, seed }, 'ann');
		expect(new Set([1, 2, 3, 4, 5, 6].map((seed) => ahead(4, seed)[0])).size).toBeGreaterThan(2);
		expect(sorted(ahead(200, 1))).toEqual(Array.from({ length: 128 }, (_, k) => k));
	});
});

describe('an overdue chunk', () => {
	test('is asked of a second link that has it, of no third', () => {
		const picture = { map: 'aa..', late: [0, 1], links: { ann: {}, bob: { has: '#...' } } };
		expect(plan(picture, 'bob')).toEqual([0]);
		expect(plan(picture, 'ann')).toEqual([]);
	});
});

describe('a proof', () => {
	const reads = [[0, 4, 20_000]] as const;
	test('that is awaited of one link keeps the group from others', () => {
		const picture = { map: 'a...', reads, links: { ann: {}, bob: {} }, proof: { of: 'a', ago: 10 } };
		expect(plan(picture, 'bob')).toEqual([]);
		expect(sorted(plan(picture, 'ann'))).toEqual([1, 2, 3]);
	});

	test('does not keep a playhead waiting for long', () => {
		const urgent = [[0, 4, 500]] as const;
		const picture = (ago: number) => ({ map: 'a...', reads: urgent, links: { ann: {}, bob: {} }, proof: { of: 'a', ago } });
		expect(plan(picture(SECOND_PROOF_MS - 1), 'bob')).toEqual([]);
		expect(sorted(plan(picture(SECOND_PROOF_MS), 'bob'))).toEqual([1, 2, 3]);
	});
});

describe('what is due soon', () => {
	const soon = [[0, 4, RISKY_MS - 500]] as const;
	test('goes to no stranger while a proved link has it', () => {
		expect(plan({ map: '....', reads: soon, links: { new: { isNew: true }, old: {} } }, 'new')).toEqual([]);
		expect(plan({ map: '....', reads: soon, links: { new: { isNew: true } } }, 'new').length).toBe(4);
		expect(plan({ map: '....', reads: [[0, 4, RISKY_MS + 500]], links: { new: { isNew: true }, old: {} } }, 'new').length).toBe(4);
	});

	test('goes to no slow link while a fast one has it, unless that one rests', () => {
		const links = (rests: boolean) => ({ slow: { took: 2000 }, fast: { took: 50, rests } });
		expect(plan({ map: '....', reads: soon, links: links(false) }, 'slow')).toEqual([]);
		expect(plan({ map: '....', reads: soon, links: links(true) }, 'slow').length).toBe(4);
	});
});

describe('in the background', () => {
	const groups = (count: number) => ({ map: '.'.repeat(128 * count), background: true });

	test('begun groups are finished before new ones are begun', () => {
		const map = `${'.'.repeat(128)}${'#'.repeat(120)}........${'.'.repeat(128)}`;
		expect(plan({ map, background: true, links: { ann: { room: 8 } } }, 'ann')).toEqual([248, 249, 250, 251, 252, 253, 254, 255]);
	});

	test('nothing is fetched while a playhead stands still, unless nobody has what it waits for', () => {
		const map = '.'.repeat(256);
		const blocked = (has: readonly number[]) => {
			const { situation, links } = paint({ map, background: true, reads: [[0, 4, -100]], links: { ann: {}, bob: {} } });
			const held = new BitSet(2);
			for (const group of has) held.add(group);
			for (const link of links.values()) link.holdings.setMap(held.bytes());
			const picks = pickFor(links.get('ann')!, { any: 8 * CHUNK_BYTES, urgent: 8 * CHUNK_BYTES }, situation);
			return sorted(picks.map(({ index }) => index));
		};
		expect(blocked([0, 1])).toEqual([0, 1, 2, 3]);
		expect(blocked([1])).toEqual([128, 129, 130, 131, 132, 133, 134, 135]);
	});

	test('the group with the fewest copies comes first', () => {
		const { situation, links } = paint({ ...groups(6), links: { ann: {} } });
		situation.copies.set([3, 3, 3, 3, 1, 3]);
		const picks = pickFor(links.get('ann')!, { any: 4 * CHUNK_BYTES, urgent: 0 }, situation);
		expect(picks.map(({ index }) => index)).toEqual([512, 513, 514, 515]);
	});

	test('a group that neighbours have begun is left to them', () => {
		const { situation, links } = paint({ ...groups(2), links: { ann: {}, bob: { has: '##' } } });
		const picks = pickFor(links.get('ann')!, { any: 2 * CHUNK_BYTES, urgent: 0 }, situation);
		expect(picks.map(({ index }) => index)).toEqual([128, 129]);
	});

	test('no more groups are begun than memory has room for, but an idle link may always work', () => {
		const { situation, links } = paint({ ...groups(MAX_BACKGROUND_GROUPS + 4), links: { ann: {}, bob: {} } });
		for (let group = 0; group < MAX_BACKGROUND_GROUPS; group++) {
			for (let k = 0; k < 128; k++) situation.inventory.ask(group * 128 + k);
		}
		const room = { any: 40 * GROUP_BYTES, urgent: 0 };
		const idle = pickFor(links.get('ann')!, room, situation);
		expect(idle.length).toBe(128);
		links.get('bob')!.ask(0, { at: NOW, bytes: CHUNK_BYTES, urgent: false });
		expect(pickFor(links.get('bob')!, room, situation)).toEqual([]);
	});

	test('groups that no link can finish keep nothing from being begun', () => {
		const { situation, links } = paint({ ...groups(60), links: { ann: {} } });
		for (let group = 0; group < 50; group++) situation.inventory.hold(group * 128, NOW);
		const held = new BitSet(60);
		for (let group = 50; group < 60; group++) held.add(group);
		links.get('ann')!.holdings.setMap(held.bytes());
		const picks = pickFor(links.get('ann')!, { any: 3 * GROUP_BYTES, urgent: 0 }, situation);
		expect(picks.length).toBe(3 * 128);
	});

	test('one group among twenty thousand is found', () => {
		const layout = new Layout(20_000 * GROUP_BYTES);
		const { situation, links } = paint({ ...groups(1), links: { ann: {} } });
		const link = links.get('ann')!;
		link.holdings.setLayout(layout);
		link.holdings.setMap(new BitSet(20_000).bytes());
		link.holdings.add(12_345);
		const inventory = new Inventory(layout, { whole: new BitSet(20_000).bytes(), partial: new Map() });
		const picks = pickFor(
			link, { any: CHUNK_BYTES, urgent: 0 }, { ...situation, inventory, copies: new Uint16Array(20_000) },
		);
		expect(picks.map(({ index }) => index)).toEqual([12_345 * 128]);
	});
});

describe('the last chunks', () => {
	test('are raced, the last asked first', () => {
		const { situation, links } = paint({ map: '####aaaa', links: { ann: {}, bob: { has: '#####.##' } } });
		expect(pickRace(links.get('bob')!, links.get('ann')!, situation).map(({ index }) => index)).toEqual([7, 6, 4]);
	});
});
