import { expect, test } from 'vitest';
import { Report, type Event } from './report.ts';

/** What is written where. */
function telling(events: readonly Event[], { json = false, isTTY = false } = {}): { out: string; err: string } {
	const written = { out: '', err: '' };
	const terminal = (to: 'out' | 'err') => ({ isTTY, write: (text: string) => { written[to] += text; } });
	const report = new Report({ out: terminal('out'), err: terminal('err'), json });
	for (const event of events) report.tell(event);
	return written;
}

const half = { event: 'progress', bytes: 5e6, of: 1e7, people: 1 } as const;
const saved = { event: 'saved', path: '/films/lake.mp4', bytes: 1e7 } as const;

test('what a script wants stands alone on the output, all else beside it', () => {
	const film = { event: 'film', title: 'Lake', bytes: 1e7, durationSec: undefined } as const;
	expect(telling([film, half, saved])).toEqual({
		out: '/films/lake.mp4\n', err: 'Lake (10.0 MB)\n 50 % of 10.0 MB, from 1 peer\n',
	});
});

test('on a terminal progress moves, and what follows begins a new line', () => {
	const { err } = telling([half, { ...half, bytes: 6e6, people: 0 }, { event: 'note', text: 'Hm.' }], { isTTY: true });
	expect(err).toBe('\r 50 % of 10.0 MB, from 1 peer\u001B[K\r 60 % of 10.0 MB, nobody is here\u001B[K\nHm.\n');
});

test('elsewhere progress is told a few times', () => {
	const steps = Array.from({ length: 1000 }, (_, k) => ({ ...half, bytes: (k + 1) * 1e4 }));
	expect(telling(steps).err.split('\n').length).toBeLessThanOrEqual(12);
});

test('programs get one object a line', () => {
	const lines = telling([half, saved], { json: true }).out.trim().split('\n');
	expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([half, saved]);
});

const shared = { event: 'shared', path: '/films/lake.mp4', title: 'Lake', bytes: 1e7, isKnown: false, links: ['http://a/w/1', 'http://b/w/1'] } as const;

test('of a shared film the link stands alone on the output, and on a terminal its code beside it', () => {
	expect(telling([shared])).toEqual({ out: 'http://a/w/1\n', err: 'Lake (10.0 MB)\n  also http://b/w/1\n' });
	const { out, err } = telling(Array.from({ length: 5 }, () => shared), { isTTY: true });
	expect(out.split('\n').length).toBe(6);
	expect(err.match(/[█▀▄]{7}/g)?.length).toBeGreaterThan(0);
	expect(err.match(/also/g)?.length).toBe(5);
});

test('how sharing goes is told when it changes', () => {
	const sharing = { event: 'sharing', films: 2, hashed: 0.5, people: 1, copies: 0, uploadedBytes: 0 } as const;
	expect(telling([sharing, sharing, { ...sharing, hashed: 1, people: 0, copies: 1 }]).err).toBe(
		'2 films, 50 % hashed, 1 person connected, 0.0 MB sent\n2 films, 0 people connected, 0.0 MB sent, 1 of 2 whole with others\n',
	);
});
