import { expect, test } from 'vitest';
import { RecentlySent } from './recently-sent.ts';
import { SENT_BEFORE_MS } from './settings.ts';

test('remembers for a while what was sent, then forgets it', () => {
	const sent = new RecentlySent();
	sent.note(5, 0);
	sent.note(5, 100);
	sent.note(6, SENT_BEFORE_MS + 1);
	expect([sent.times(5), sent.times(6), sent.times(7)]).toEqual([2, 1, 0]);
	sent.note(7, 2 * SENT_BEFORE_MS + 2);
	expect([sent.times(5), sent.times(6), sent.times(7)]).toEqual([0, 1, 1]);
	sent.note(8, 9 * SENT_BEFORE_MS);
	expect([sent.times(6), sent.times(7), sent.times(8)]).toEqual([0, 0, 1]);
});
