import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fail, ok } from '../../../shared/base/result.ts';
import { SECOND } from '../../../shared/base/units.ts';
import { ManualClock } from '../../../shared/testkit/manual-clock.ts';
import type { ShareId } from '../../../shared/protocol/ids.ts';
import type { FilmShare } from '../../sharing.ts';
import { temporaryFolder } from '../../store/testkit/temporary.ts';
import type { Offer } from '../registry.ts';
import type { Draft, OfferFault } from './fetch-offer.ts';
import { harmlessName, OfferFiles } from './offer-files.ts';
import { OfferedFilms } from './offered-films.ts';

const ID = { lake: '0'.repeat(15) + 'a', sea: '0'.repeat(15) + 'b', hill: '0'.repeat(15) + 'c' };
const offer = (film: keyof typeof ID, peer_id = 'Ada', host = '192.168.1.7', port = 5000): Offer => {
	return { videoId: ID[film], peer_id, host, port };
};

interface BedInit { readonly directory?: string; readonly quotaBytes?: number; readonly ours?: readonly string[] }

/** Offers as they are told, films of ten bytes that come at once, shares that only say what is done to them. */
async function bed({ directory = temporaryFolder(), quotaBytes = 1000, ours = [] }: BedInit = {}) {
	const clock = new ManualClock();
	const told: string[] = [];
	const asked: string[] = [];
	const askedAt: number[] = [];
	const world = { offers: [] as Offer[], fault: undefined as OfferFault | undefined, people: 0, indexed: true };
	const share = (path: string) => {
		const name = path.split('/').at(-1) ?? '';
		told.push(`share ${name}`);
		return Promise.resolve(ok({
			id: name as ShareId, linkKey: new Uint8Array(32), path, title: name, bytes: 10, isKnown: false,
			get progress() {
				return { indexed: world.indexed, sealed: 1, people: world.people, copies: 0, uploadedBytes: 0 };
			},
			list: (by) => Promise.resolve(void told.push(by === undefined ? `unlist ${name}` : `list ${name} by ${by}`)),
			close: () => Promise.resolve(void told.push(`close ${name}`)),
		} satisfies FilmShare));
	};
	const films = new OfferedFilms({
		clock, quotaBytes, files: await OfferFiles.open(directory), offers: () => world.offers, say: () => undefined,
		isOurs: (videoId) => ours.includes(videoId),
		sharing: { share, stop: (what) => Promise.resolve((told.push(`stop ${'path' in what ? what.path.split('/').at(-1) : ''}`), 'stopped')) },
		fetch: async ({ videoId, host }: Offer, { path, hasRoom }: Draft) => {
			asked.push(`${videoId.at(-1)} ${host}`);
			askedAt.push(clock.now());
			if (world.fault) return fail(world.fault);
			if (!await hasRoom(10)) return fail('no-room');
			writeFileSync(path, '0123456789');
			return ok({ name: videoId, bytes: 10 });
		},
	});
	await films.start();
	onTestFinished(() => films.close());
	/** So many seconds, look by look, each with all that follows from it. */
	const pass = async (seconds: number) => {
		for (let k = 0; k < seconds; k += 2) {
			clock.pass(2 * SECOND);
			while (clock.waiting === 0) await new Promise(setImmediate); // it looks
		}
	};
	return { films, told, asked, askedAt, world, pass, directory };
}

const name = (film: keyof typeof ID) => `${ID[film]}.mp4`;

test('a film that is offered is fetched, shared, and listed in its peer\'s name once it can be watched', async () => {
	const { told, asked, world, pass, films } = await bed();
	world.indexed = false;
	world.offers = [offer('lake')];
	await expect.poll(async () => (await pass(2), told)).toEqual([`share ${name('lake')}`]);
	world.indexed = true;
	await pass(4);
	expect(told).toEqual([`share ${name('lake')}`, `list ${name('lake')} by Ada`]);
	expect(asked).toEqual(['a 192.168.1.7']);
	expect([films.has(name('lake') as ShareId), films.has('other' as ShareId)]).toEqual([true, false]);
});

test('when nobody offers it for three minutes it is listed no more, and shared no more when nobody is in the middle of it', async () => {
	const { told, asked, world, pass } = await bed();
	world.offers = [offer('lake')];
	await expect.poll(async () => (await pass(2), told.length)).toBe(2);
	world.offers = [];
	world.people = 1;
	await pass(178);
	world.offers = [offer('lake', 'Bob', '192.168.1.8')];
	await pass(2);
	world.offers = [];
	await pass(178);
	expect(told.length).toBe(2);
	await pass(6);
	expect(told.slice(2)).toEqual([`unlist ${name('lake')}`]);
	world.people = 0;
	await pass(2);
	expect(told.slice(3)).toEqual([`close ${name('lake')}`]);
	world.offers = [offer('lake', 'Bob', '192.168.1.8')];
	await pass(4);
	expect(told.slice(4)).toEqual([`share ${name('lake')}`, `list ${name('lake')} by Bob`]);
	expect(asked).toEqual(['a 192.168.1.7']);
});

test('what is ours, what is no id, and what lies at a port of the system is not fetched', async () => {
	const { asked, world, pass } = await bed({ ours: [ID.lake] });
	world.offers = [offer('lake'), { ...offer('sea'), videoId: '../../etc' }, offer('hill', 'Ada', '192.168.1.7', 22)];
	await pass(10);
	expect(asked).toEqual([]);
});

test('of films that no room is left for, those that nobody offers any more go first; what is offered stays', async () => {
	const { told, world, pass, directory } = await bed({ quotaBytes: 25 });
	world.offers = [offer('lake')];
	await expect.poll(async () => (await pass(2), told.length)).toBe(2);
	world.offers = [offer('sea')];
	await pass(188);
	expect(told).toContain(`close ${name('lake')}`);
	world.offers = [offer('sea'), offer('hill')];
	await expect.poll(async () => (await pass(2), told)).toContain(`list ${name('hill')} by Ada`);
	expect(told).toContain(`stop ${name('lake')}`);
	expect([ID.lake, ID.sea, ID.hill].map((id) => existsSync(join(directory, 'films', id)))).toEqual([false, true, true]);
	world.offers = [offer('lake'), offer('sea'), offer('hill')];
	await pass(20);
	expect(told.at(-1)).toBe(`list ${name('hill')} by Ada`);
});

test('a peer that was away is asked again, less and less often, and one that lies not for a day; others are asked at once', async () => {
	const { asked, askedAt, world, pass } = await bed();
	const times = (count: number) => expect.poll(async () => (await pass(2), asked.length)).toBe(count);
	world.fault = 'away';
	world.offers = [offer('lake')];
	await times(3);
	const waits = askedAt.slice(1).map((at, k) => at - askedAt[k]!);
	expect([waits[0]! >= 30 * SECOND, waits[1]! >= 60 * SECOND]).toEqual([true, true]);
	world.fault = 'lying';
	await times(4);
	await pass(7200);
	expect(asked.length).toBe(4);
	world.offers = [offer('lake'), offer('lake', 'Bob', '192.168.1.8')];
	await times(5);
	expect(asked.at(-1)).toBe('a 192.168.1.8');
});

test('after a new start what was fetched is shared at once, and taken off the list if nobody offers it for three minutes', async () => {
	const first = await bed();
	first.world.offers = [offer('lake')];
	await expect.poll(async () => (await first.pass(2), first.told.length)).toBe(2);
	await first.films.close();
	const { told, pass } = await bed({ directory: first.directory });
	expect(told).toEqual([`share ${name('lake')}`]);
	await pass(186);
	expect(told.slice(1)).toEqual([`unlist ${name('lake')}`, `close ${name('lake')}`]);
});

test('a film whose share ended by itself is gone', async () => {
	const { told, world, pass, films, directory } = await bed();
	world.offers = [offer('lake')];
	await expect.poll(async () => (await pass(2), told.length)).toBe(2);
	world.offers = [];
	films.ended(name('lake') as ShareId);
	await expect.poll(() => existsSync(join(directory, 'films', ID.lake))).toBe(false);
});

test.each([
	['Lake.mp4', 'Lake.mp4'], ['Lake', 'Lake.mp4'], ['../../etc/passwd', 'passwd.mp4'], ['C:\\films\\Lake.MOV', 'Lake.mov'],
	['', 'film.mp4'], ['..', 'film.mp4'], ['a\0b\nc.m4v', 'a_b_c.mp4'], ['x'.repeat(500), `${'x'.repeat(60)}.mp4`],
])('a film called %j is the file %j', (said, file) => {
	expect(harmlessName(said)).toBe(file);
});
