import { describe, expect, test } from 'vitest';
import type { Bytes } from '../base/bytes.ts';
import { base64url } from '../base/text.ts';
import { SECOND } from '../base/units.ts';
import { shareIdFrom } from '../protocol/ids.ts';
import { someBytes } from '../testkit/test-crypto.ts';
import { trackerBed } from '../testkit/tracker-bed.ts';

const SHARE = shareIdFrom(someBytes(16, 3));
const DESCRIPTOR = someBytes(100, 4);
const LATER = someBytes(100, 5);
const REVOKED = someBytes(100, 6);
const open = (revision: number, bytes: Bytes) => ({ revision, state: 'open' as const, bytes });
const revoked = (revision: number) => ({ revision, state: 'revoked' as const, bytes: REVOKED });
const published = (bytes: Bytes) => ({ type: 'publish', share: SHARE, descriptor: base64url(bytes) });

describe('a share that is stopped', () => {
	/** The line breaks and is made again; what is said then after the hello. */
	function reconnect({ clock, newest }: ReturnType<typeof trackerBed>): unknown[] {
		newest().events.closed('lost');
		clock.pass(SECOND);
		newest().welcome();
		return newest().afterHello;
	}

	test('is revoked again on every line until the tracker has it, and then never spoken of', () => {
		const it = trackerBed();
		it.session.publish(SHARE, open(1, DESCRIPTOR));
		it.session.join(SHARE, 8);
		it.newest().welcome();
		it.session.publish(SHARE, revoked(2));
		it.newest().say({ type: 'published', share: SHARE, revision: 1 }); // the answer to the first
		expect(reconnect(it)).toEqual([{ type: 'join', share: SHARE, wants: 8 }, published(REVOKED)]);
		it.newest().say({ type: 'published', share: SHARE, revision: 2 });
		expect(it.newest().afterHello.at(-1)).toEqual({ type: 'leave', share: SHARE });
		expect(it.told).toEqual([{ share: SHARE, revision: 1 }, { share: SHARE, revision: 2 }]);
		expect(reconnect(it)).toEqual([]);
	});

	test('is published by nobody who comes late, before the tracker has the revocation or after', () => {
		const it = trackerBed();
		it.newest().welcome();
		it.session.publish(SHARE, revoked(3));
		it.session.publish(SHARE, open(2, DESCRIPTOR));
		it.session.publish(SHARE, open(4, LATER));
		expect(it.newest().afterHello).toEqual([published(REVOKED)]);
		it.newest().say({ type: 'published', share: SHARE, revision: 3 });
		it.session.publish(SHARE, open(5, LATER));
		expect(it.newest().afterHello).toEqual([published(REVOKED)]);
		expect(reconnect(it)).toEqual([]);
	});

	test('is over as well when the tracker says that it was stopped elsewhere', () => {
		const it = trackerBed();
		it.newest().welcome();
		it.session.publish(SHARE, open(1, DESCRIPTOR));
		it.newest().say({ type: 'refused', code: 'revoked', detail: 'stopped', request: 'publish', about: SHARE });
		expect(reconnect(it)).toEqual([]);
		it.session.publish(SHARE, revoked(2));
		it.told.length = 0;
		it.newest().say({ type: 'refused', code: 'revoked', detail: 'stopped', request: 'publish', about: SHARE });
		expect(it.told).toEqual([{ code: 'revoked', about: SHARE }, { share: SHARE, revision: 2 }]);
		expect(reconnect(it)).toEqual([]);
	});
});

describe('a descriptor', () => {
	test('never gives way to an older one', () => {
		const { session, newest } = trackerBed();
		session.publish(SHARE, open(2, LATER));
		session.publish(SHARE, open(1, DESCRIPTOR));
		newest().welcome();
		expect(newest().afterHello).toEqual([published(LATER)]);
	});

	test.each(['too-fast', 'unavailable'] as const)('that the tracker refused as %s is said again, in its latest form', (code) => {
		const { session, clock, newest } = trackerBed();
		newest().welcome();
		session.publish(SHARE, open(1, DESCRIPTOR));
		const refusal = { type: 'refused', code, detail: 'later', request: 'publish', about: SHARE } as const;
		newest().say(refusal);
		session.publish(SHARE, open(2, LATER));
		newest().say(refusal);
		clock.pass(5 * SECOND);
		expect(newest().afterHello).toEqual([DESCRIPTOR, LATER, LATER].map(published));
		newest().say({ type: 'published', share: SHARE, revision: 2 });
		clock.pass(15 * SECOND);
		expect(newest().afterHello).toHaveLength(3);
	});

	test('that is wrong is not said again', () => {
		const { session, clock, newest } = trackerBed();
		newest().welcome();
		session.publish(SHARE, open(1, DESCRIPTOR));
		newest().say({ type: 'refused', code: 'old-descriptor', detail: 'old', request: 'publish', about: SHARE });
		clock.pass(15 * SECOND);
		expect(newest().afterHello).toHaveLength(1);
	});
});
