import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { shareIdFrom, type ShareId } from '../../shared/protocol/ids.ts';
import type { SignedParkRequest } from '../../shared/protocol/parking.ts';
import { someBytes } from '../../shared/testkit/test-crypto.ts';
import { temporaryFolder } from '../store/testkit/temporary.ts';
import { ParkingList } from './parking-list.ts';
import { Parking, type ParkingLimits } from './parking.ts';

const MIB = 2 ** 20;
const HOUR = 3_600_000;
const [a, b] = [shareIdFrom(someBytes(16, 1)), shareIdFrom(someBytes(16, 2))] as [ShareId, ShareId];

/** Parking whose bridge notes what it is told. */
function lot(directory = temporaryFolder(), limits: ParkingLimits = { maxHours: 48, bytes: 100 * MIB }) {
	const time = { now: 1_000_000 };
	const told: string[] = [];
	const said: string[] = [];
	const held = { part: 0.4 };
	const parking = new Parking({
		limits, list: new ParkingList(directory), now: () => time.now,
		host: {
			carry: ({ share, bytes }) => { told.push(`carry ${share} ${bytes}`); return Promise.resolve(); },
			drop: (share) => { told.push(`drop ${share}`); return Promise.resolve(); },
			progress: () => held.part, say: (line) => { said.push(line); },
		},
	});
	const ask = (change: Partial<SignedParkRequest>, address = 'somewhere') => parking.answer(
		{ verb: 'park', number: 1, hours: 24, bytes: 10 * MIB, authKey: someBytes(32, 3), share: a, ...change }, address,
	);
	return { parking, ask, time, told, said, held, directory };
}

describe('a copy', () => {
	test('is fetched, and kept until its time is over', async () => {
		const { parking, ask, time, told, held } = lot();
		expect(await ask({})).toEqual({ state: 'fetching', until: 1_000_000 + 24 * HOUR, permille: 400 });
		held.part = 1;
		expect(parking.stateOf(a)).toMatchObject({ state: 'kept', permille: 1000 });
		time.now += 24 * HOUR - 1;
		await parking.sweep();
		expect(parking.holds(a)).toBe(true);
		time.now += 1;
		await parking.sweep();
		expect(parking.stateOf(a)).toEqual({ state: 'none', until: 0, permille: 0 });
		expect(told).toEqual([`carry ${a} ${10 * MIB}`, `drop ${a}`]);
	});

	test('is kept no longer than the operator wants', async () => {
		expect(await lot().ask({ hours: 500 })).toMatchObject({ until: 1_000_000 + 48 * HOUR });
	});

	test('is kept longer, or shorter, when it is asked for again', async () => {
		const { ask, time } = lot();
		await ask({});
		time.now += HOUR;
		expect(await ask({ hours: 1 })).toMatchObject({ state: 'fetching', until: 1_000_000 + 2 * HOUR });
	});

	test('is taken back by its sharer, who may ask how it is', async () => {
		const { ask, told } = lot();
		await ask({});
		expect(await ask({ verb: 'ask' })).toMatchObject({ state: 'fetching' });
		expect(await ask({ verb: 'take-back', share: b })).toMatchObject({ state: 'none' });
		expect(await ask({ verb: 'take-back' })).toMatchObject({ state: 'none' });
		expect(told.at(-1)).toBe(`drop ${a}`);
	});

	test('goes when the share is stopped', async () => {
		const { parking, ask, told } = lot();
		await ask({});
		parking.stopped(a);
		await parking.sweep();
		expect([parking.holds(a), told.at(-1)]).toEqual([false, `drop ${a}`]);
	});
});

describe('what is refused', () => {
	test('a film that never fits', async () => {
		const { ask, parking: { offer } } = lot();
		expect(await ask({ bytes: offer.maxBytes + 1 })).toMatchObject({ state: 'too-large' });
		expect(await ask({ bytes: offer.maxBytes })).toMatchObject({ state: 'fetching' });
	});

	test('one more than there is room for, until another goes', async () => {
		const { ask } = lot();
		await ask({ bytes: 60 * MIB });
		expect(await ask({ share: b, bytes: 60 * MIB })).toMatchObject({ state: 'full' });
		expect(await ask({ bytes: 70 * MIB })).toMatchObject({ state: 'fetching' });
		await ask({ verb: 'take-back' });
		expect(await ask({ share: b, bytes: 60 * MIB })).toMatchObject({ state: 'fetching' });
	});

	test('too many from one address', async () => {
		const { ask } = lot(undefined, { maxHours: 1, bytes: 2 ** 40 });
		for (let k = 0; k < 32; k++) await ask({ share: shareIdFrom(someBytes(16, 10 + k)) });
		expect(await ask({ share: b })).toMatchObject({ state: 'full' });
		expect(await ask({ share: b }, 'elsewhere')).toMatchObject({ state: 'fetching' });
	});

	test('everything, where the operator wants none', async () => {
		const { ask } = lot(undefined, { maxHours: 0, bytes: 100 * MIB });
		expect([await ask({}), await ask({ verb: 'ask' })]).toMatchObject([{ state: 'off' }, { state: 'off' }]);
	});

	test('what the disk cannot remember', async () => {
		const { ask, told, said, directory } = lot();
		mkdirSync(join(directory, 'parked.json.next'));
		expect(await ask({})).toMatchObject({ state: 'full' });
		expect([told, said]).toEqual([[], ['The list of parked copies cannot be written.']]);
	});
});

describe('after a restart', () => {
	test('what was parked is carried on, what is over is deleted, and nobody else can read the list', async () => {
		const first = lot();
		await first.ask({});
		writeFileSync(join(first.directory, 'parked.json.next'), 'of a crash', { mode: 0o644 });
		await first.ask({ share: b, hours: 1 });
		const file = join(first.directory, 'parked.json');
		expect(statSync(file).mode & 0o777).toBe(0o600);
		const second = lot(first.directory);
		second.time.now += HOUR;
		await second.parking.start();
		expect(second.told).toEqual([`drop ${b}`, `carry ${a} ${10 * MIB}`]);
		expect(second.parking.stateOf(a)).toMatchObject({ state: 'fetching', until: 1_000_000 + 24 * HOUR });
		expect(readFileSync(file, 'utf8')).not.toContain(b);
	});

	test('an operator who wants no copies any more has none', async () => {
		const first = lot();
		await first.ask({});
		const second = lot(first.directory, { maxHours: 0, bytes: 100 * MIB });
		await second.parking.start();
		expect(second.told).toEqual([`drop ${a}`]);
	});

	test('a list that cannot be read is said', async () => {
		const { parking, said, directory } = lot();
		writeFileSync(join(directory, 'parked.json'), '{"version":2}');
		await parking.start();
		expect(said.join()).toContain('cannot be read');
	});
});
