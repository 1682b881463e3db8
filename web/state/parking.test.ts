import { describe, expect, test } from 'vitest';
import type { Transport } from '../../shared/ports/transport.ts';
import { deriveLinkKeys, makeShareKeys } from '../../shared/protocol/keys.ts';
import {
	encodeOffer, encodeParkState, readParkRequest, type ParkState, type SignedParkRequest,
} from '../../shared/protocol/parking.ts';
import { ManualClock } from '../../shared/testkit/manual-clock.ts';
import { memoryWire } from '../../shared/testkit/memory-transport.ts';
import { someBytes, testCrypto } from '../../shared/testkit/test-crypto.ts';
import { Parking } from './parking.ts';

const crypto = testCrypto(1);
const keys = { share: await makeShareKeys(crypto), link: await deriveLinkKeys(crypto, someBytes(32, 1)) };
const nonce = someBytes(32, 2);
const UNTIL = Date.now() + 1e9;
const settled = () => new Promise((resolve) => { setTimeout(resolve); });

/** A page and its bridge, `answers` what the bridge says to each request, in order. */
function bed({ isThere = true, maxHours = 168, maxBytes = 1e9, until }: {
	isThere?: boolean; maxHours?: number; maxBytes?: number; until?: number;
} = {}) {
	const clock = new ManualClock();
	const bridge = { isThere, state: { state: 'none', until: 0, permille: 0 } as ParkState };
	const asked: SignedParkRequest[] = [];
	const remembered: (number | undefined)[] = [];
	const opened: string[] = [];
	let wire = memoryWire();
	const say = (far: Transport): void => {
		far.send(encodeParkState(bridge.state));
		wire.deliver();
	};
	const parking = new Parking({
		home: { bridges: [{ name: '/bridge', url: 'ws://here/bridge' }], listen: () => () => undefined },
		openLine: (url) => {
			opened.push(url);
			if (!bridge.isThere) return Promise.resolve(undefined);
			const { near, far } = wire = memoryWire();
			far.start({
				frame: (bytes) => void readParkRequest(crypto, bytes, nonce).then((read) => {
					if (read.ok) asked.push(read.value);
					say(far);
				}),
				drained: () => undefined, closed: () => undefined,
			});
			far.send(encodeOffer({ nonce, maxHours, maxBytes }));
			return Promise.resolve(near);
		},
		crypto, clock, keys, bytes: 5000, changed: () => undefined, remember: (time) => remembered.push(time),
	}, until);
	const pass = async () => {
		for (let k = 0; k < 6; k++) {
			await settled();
			wire.deliver();
		}
	};
	return { parking, bridge, clock, asked, remembered, opened, pass, cut: () => { wire.cut(); wire.deliver(); } };
}

describe('a parked copy', () => {
	test('is offered, asked for in the share\'s name, and remembered', async () => {
		const { parking, bridge, asked, remembered, opened, pass } = bed();
		expect(parking.view).toBeUndefined();
		parking.open();
		await pass();
		expect([opened, parking.view]).toEqual([['ws://here/bridge/park'], { state: 'offered', maxHours: 168 }]);
		bridge.state = { state: 'fetching', until: UNTIL, permille: 250 };
		parking.keepFor(72);
		expect(parking.view).toEqual({ state: 'asking', wanted: true, maxHours: 168 });
		await pass();
		expect(asked).toMatchObject([{ verb: 'ask' }, { verb: 'park', hours: 72, bytes: 5000, share: keys.share.id, authKey: keys.link.auth }]);
		expect(parking.view).toEqual({ state: 'fetching', maxHours: 168, fraction: 0.25, untilMs: UNTIL });
		expect(remembered).toEqual([UNTIL]);
	});

	test('is taken back, without the auth key', async () => {
		const { parking, asked, remembered, pass } = bed({ until: UNTIL });
		expect(parking.isWanted).toBe(true);
		parking.open();
		parking.keepFor(0);
		await pass();
		expect(asked.at(-1)).toMatchObject({ verb: 'take-back', authKey: new Uint8Array(32) });
		expect([parking.view, parking.isWanted, remembered]).toEqual([{ state: 'offered', maxHours: 168 }, false, [undefined]]);
	});

	test('of which the time is over is not asked about', () => {
		expect(bed({ until: Date.now() - 1 }).parking.isWanted).toBe(false);
	});
});

describe('a bridge', () => {
	test('that is not there shows nothing, unless a copy is there', async () => {
		const [none, parked] = [bed({ isThere: false }), bed({ isThere: false, until: UNTIL })];
		for (const { parking, pass } of [none, parked]) {
			parking.open();
			await pass();
		}
		expect(none.parking.view).toBeUndefined();
		expect(parked.parking.view).toEqual({ state: 'unreachable', wanted: true, untilMs: UNTIL });
	});

	test('that comes back hears what was wished meanwhile', async () => {
		const { parking, bridge, clock, asked, pass, cut } = bed();
		parking.open();
		await pass();
		bridge.isThere = false;
		cut();
		parking.keepFor(24);
		await pass();
		expect(parking.view).toEqual({ state: 'unreachable', wanted: true, untilMs: undefined });
		bridge.isThere = true;
		bridge.state = { state: 'kept', until: UNTIL, permille: 1000 };
		clock.pass(60_000);
		await pass();
		expect(asked.at(-1)).toMatchObject({ verb: 'park', hours: 24 });
		expect(parking.view).toMatchObject({ state: 'kept', untilMs: UNTIL });
	});

	test('is not called any more once the film is off the screen', async () => {
		const { parking, bridge, clock, opened, pass } = bed();
		parking.open();
		await pass();
		parking.close();
		bridge.isThere = false;
		clock.pass(600_000);
		await pass();
		expect(opened.length).toBe(1);
	});

	test.each([
		['full', {}, 'full', { state: 'refused', because: 'full' }],
		['that takes no film so large', { maxBytes: 4999 }, 'none', { state: 'refused', because: 'too-large', maxBytes: 4999 }],
		['whose operator wants no copies any more', { maxHours: 0, until: UNTIL }, 'off', { state: 'refused', because: 'off' }],
		['whose operator never wanted any', { maxHours: 0 }, 'off', undefined],
	] as const)('%s says so', async (_, options, state, view) => {
		const { parking, bridge, pass } = bed(options);
		bridge.state = { state, until: 0, permille: 0 };
		parking.open();
		await pass();
		if (view) expect(parking.view).toMatchObject(view);
		else expect(parking.view).toBeUndefined();
	});
});
