import { expect, test } from 'vitest';
import { shareIdFrom } from '../protocol/ids.ts';
import type { Listing } from '../protocol/listing.ts';
import { ManualClock } from '../testkit/manual-clock.ts';
import { someBytes } from '../testkit/test-crypto.ts';
import { Lister } from './lister.ts';

const share = shareIdFrom(someBytes(16, 1));
const statement = (number: number, isListed = true): Listing => ({
	share, number, listed: isListed ? { linkKey: someBytes(32, 2), name: 'Ann' } : undefined, bytes: Uint8Array.of(number),
});

/** A lister, and the numbers of what it says. */
function bed() {
	const clock = new ManualClock();
	const said: number[] = [];
	return { clock, said, lister: new Lister({ clock, say: (_share, [number = 0]) => void said.push(number) }) };
}

test('the latest statement is said, again on each new line, and an older one never', () => {
	const { lister, said } = bed();
	lister.list(statement(2));
	lister.list(statement(1));
	lister.heard(share, 2);
	lister.sayAll();
	expect(said).toEqual([2, 2]);
});

test('one that came before the descriptor is said again when that is kept, once', () => {
	const { lister, said } = bed();
	lister.list(statement(1));
	lister.refused(share, 'unknown-share');
	lister.published(share);
	lister.heard(share, 1);
	lister.published(share);
	expect(said).toEqual([1, 1]);
});

test('what a tracker has no time for is said again later; what it refuses for good is not', () => {
	const { lister, said, clock } = bed();
	lister.list(statement(1));
	lister.refused(share, 'too-fast');
	lister.refused(share, 'unavailable');
	clock.pass(6_000);
	expect(said).toEqual([1, 1]);
	lister.refused(share, 'catalogue-full');
	clock.pass(60_000);
	lister.sayAll();
	expect(said).toEqual([1, 1]);
});

test('nothing is left to say of a share that was taken off the list', () => {
	const { lister, said } = bed();
	lister.list(statement(1));
	lister.list(statement(2, false));
	lister.heard(share, 2);
	lister.sayAll();
	expect(said).toEqual([1, 2]);
});

test('once closed it is silent', () => {
	const { lister, said, clock } = bed();
	lister.list(statement(1));
	lister.refused(share, 'too-fast');
	lister.close();
	clock.pass(60_000);
	expect(said).toEqual([1]);
});
