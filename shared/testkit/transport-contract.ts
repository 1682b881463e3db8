/** What every `Transport` must keep, as tests. Each implementation's test file calls {@link transportContract} once. */
import { describe, expect, test } from 'vitest';
import { equalBytes, type Bytes } from '../base/bytes.ts';
import { randomBelow, seededRng } from '../base/rng.ts';
import type { CloseReason, Transport, TransportEvents } from '../ports/transport.ts';
import { MAX_FRAME_BYTES } from '../protocol/limits.ts';

/** Two ends of one open pipe, neither started. */
export interface TransportPair {
	readonly near: Transport;
	readonly far: Transport;
	/** Lets what is under way happen, where somebody must: a pair in memory delivers when told. */
	readonly pump?: () => void;
	/** Frees what the pair holds, after the test. */
	readonly end?: () => void;
}

/** A listener that remembers. Frames are copied and then spoiled: their buffers are its own. */
export class TransportRecorder implements TransportEvents {
	readonly frames: Bytes[] = [];
	readonly closes: CloseReason[] = [];
	drains = 0;
	/** What happened, in order: `frame`, `drained` or `closed`. */
	readonly events: string[] = [];
	/** Runs at the end of each frame. */
	onFrame: (() => void) | undefined;
	readonly #pump: (() => void) | undefined;
	#wake: (() => void) | undefined;

	constructor(pump?: () => void) { this.#pump = pump; }

	frame(bytes: Bytes): void {
		this.frames.push(bytes.slice());
		bytes.fill(0xee);
		this.#happened('frame');
		this.onFrame?.();
	}

	drained(): void {
		this.drains += 1;
		this.#happened('drained');
	}

	closed(reason: CloseReason): void {
		this.closes.push(reason);
		this.#happened('closed');
	}

	/** Settles when `condition` holds; it is looked at after each event. */
	async until(condition: () => boolean): Promise<void> {
		this.#pump?.();
		while (!condition()) {
			await new Promise<void>((resolve) => { this.#wake = resolve; });
			this.#pump?.();
		}
	}

	#happened(event: string): void {
		this.events.push(event);
		this.#wake?.();
	}
}

/** A frame of `length` bytes that no other `seed` gives. */
export function frameOf(length: number, seed: number): Bytes {
	const rng = seededRng(seed);
	return Uint8Array.from({ length }, () => randomBelow(rng, 256));
}

interface Started extends TransportPair { readonly atNear: TransportRecorder; readonly atFar: TransportRecorder }

/** Far more frames than any transport queues before it asks to wait. */
const TOO_MANY = 20_000;

/** Declares the tests. `connect` makes a fresh pair each time. */
export function transportContract(name: string, connect: () => Promise<TransportPair>): void {
	const withPair = (body: (pair: Started) => Promise<void>) => async () => {
		const pair = await connect();
		const atNear = new TransportRecorder(pair.pump);
		const atFar = new TransportRecorder(pair.pump);
		pair.near.start(atNear);
		pair.far.start(atFar);
		try {
			await body({ ...pair, atNear, atFar });
		} finally {
			pair.near.close('done');
			pair.far.close('done');
			pair.end?.();
		}
	};

	describe(`transport: ${name}`, () => {
		describeDelivery(withPair, connect);
		describePressure(withPair);
		describeClosing(withPair);
	});
}

type WithPair = (body: (pair: Started) => Promise<void>) => () => Promise<void>;

function describeDelivery(withPair: WithPair, connect: () => Promise<TransportPair>): void {
	test('frames of every size arrive whole and in order', withPair(async ({ near, atFar }) => {
		const sizes = [1, 2, 5, 1199, 1200, 8191, 8192, 8197, 16_383, MAX_FRAME_BYTES, 1];
		const frames = sizes.map((size, k) => frameOf(size, k));
		for (const frame of frames) near.send(frame);
		await atFar.until(() => atFar.frames.length === frames.length);
		expect(atFar.frames.map((frame) => frame.length)).toEqual(sizes);
		expect(atFar.frames.every((frame, k) => equalBytes(frame, frames[k]!))).toBe(true);
	}));

	test('both sides send at once', withPair(async ({ near, far, atNear, atFar }) => {
		for (let k = 0; k < 20; k++) {
			near.send(frameOf(1000 + k, k));
			far.send(frameOf(2000 + k, 100 + k));
		}
		await atFar.until(() => atFar.frames.length === 20);
		await atNear.until(() => atNear.frames.length === 20);
		expect(atFar.frames.map((frame) => frame.length)).toEqual(Array.from({ length: 20 }, (_, k) => 1000 + k));
		expect(atNear.frames.map((frame) => frame.length)).toEqual(Array.from({ length: 20 }, (_, k) => 2000 + k));
	}));

	test('frames that came before the listener was attached are delivered first', async () => {
		const { near, far, pump, end } = await connect();
		const atNear = new TransportRecorder(pump);
		const atFar = new TransportRecorder(pump);
		near.start(atNear);
		for (let k = 0; k < 3; k++) near.send(frameOf(100, k));
		pump?.();
		far.start(atFar);
		near.send(frameOf(100, 3));
		await atFar.until(() => atFar.frames.length === 4);
		expect(atFar.frames).toEqual([0, 1, 2, 3].map((k) => frameOf(100, k)));
		near.close('done');
		far.close('done');
		end?.();
	});
}

function describePressure(withPair: WithPair): void {
	test('send says when to wait, drained when to go on, and nothing is lost', withPair(async ({ near, atNear, atFar }) => {
		let sent = 0;
		const frame = frameOf(8197, 1); // made once: a transport may be emptied by another thread meanwhile
		for (let round = 1; round <= 3; round++) {
			const limit = sent + TOO_MANY;
			while (sent < limit && near.send(numbered(frame, sent))) sent += 1;
			sent += 1;
			expect(sent).toBeLessThan(limit);
			expect(atNear.drains).toBe(round - 1);
			await atNear.until(() => atNear.drains === round);
		}
		await atFar.until(() => atFar.frames.length === sent);
		expect(atFar.frames.every((arrived, k) => equalBytes(arrived, numbered(frame, k)))).toBe(true);
		expect(atNear.drains).toBe(3);
	}));

	test('a sender that was never told to wait hears no drained', withPair(async ({ near, atNear, atFar }) => {
		expect(near.send(frameOf(8197, 1))).toBe(true);
		near.close('done');
		await atFar.until(() => atFar.closes.length === 1);
		await atNear.until(() => atNear.closes.length === 1);
		expect(atNear.events).toEqual(['closed']);
	}));
}

/** The same frame with another number in it. */
function numbered(frame: Bytes, number: number): Bytes {
	new DataView(frame.buffer).setUint32(0, number);
	return frame;
}

function describeClosing(withPair: WithPair): void {
	test('who closes hears its own reason, the other side lost', withPair(async ({ near, atNear, atFar }) => {
		near.close('rejected');
		await atNear.until(() => atNear.closes.length === 1);
		await atFar.until(() => atFar.closes.length === 1);
		expect([atNear.closes, atFar.closes]).toEqual([['rejected'], ['lost']]);
	}));

	test('the first reason stands, and is reported once, last, and not from inside close', withPair(async ({ near, far, atNear }) => {
		near.close('done');
		near.close('rejected');
		expect(atNear.closes).toEqual([]);
		far.send(frameOf(10, 1));
		await atNear.until(() => atNear.closes.length > 0);
		near.close('lost');
		expect(atNear.closes).toEqual(['done']);
		expect(atNear.events.at(-1)).toBe('closed');
	}));

	test('when both close, each hears its own reason', withPair(async ({ near, far, atNear, atFar }) => {
		near.close('done');
		far.close('rejected');
		await atNear.until(() => atNear.closes.length === 1);
		await atFar.until(() => atFar.closes.length === 1);
		expect([atNear.closes, atFar.closes]).toEqual([['done'], ['rejected']]);
	}));

	test('what was queued before close arrives before closed', withPair(async ({ near, atFar }) => {
		for (let k = 0; k < 12; k++) near.send(frameOf(8197, k));
		near.send(frameOf(2, 99));
		near.close('done');
		await atFar.until(() => atFar.closes.length === 1);
		expect(atFar.frames.length).toBe(13);
		expect(atFar.frames.at(-1)).toEqual(frameOf(2, 99));
		expect(atFar.events.at(-1)).toBe('closed');
	}));

	test('after close nothing is delivered', withPair(async ({ near, far, atNear, atFar }) => {
		atNear.onFrame = () => near.close('done');
		for (let k = 0; k < 10; k++) far.send(frameOf(1000, k));
		await atNear.until(() => atNear.closes.length === 1);
		await atFar.until(() => atFar.closes.length === 1);
		expect(atNear.events).toEqual(['frame', 'closed']);
	}));

	test('after close send has no effect and says false', withPair(async ({ near, far, atNear, atFar }) => {
		near.close('done');
		expect(near.send(frameOf(10, 1))).toBe(false);
		await atFar.until(() => atFar.closes.length === 1);
		expect(far.send(frameOf(10, 2))).toBe(false);
		await atNear.until(() => atNear.closes.length === 1);
		expect(near.send(frameOf(10, 3))).toBe(false);
		expect([atNear.frames, atFar.frames]).toEqual([[], []]);
	}));
}
