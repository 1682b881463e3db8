import { expect, test } from 'vitest';
import { fail, ok } from '../../shared/base/result.ts';
import { seededRng } from '../../shared/base/rng.ts';
import { base64url } from '../../shared/base/text.ts';
import type { DescriptorClaims } from '../../shared/protocol/descriptor.ts';
import { peerIdFrom, shareIdFrom, type ShareId } from '../../shared/protocol/ids.ts';
import type { Listing } from '../../shared/protocol/listing.ts';
import { MAX_PAGE_ENTRIES } from '../../shared/protocol/limits.ts';
import type { ClientMessage, TrackerMessage } from '../../shared/protocol/tracker-message.ts';
import { MemoryShelf } from '../testkit/memory-shelf.ts';
import { Catalogue, MAX_LISTED } from './catalogue.ts';
import { checked, handle } from './handle.ts';
import { listingChecked, prune, tellOnline } from './handle-catalogue.ts';
import { limitsFor } from './limits.ts';
import { end, makeState, open, type Effect, type Session } from './state.ts';

const film = (n: number): ShareId =>
	shareIdFrom(Uint8Array.from({ length: 16 }, (_, k) => (k === 0 ? n >> 8 : n & 255)));
const key = (n: number) => new Uint8Array(32).fill(n);
const claims = (revision = 1, state: DescriptorClaims['state'] = 'open', bytes = 4): DescriptorClaims =>
	({ revision, state, size: 0, root: undefined, bytes: new Uint8Array(bytes).fill(revision) });

/** A tracker with somebody connected, where films are described, listed and looked at. */
function world(shelf = new MemoryShelf(), limits = limitsFor(100, 100)) {
	const outside = { rng: seededRng(1), secret: () => 's', shelf, limits, iceServers: [], bridges: () => [], bridge: () => ':8100' };
	const state = makeState(outside);
	let peers = 0;
	const greet = () => {
		const session = open(state, 'here', 0) as Session;
		handle(state, session, { type: 'hello', version: 1, peer: peerIdFrom(new Uint8Array(16).fill(++peers)) }, 0);
		return session;
	};
	const me = greet();
	const say = (m: ClientMessage, session = me) => words(handle(state, session, m, 0));
	const describe = (share: ShareId, descriptor = claims()) =>
		words(checked(state, { type: 'check', session: me, share, descriptor: descriptor.bytes }, ok(descriptor), 0));
	const put = (share: ShareId, number: number, listed: Listing['listed']) => {
		const listing = { share, number, listed, bytes: Uint8Array.of(number, listed ? 1 : 0) };
		const check = { type: 'check-listing', session: me, share, statement: listing.bytes } as const;
		return words(listingChecked(state, check, ok(listing), 0));
	};
	const list = (share: ShareId, number = 1, name = 'Ann') => put(share, number, { linkKey: key(7), name });
	const unlist = (share: ShareId, number: number) => put(share, number, undefined);
	const shown = () => pageOf(say({ type: 'browse', wants: MAX_PAGE_ENTRIES })).entries.map(({ share }) => share);
	return { state, shelf, me, greet, say, describe, list, unlist, shown };
}

/** What is said to one, and what to all who browse. */
type Said = TrackerMessage | { readonly type: 'announced'; readonly announced: TrackerMessage };

function words(effects: readonly Effect[]): Said[] {
	return effects.flatMap((effect): Said[] => {
		if (effect.type === 'send') return [effect.message];
		return effect.type === 'announce' ? [{ type: 'announced', announced: effect.message }] : [];
	});
}
function pageOf([page]: readonly unknown[]): Extract<TrackerMessage, { type: 'catalogue' }> {
	return page as Extract<TrackerMessage, { type: 'catalogue' }>;
}
const refused = (code: string): unknown => [expect.objectContaining({ type: 'refused', code, request: 'list' })];
const gone = (share: ShareId): unknown => ({ type: 'announced', announced: { type: 'catalogue-changed', gone: share } });

test('a listed share is shown with link key, sharer\'s name and descriptor, and those who browse are told', () => {
	const { describe, list, say } = world();
	describe(film(1));
	const entry = {
		share: film(1), place: 1, key: base64url(key(7)), name: 'Ann', online: 0, descriptor: base64url(claims().bytes),
	};
	expect(list(film(1))).toEqual([
		{ type: 'listed', share: film(1), number: 1 }, { type: 'announced', announced: { type: 'catalogue-changed', entry } },
	]);
	expect(say({ type: 'browse', wants: 8 })).toEqual([{ type: 'catalogue', bridge: ':8100', entries: [entry], hasMore: false }]);
	expect(say({ type: 'look-up', share: film(1) })).toEqual([{ type: 'looked-up', share: film(1), bridge: ':8100', entry }]);
	expect(say({ type: 'look-up', share: film(2) })).toEqual([{ type: 'looked-up', share: film(2) }]);
});

test('a new revision is told, and the order stays', () => {
	const { describe, list, shown } = world();
	for (const n of [1, 2, 3]) {
		describe(film(n));
		list(film(n));
	}
	const [, told] = describe(film(1), claims(2));
	const entry = { share: film(1), place: 1, descriptor: base64url(claims(2).bytes) };
	expect(told).toMatchObject({ announced: { entry } });
	list(film(1), 2, 'Anna');
	for (let round = 0; round < 3; round++) expect(shown()).toEqual([film(3), film(2), film(1)]);
});

test('whoever takes it back takes it back at once; an old statement counts no more; listed again it is new', () => {
	const { describe, list, unlist, shown } = world();
	for (const n of [1, 2]) {
		describe(film(n));
		list(film(n));
	}
	expect(unlist(film(1), 2)).toEqual([{ type: 'listed', share: film(1), number: 2 }, gone(film(1))]);
	expect(list(film(1), 1)).toEqual(refused('old-listing'));
	expect(list(film(1), 2)).toEqual(refused('old-listing'));
	expect(shown()).toEqual([film(2)]);
	expect(unlist(film(1), 2)).toEqual([{ type: 'listed', share: film(1), number: 2 }]);
	list(film(1), 3);
	expect(shown()).toEqual([film(1), film(2)]);
});

test('a share that is stopped for good is listed no more, and never again', () => {
	const { describe, list, shown } = world();
	describe(film(1));
	list(film(1));
	expect(describe(film(1), claims(2, 'revoked'))).toContainEqual(gone(film(1)));
	expect(list(film(1), 2)).toEqual(refused('revoked'));
	expect(shown()).toEqual([]);
});

test('what is no statement, comes before its descriptor or finds no room is refused', () => {
	const { state, me, describe, list } = world();
	const check = { type: 'check-listing', session: me, share: film(1), statement: key(1) } as const;
	expect(words(listingChecked(state, check, fail('bad-signature'), 0))).toEqual(refused('bad-listing'));
	expect(list(film(1))).toEqual(refused('unknown-share'));
	for (let n = 0; n < MAX_LISTED; n++) state.catalogue.put({ share: film(n + 2), place: n + 1, linkKey: key(1), name: '' });
	describe(film(1));
	expect(list(film(1))).toEqual(refused('catalogue-full'));
});

test('one address lists so many in a short time, and says again what it said', () => {
	const { describe, list } = world();
	const answers = Array.from({ length: 110 }, (_, n) => {
		describe(film(n));
		return list(film(n))[0]?.type;
	});
	expect(answers.filter((type) => type === 'listed')).toHaveLength(100);
	expect(list(film(5))).toEqual([{ type: 'listed', share: film(5), number: 1 }]);
});

test('thousands of entries come page by page, each once, newest first', () => {
	const { state, shelf, say } = world();
	for (let n = 1; n <= 2_000; n++) {
		shelf.kept.set(film(n), claims(1, 'open', n % 7 === 0 ? 16_384 : 900));
		state.catalogue.put({ share: film(n), place: n, linkKey: key(1), name: '' });
	}
	const seen: number[] = [];
	for (let below: number | undefined; ;) {
		const [page] = say({ type: 'browse', wants: MAX_PAGE_ENTRIES, ...(below !== undefined && { below }) });
		if (page?.type !== 'catalogue') break; // too much in a short time: what one connection may ask for ends somewhere
		seen.push(...page.entries.map(({ place }) => place));
		expect(page.entries.reduce((sum, { descriptor }) => sum + descriptor.length, 0)).toBeLessThan(200_000);
		if (!page.hasMore) break;
		below = page.entries.at(-1)!.place;
	}
	expect(seen.length).toBeGreaterThan(500);
	expect(seen).toEqual(seen.map((_, k) => 2_000 - k));
});

test('how many are online is told to those who browse, once each time it changes; visitors do not count', () => {
	const { state, greet, say, describe, list } = world();
	describe(film(1));
	list(film(1));
	const [watcher, visitor] = [greet(), greet()];
	expect(words(tellOnline(state))).toEqual([]);
	say({ type: 'browse', wants: 1 });
	say({ type: 'join', share: film(1), wants: 1 }, watcher);
	expect(say({ type: 'join', share: film(1), wants: 1, visits: true }, visitor)).toMatchObject([{ online: 1, peers: [expect.any(String)] }]);
	const told = (online: number) => [{ type: 'announced', announced: { type: 'catalogue-changed', online: [[film(1), online]] } }];
	expect([words(tellOnline(state)), words(tellOnline(state))]).toEqual([told(1), []]);
	expect(say({ type: 'find', share: film(1), wants: 8 }, watcher)).toMatchObject([{ peers: [], online: 1 }]);
	end(state, watcher, 0);
	expect(words(tellOnline(state))).toEqual(told(0));
	say({ type: 'stop-browsing' });
	expect(state.browsing.size).toBe(0);
});

test('what was listed is there after the tracker was started anew, in its order; what expired is not', () => {
	const { shelf, describe, list, unlist } = world();
	for (const n of [3, 1, 2]) {
		describe(film(n));
		list(film(n));
	}
	unlist(film(1), 2);
	const later = world(shelf);
	expect(later.shown()).toEqual([film(2), film(3)]);
	later.describe(film(4));
	later.list(film(4));
	expect(later.shown()).toEqual([film(4), film(2), film(3)]);
	shelf.kept.delete(film(2));
	expect(words(prune(later.state))).toEqual([gone(film(2))]);
	expect(later.shown()).toEqual([film(4), film(3)]);
});

test('a shelf that fails is said, and changes nothing', () => {
	const { shelf, describe, list, shown } = world();
	describe(film(1));
	shelf.isBroken = true;
	expect(list(film(1))).toEqual(refused('unavailable'));
	shelf.isBroken = false;
	expect(shown()).toEqual([]);
});

test('an index keeps its order whatever is put and removed', () => {
	const catalogue = new Catalogue([]);
	for (const n of [1, 2, 3, 4]) catalogue.put({ share: film(n), place: catalogue.placeFor(film(n)), linkKey: key(n), name: '' });
	catalogue.remove(film(4));
	catalogue.put({ share: film(5), place: catalogue.placeFor(film(5)), linkKey: key(5), name: '' });
	const page = (below: number, count: number) => catalogue.page(below, count).entries.map(({ place }) => place);
	expect([page(Infinity, 2), page(3, 9), page(1, 9)]).toEqual([[5, 3], [2, 1], []]);
	expect(catalogue.page(3, 2).hasMore).toBe(false);
});
