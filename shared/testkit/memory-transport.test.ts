import { describe, expect, test } from 'vitest';
import { memoryWire } from './memory-transport.ts';
import { frameOf, TransportRecorder, transportContract } from './transport-contract.ts';

transportContract('in memory', () => {
	const wire = memoryWire();
	return Promise.resolve({ near: wire.near, far: wire.far, pump: () => wire.deliver() });
});

describe('a wire in memory', () => {
	test('moves nothing until told, then one thing at a time', () => {
		const wire = memoryWire();
		const atFar = new TransportRecorder();
		wire.far.start(atFar);
		wire.near.send(frameOf(10, 1));
		wire.near.send(frameOf(10, 2));
		expect(atFar.frames.length).toBe(0);
		expect(wire.deliverOne()).toBe(true);
		expect(atFar.frames.length).toBe(1);
		wire.deliver();
		expect(atFar.frames).toEqual([frameOf(10, 1), frameOf(10, 2)]);
		expect(wire.deliverOne()).toBe(false);
	});

	test('a cut loses what is under way and both sides hear lost', () => {
		const wire = memoryWire();
		const [atNear, atFar] = [new TransportRecorder(), new TransportRecorder()];
		wire.near.start(atNear);
		wire.far.start(atFar);
		wire.near.send(frameOf(10, 1));
		wire.cut();
		wire.deliver();
		expect([atNear.events, atFar.events]).toEqual([['closed'], ['closed']]);
		expect([atNear.closes, atFar.closes]).toEqual([['lost'], ['lost']]);
	});
});
