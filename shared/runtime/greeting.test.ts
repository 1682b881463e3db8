import { describe, expect, test, vi } from 'vitest';
import type { Bytes } from '../base/bytes.ts';
import { SECOND } from '../base/units.ts';
import type { Transport } from '../ports/transport.ts';
import { makeHello, type Greeting } from '../protocol/hello.ts';
import { peerIdFrom, shareIdFrom } from '../protocol/ids.ts';
import { encode } from '../protocol/peer-message.ts';
import { ManualClock } from '../testkit/manual-clock.ts';
import { memoryWire, type MemoryWire } from '../testkit/memory-transport.ts';
import { someBytes, testCrypto } from '../testkit/test-crypto.ts';
import { frameOf, TransportRecorder } from '../testkit/transport-contract.ts';
import { greet, type GreetingInit } from './greeting.ts';

const crypto = testCrypto(1);
const AUTH_KEY = someBytes(32, 2);
const NEAR_TO_FAR: Greeting = {
	share: shareIdFrom(someBytes(16, 3)),
	sender: peerIdFrom(someBytes(16, 4)), receiver: peerIdFrom(someBytes(16, 5)),
	senderBinding: someBytes(32, 6), receiverBinding: someBytes(32, 7),
};
const FAR_TO_NEAR: Greeting = {
	share: NEAR_TO_FAR.share, sender: NEAR_TO_FAR.receiver, receiver: NEAR_TO_FAR.sender,
	senderBinding: NEAR_TO_FAR.receiverBinding, receiverBinding: NEAR_TO_FAR.senderBinding,
};

/** Lets pending checks go on and frames travel, until nothing moves. No time passes. */
async function settle(wire: MemoryWire): Promise<void> {
	for (let round = 0; round < 20; round++) {
		wire.deliver();
		await new Promise((resolve) => { setImmediate(resolve); });
	}
}

/** A wire whose near end greets honestly, and how that ends. */
function nearGreets() {
	const wire = memoryWire();
	const clock = new ManualClock();
	const end = vi.fn<(outcome: string) => void>();
	const outcome = greet(wire.near, { crypto, clock, authKey: AUTH_KEY, greeting: NEAR_TO_FAR, name: 'Ada' });
	void outcome.then((greeted) => { end(greeted.ok ? 'greeted' : greeted.error); });
	return { wire, clock, outcome, end };
}

/** Greets from the far end as somebody who differs from who should be there. */
function farGreets(wire: MemoryWire, differing: Partial<GreetingInit> = {}) {
	const honest = { crypto, clock: new ManualClock(), authKey: AUTH_KEY, greeting: FAR_TO_NEAR, name: 'Bob' };
	return greet(wire.far, { ...honest, ...differing });
}

async function sendHello(transport: Transport, greeting = FAR_TO_NEAR, authKey = AUTH_KEY): Promise<void> {
	transport.send(await makeHello(crypto, authKey, greeting, { name: 'Bob', features: 0 }));
}

describe('two who have the link', () => {
	test('connect, and know each other by name', async () => {
		const { wire, clock, outcome } = nearGreets();
		const other = farGreets(wire);
		await settle(wire);
		const [near, far] = await Promise.all([outcome, other]);
		expect(near.ok && [near.value.hello.peer, near.value.hello.name]).toEqual([NEAR_TO_FAR.receiver, 'Bob']);
		expect(far.ok && [far.value.hello.peer, far.value.hello.name]).toEqual([NEAR_TO_FAR.sender, 'Ada']);
		expect(clock.waiting).toBe(0);
	});

	test('then exchange frames both ways, hear the end once, and see no hello', async () => {
		const { wire, outcome } = nearGreets();
		const other = farGreets(wire);
		await settle(wire);
		const [near, far] = await Promise.all([outcome, other]);
		if (!near.ok || !far.ok) throw new Error('not greeted');
		const [atNear, atFar] = [new TransportRecorder(), new TransportRecorder()];
		near.value.transport.start(atNear);
		far.value.transport.start(atFar);
		near.value.transport.send(frameOf(10, 1));
		far.value.transport.send(frameOf(20, 2));
		wire.deliver();
		near.value.transport.close('done');
		await settle(wire);
		expect([atNear.frames, atFar.frames]).toEqual([[frameOf(20, 2)], [frameOf(10, 1)]]);
		expect([atNear.closes, atFar.closes]).toEqual([['done'], ['lost']]);
	});
});

describe('nobody else connects', () => {
	const stranger: [string, Partial<GreetingInit>][] = [
		['a stranger without the link', { authKey: someBytes(32, 99) }],
		['somebody in the middle, whose certificate is another', {
			greeting: { ...FAR_TO_NEAR, senderBinding: someBytes(32, 99) },
		}],
		['somebody in the middle, who showed them another of ours', {
			greeting: { ...FAR_TO_NEAR, receiverBinding: someBytes(32, 99) },
		}],
		['a peer under another id', { greeting: { ...FAR_TO_NEAR, sender: peerIdFrom(someBytes(16, 99)) } }],
		['a peer of another share', { greeting: { ...FAR_TO_NEAR, share: shareIdFrom(someBytes(16, 99)) } }],
	];
	test.each(stranger)('%s is refused, by both', async (_, differing) => {
		const { wire, clock, end } = nearGreets();
		const other = farGreets(wire, differing);
		await settle(wire);
		expect(end).toHaveBeenCalledExactlyOnceWith('refused');
		expect((await other).ok).toBe(false);
		expect(clock.waiting).toBe(0);
		expect(wire.near.send(frameOf(1, 1))).toBe(false);
	});

	test('who sends our own hello back is refused', async () => {
		const { wire, end } = nearGreets();
		wire.far.start({ frame: (bytes) => void wire.far.send(bytes), drained: () => undefined, closed: () => undefined });
		await settle(wire);
		expect(end).toHaveBeenCalledExactlyOnceWith('refused');
	});

	test.each<[string, Bytes]>([
		['a frame of another kind', encode({ type: 'want-descriptor' })],
		['nonsense', frameOf(50, 3)],
		['nothing', frameOf(0, 0)],
	])('who sends %s before the hello is refused, also when the hello follows', async (_, frame) => {
		const { wire, end } = nearGreets();
		wire.far.send(frame);
		await sendHello(wire.far);
		await settle(wire);
		expect(end).toHaveBeenCalledExactlyOnceWith('refused');
		expect(wire.near.send(frameOf(1, 1))).toBe(false);
	});

	test('who stays silent is given up after ten seconds, not before', async () => {
		const { wire, clock, end } = nearGreets();
		await settle(wire);
		clock.pass(10 * SECOND - 1);
		await settle(wire);
		expect(end).not.toHaveBeenCalled();
		clock.pass(1);
		await settle(wire);
		expect(end).toHaveBeenCalledExactlyOnceWith('timeout');
		expect(wire.near.send(frameOf(1, 1))).toBe(false);
	});

	test('who goes away before the hello is gone, and nothing waits for them', async () => {
		const { wire, clock, end } = nearGreets();
		wire.cut();
		await settle(wire);
		expect(end).toHaveBeenCalledExactlyOnceWith('closed');
		expect(clock.waiting).toBe(0);
	});
});

describe('what comes while nobody listens yet', () => {
	test('is kept, and delivered first and in order', async () => {
		const { wire, outcome } = nearGreets();
		await sendHello(wire.far);
		for (const k of [1, 2, 3]) wire.far.send(frameOf(10, k));
		await settle(wire);
		const greeted = await outcome;
		if (!greeted.ok) throw new Error(greeted.error);
		const recorder = new TransportRecorder();
		greeted.value.transport.start(recorder);
		wire.far.send(frameOf(10, 4));
		await settle(wire);
		expect(recorder.frames).toEqual([1, 2, 3, 4].map((k) => frameOf(10, k)));
	});

	test('may be the end of the line: the listener hears of it after the frames, and not from inside start', async () => {
		const { wire, outcome } = nearGreets();
		await sendHello(wire.far);
		await settle(wire);
		const greeted = await outcome;
		if (!greeted.ok) throw new Error(greeted.error);
		wire.far.send(frameOf(10, 1));
		wire.far.close('done');
		await settle(wire);
		const recorder = new TransportRecorder();
		greeted.value.transport.start(recorder);
		expect([recorder.frames.length, recorder.closes]).toEqual([1, []]);
		await settle(wire);
		expect(recorder.closes).toEqual(['lost']);
	});

	test('is bounded: who sends without end before anybody listens is closed', async () => {
		const { wire, outcome } = nearGreets();
		await sendHello(wire.far);
		await settle(wire);
		const greeted = await outcome;
		if (!greeted.ok) throw new Error(greeted.error);
		for (let k = 0; k < 256; k++) wire.far.send(frameOf(10, k));
		await settle(wire);
		expect(greeted.value.transport.send(frameOf(1, 1))).toBe(true);
		wire.far.send(frameOf(10, 256));
		await settle(wire);
		expect(greeted.value.transport.send(frameOf(1, 1))).toBe(false);
	});
});
