import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { concat } from '../../../shared/base/bytes.ts';
import { someBytes } from '../../../shared/testkit/test-crypto.ts';
import { temporaryFolder } from '../../store/testkit/temporary.ts';
import { offeringPeer, type Offering } from '../testkit/offering-peer.ts';
import { fetchOffer } from './fetch-offer.ts';

const FILM = new Uint8Array(readFileSync(join(import.meta.dirname, '../../../web/public/sample.mp4')));
/** A film's first box, and nothing of a film behind it. */
const HOLLOW = concat(FILM.slice(0, 64), someBytes(1_500_000));

async function fetched(offering: Offering, hasRoom = true, change: object = {}) {
	const { offer } = await offeringPeer(offering);
	const path = join(temporaryFolder(), 'draft');
	const asked: number[] = [];
	const outcome = await fetchOffer({ ...offer, ...change }, { path, hasRoom: (bytes) => {
		asked.push(bytes);
		return Promise.resolve(hasRoom);
	} });
	return { outcome, path, asked };
}

test('a film comes as its peer has it, once there is room for its size', async () => {
	const { outcome, path, asked } = await fetched({ bytes: FILM, name: 'Sea' });
	expect(outcome).toEqual({ ok: true, value: { name: 'Sea', bytes: FILM.length } });
	expect(readFileSync(path).equals(FILM)).toBe(true);
	expect(asked).toEqual([FILM.length]);
});

test('without room nothing is sent', async () => {
	const { outcome, path } = await fetched({ bytes: FILM }, false);
	expect(outcome).toEqual({ ok: false, error: 'no-room' });
	expect(existsSync(path)).toBe(false);
});

test.each<[string, string, Offering]>([
	['does not have it after all', 'refused', { bytes: FILM, answer: { status: 'not_found' } }],
	['says no size', 'lying', { bytes: FILM, answer: { status: 'success', size: 'large', name: 'Sea' } }],
	['says it is larger than any film', 'no-room', { bytes: FILM, answer: { status: 'success', size: 2 ** 52, name: 'Sea' } }],
	['says a size below none', 'lying', { bytes: FILM, answer: { status: 'success', size: -1, name: 'Sea' } }],
	['sends other bytes', 'lying', { bytes: FILM, sends: concat(FILM.slice(0, 999), new Uint8Array(FILM.length - 999)) }],
	['sends more than it said', 'lying', { bytes: FILM, sends: concat(FILM, FILM) }],
	['ends before its time', 'away', { bytes: FILM, sends: FILM.slice(0, -1) }],
	['sends what begins like no film', 'no-film', { bytes: someBytes(2_000_000) }],
	['sends what is no film', 'no-film', { bytes: HOLLOW }],
])('a peer that %s: %s', async (_, fault, offering) => {
	const { outcome } = await fetched(offering);
	expect(outcome).toEqual({ ok: false, error: fault });
});

test('nobody there', async () => {
	const { outcome } = await fetched({ bytes: FILM }, true, { port: 1 });
	expect(outcome).toEqual({ ok: false, error: 'away' });
});
