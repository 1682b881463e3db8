import { expect, test } from 'vitest';
import { base64url } from '../shared/base/text.ts';
import { MAX_PAGE_ENTRIES } from '../shared/protocol/limits.ts';
import type { CatalogueEntry } from '../shared/protocol/tracker-message.ts';
import type { TrackerEvents } from '../shared/runtime/tracker-session.ts';
import { ManualClock } from '../shared/testkit/manual-clock.ts';
import { makeTestShare } from '../shared/testkit/share-bed.ts';
import { testCrypto } from '../shared/testkit/test-crypto.ts';
import { Catalogue } from './catalogue.ts';

async function entry(place: number): Promise<CatalogueEntry> {
	const { keys, linkKey, descriptor } = await makeTestShare(8192);
	return { share: keys.id, place, key: base64url(linkKey), online: 1, descriptor: base64url(descriptor.bytes) };
}

/** A tracker that answers when it is told to. */
async function bed(count: number) {
	const clock = new ManualClock();
	const entries = await Promise.all(Array.from({ length: count }, (_, k) => entry(k + 1)));
	const asked: (number | undefined)[] = [];
	let listener: Partial<TrackerEvents> = {};
	const catalogue = new Catalogue({
		listen: (events) => {
			listener = events;
			return () => undefined;
		},
		browse: (below) => asked.push(below) > 0,
		stopBrowsing: () => undefined,
	}, testCrypto(1), clock);
	catalogue.start();
	const answer = () => {
		const below = asked.at(-1);
		const rest = entries.filter(({ place }) => place < (below ?? Infinity)).toReversed();
		const page = rest.slice(0, MAX_PAGE_ENTRIES);
		listener.catalogue?.({
			type: 'catalogue', ...(below !== undefined && { below }), entries: page, hasMore: rest.length > page.length,
		});
	};
	const places = () => catalogue.films.map(({ place }) => place);
	return { clock, entries, asked, answer, places, catalogue, tell: () => listener };
}

const upTo = (count: number) => Array.from({ length: count }, (_, k) => k + 1);

test('all pages are read, and what changes is taken up', async () => {
	const { entries, asked, answer, places, catalogue, tell } = await bed(30);
	answer();
	await expect.poll(() => asked).toEqual([undefined, 7]);
	answer();
	await expect.poll(places).toEqual(upTo(30));
	const [first] = entries;
	tell().catalogueChanged?.({ type: 'catalogue-changed', gone: first!.share });
	tell().catalogueChanged?.({ type: 'catalogue-changed', entry: await entry(31), online: [[entries[1]!.share, 5]] });
	await expect.poll(places).toEqual(upTo(31).slice(1));
	expect(catalogue.film(entries[1]!.share)?.online).toBe(5);
	expect(asked.length).toBe(2);
});

test('on a new line what is gone meanwhile is found out, and what the tracker had no time for is asked again', async () => {
	const { clock, entries, asked, answer, places, tell } = await bed(3);
	tell().refused?.('unavailable', undefined, 'browse');
	clock.pass(5000);
	expect(asked).toEqual([undefined, undefined]);
	answer();
	await expect.poll(places).toEqual([1, 2, 3]);
	entries.splice(1, 1);
	tell().line?.({ state: 'online', name: 'tracker' });
	answer();
	await expect.poll(places).toEqual([1, 3]);
});

test('what does not open is not there', async () => {
	const { entries, answer, places } = await bed(2);
	entries[0] = { ...entries[0]!, key: base64url(new Uint8Array(32)) };
	answer();
	await expect.poll(places).toEqual([2]);
});
