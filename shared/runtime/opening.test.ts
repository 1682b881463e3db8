import { describe, expect, test } from 'vitest';
import type { Bytes } from '../base/bytes.ts';
import type { Result } from '../base/result.ts';
import { SECOND } from '../base/units.ts';
import type { Transport } from '../ports/transport.ts';
import { peerIdFrom, shareIdFrom, type ShareId } from '../protocol/ids.ts';
import { encodeOpening } from '../protocol/opening.ts';
import { encode } from '../protocol/peer-message.ts';
import { ManualClock } from '../testkit/manual-clock.ts';
import { memoryWire, type MemoryWire } from '../testkit/memory-transport.ts';
import { someBytes, testCrypto } from '../testkit/test-crypto.ts';
import { frameOf, TransportRecorder } from '../testkit/transport-contract.ts';
import type { GreetingFault } from './greeting.ts';
import { answerTo, openTo, type Answered, type Member } from './opening.ts';

const crypto = testCrypto(1);
const SHARE = shareIdFrom(someBytes(16, 3));
const AUTH_KEY = someBytes(32, 2);
const ADA: Member = { share: SHARE, self: peerIdFrom(someBytes(16, 4)), authKey: AUTH_KEY, name: 'Ada' };
const BOB: Member = { share: SHARE, self: peerIdFrom(someBytes(16, 5)), authKey: AUTH_KEY, name: 'Bob' };
const opening = encodeOpening({ share: SHARE, peer: ADA.self, nonce: someBytes(32, 9) });

/** Lets pending checks go on and frames travel, until nothing moves. No time passes. */
async function settle(...wires: readonly MemoryWire[]): Promise<void> {
	for (let round = 0; round < 20; round++) {
		for (const wire of wires) wire.deliver();
		await new Promise((resolve) => { setImmediate(resolve); });
	}
}

/** Bob listens at the far end of a fresh wire. */
function bobListens(memberOf: (share: ShareId) => Member | undefined = (share) => (share === SHARE ? BOB : undefined)) {
	const wire = memoryWire();
	const clock = new ManualClock();
	let outcome: string | undefined;
	const answered = answerTo(wire.far, memberOf, { crypto, clock });
	void answered.then((greeted) => { outcome = greeted.ok ? greeted.value.hello.name : greeted.error; });
	return { wire, clock, answered, outcome: () => outcome };
}

const opens = (transport: Transport, member = ADA) => openTo(transport, member, { crypto, clock: new ManualClock() });

/** What somebody with a plain wire hears. */
function listen(transport: Transport): TransportRecorder {
	const recorder = new TransportRecorder();
	transport.start(recorder);
	return recorder;
}

function got(answered: Result<Answered<Member>, GreetingFault>): Answered<Member> {
	if (!answered.ok) throw new Error(answered.error);
	return answered.value;
}

describe('two who have the link', () => {
	test('meet without anybody having told them of each other', async () => {
		const { wire, clock, answered } = bobListens();
		const opened = opens(wire.near);
		await settle(wire);
		const [near, far] = [await opened, got(await answered)];
		expect(near.ok && [near.value.hello.peer, near.value.hello.name]).toEqual([BOB.self, 'Bob']);
		expect([far.hello.peer, far.hello.name, far.member]).toEqual([ADA.self, 'Ada', BOB]);
		expect(clock.waiting).toBe(0);
	});

	test('and who both connected, over somebody between them, meet as well; but not another than was called', async () => {
		const [wire, other] = [memoryWire(), memoryWire()];
		const init = { crypto, clock: new ManualClock() };
		const [ada, bob] = [{ ...ADA, expected: BOB.self }, { ...BOB, expected: ADA.self }];
		const met = [openTo(wire.near, ada, init), openTo(wire.far, bob, init)];
		const missed = openTo(other.near, { ...ADA, expected: peerIdFrom(someBytes(16, 6)) }, init);
		void openTo(other.far, bob, init);
		await settle(wire, other);
		expect((await Promise.all(met)).map(({ ok }) => ok)).toEqual([true, true]);
		expect(await missed).toEqual({ ok: false, error: 'refused' });
	});

	test('then exchange frames, and see neither opening nor hello', async () => {
		const { wire, answered } = bobListens();
		const opened = opens(wire.near);
		await settle(wire);
		const near = await opened;
		if (!near.ok) throw new Error(near.error);
		near.value.transport.send(frameOf(10, 1));
		wire.deliver();
		const heard = listen(got(await answered).transport);
		expect(heard.frames).toEqual([frameOf(10, 1)]);
	});

	test('never use a nonce twice', async () => {
		const first = memoryWire();
		const second = memoryWire();
		const heard = [first, second].map((wire) => listen(wire.far));
		void opens(first.near);
		void opens(second.near);
		await settle(first, second);
		const nonces = heard.map(({ frames: [frame] }) => String(frame?.slice(33)));
		expect(new Set(nonces).size).toBe(2);
	});
});

describe('a listener', () => {
	test('says nothing before it was spoken to', async () => {
		const { wire } = bobListens();
		const heard = listen(wire.near);
		await settle(wire);
		expect(heard.events).toEqual([]);
	});

	test.each<[string, Bytes]>([
		['a share it takes no part in', encodeOpening({ share: shareIdFrom(someBytes(16, 99)), peer: ADA.self, nonce: someBytes(32, 9) })],
		['its own id', encodeOpening({ share: SHARE, peer: BOB.self, nonce: someBytes(32, 9) })],
		['an opening cut short', opening.slice(0, -1)],
		['a message instead', encode({ type: 'want-descriptor' })],
		['nonsense', frameOf(65, 7)],
	])('that hears %s ends the line without a word', async (_, frame) => {
		const { wire, clock, outcome } = bobListens();
		const heard = listen(wire.near);
		wire.near.send(frame);
		await settle(wire);
		expect([outcome(), heard.events, clock.waiting]).toEqual(['refused', ['closed'], 0]);
	});

	test.each<[string, (wire: MemoryWire) => void]>([
		['nothing', () => undefined],
		['an opening and no hello', (wire) => wire.near.send(opening)],
	])('that hears %s for ten seconds ends the line, not before', async (_, speak) => {
		const { wire, clock, outcome } = bobListens();
		listen(wire.near);
		clock.pass(1);
		await settle(wire);
		clock.pass(6 * SECOND);
		speak(wire);
		await settle(wire);
		clock.pass(4 * SECOND - 2);
		await settle(wire);
		expect(outcome()).toBeUndefined();
		clock.pass(1);
		await settle(wire);
		expect(outcome()).toBe('timeout');
		expect(wire.far.send(frameOf(1, 1))).toBe(false);
	});

	test('of whom somebody goes away is done with them', async () => {
		const { wire, clock, outcome } = bobListens();
		wire.near.send(opening);
		await settle(wire);
		wire.cut();
		await settle(wire);
		expect([outcome(), clock.waiting]).toEqual(['closed', 0]);
	});
});

describe('nobody else gets in', () => {
	test('a stranger without the link', async () => {
		const { wire, outcome } = bobListens();
		const opened = opens(wire.near, { ...ADA, authKey: someBytes(32, 99) });
		await settle(wire);
		expect([outcome(), (await opened).ok]).toEqual(['refused', false]);
	});

	test('by saying again what somebody said before', async () => {
		const first = bobListens();
		const said: Bytes[] = [];
		const tapped: Transport = {
			start: (events) => first.wire.near.start(events),
			send: (frame) => { said.push(frame.slice()); return first.wire.near.send(frame); },
			close: (reason) => first.wire.near.close(reason),
		};
		void opens(tapped);
		await settle(first.wire);
		expect([first.outcome(), said.length]).toEqual(['Ada', 2]);
		const second = bobListens();
		listen(second.wire.near);
		for (const frame of said) second.wire.near.send(frame);
		await settle(second.wire);
		expect(second.outcome()).toBe('refused');
	});

	test('by sending back what the other side says', async () => {
		const wire = memoryWire();
		const opened = opens(wire.near);
		wire.far.start({ frame: (bytes) => void wire.far.send(bytes), drained: () => undefined, closed: () => undefined });
		await settle(wire);
		expect(await opened).toEqual({ ok: false, error: 'refused' });
	});

	test('by making two listeners answer each other', async () => {
		const [bob, ada] = [bobListens(), bobListens(() => ADA)];
		const toBob = listen(bob.wire.near);
		const toAda = listen(ada.wire.near);
		bob.wire.near.send(encodeOpening({ share: SHARE, peer: ADA.self, nonce: someBytes(32, 9) }));
		await settle(bob.wire);
		const [bobs = new Uint8Array(0)] = toBob.frames;
		ada.wire.near.send(bobs);
		await settle(ada.wire);
		const hellos = [toAda.frames[1]!, toBob.frames[1]!];
		bob.wire.near.send(hellos[0]!);
		ada.wire.near.send(hellos[1]!);
		await settle(bob.wire, ada.wire);
		expect([bob.outcome(), ada.outcome()]).toEqual(['refused', 'refused']);
	});

	test('under the name of another share than was asked for', async () => {
		const wire = memoryWire();
		const opened = opens(wire.near);
		listen(wire.far);
		wire.far.send(encodeOpening({ share: shareIdFrom(someBytes(16, 98)), peer: BOB.self, nonce: someBytes(32, 9) }));
		await settle(wire);
		expect(await opened).toEqual({ ok: false, error: 'refused' });
	});
});
