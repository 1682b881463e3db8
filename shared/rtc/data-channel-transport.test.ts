import { expect, test } from 'vitest';
import { ManualClock } from '../testkit/manual-clock.ts';
import { TransportRecorder } from '../testkit/transport-contract.ts';
import { DataChannelTransport } from './data-channel-transport.ts';
import type { DataPeer, DataPeerEvents } from './data-peer.ts';

/** A peer whose network is us. Its channel never closes by itself. */
class FakePeer {
	destroyed = false;
	readonly listeners = new Map<string, ((...args: unknown[]) => void)[]>();
	readonly channel = {
		readyState: 'open', bufferedAmount: 0, closes: 0, onmessage: null as ((message: { data: unknown }) => void) | null,
		send(): void {}, close(): void { this.closes += 1; },
	};
	readonly _channel = this.channel;
	readonly early: (Uint8Array | string)[] = [];
	readonly _pc = null;

	read(): Uint8Array | string | null { return this.early.shift() ?? null; }

	on(event: string, listener: (...args: unknown[]) => void): this {
		this.listeners.set(event, [...this.listeners.get(event) ?? [], listener]);
		return this;
	}

	tell<E extends keyof DataPeerEvents>(event: E, ...args: DataPeerEvents[E]): void {
		for (const listener of this.listeners.get(event) ?? []) listener(...args);
	}

	destroy(): void {
		if (this.destroyed) return;
		this.destroyed = true;
		this.tell('close');
	}
}

function started() {
	const peer = new FakePeer();
	const clock = new ManualClock();
	const transport = new DataChannelTransport(peer as unknown as DataPeer, clock);
	const heard = new TransportRecorder();
	transport.start(heard);
	return { peer, transport, heard, clock };
}

test('a path that stays silent for three seconds is lost', () => {
	const { peer, heard, clock } = started();
	peer.tell('iceStateChange', 'disconnected');
	clock.pass(2999);
	expect(heard.closes).toEqual([]);
	clock.pass(1);
	expect(heard.closes).toEqual(['lost']);
});

test('a path that answers again in time lives on', () => {
	const { peer, heard, clock } = started();
	peer.tell('iceStateChange', 'disconnected');
	clock.pass(2000);
	peer.tell('iceStateChange', 'connected');
	clock.pass(60_000);
	expect(heard.closes).toEqual([]);
});

test('closing waits for the channel to drain, but no longer than 250 ms', () => {
	const { peer, transport, heard, clock } = started();
	transport.close('done');
	expect(peer.channel.closes).toBe(1);
	clock.pass(249);
	expect(heard.closes).toEqual([]);
	clock.pass(1);
	expect(heard.closes).toEqual(['done']);
});

test('a message of text is misbehaviour', () => {
	const { peer, heard, clock } = started();
	peer.channel.onmessage?.({ data: 'hello' });
	clock.pass(250);
	expect(heard.events).toEqual(['closed']);
	expect(heard.closes).toEqual(['rejected']);
});

test('what came before the start is delivered after it, and first', async () => {
	const [peer, clock] = [new FakePeer(), new ManualClock()];
	peer.early.push(Uint8Array.of(1), Uint8Array.of(2));
	const heard = new TransportRecorder();
	new DataChannelTransport(peer as unknown as DataPeer, clock).start(heard);
	expect(heard.frames).toEqual([]);
	await Promise.resolve();
	peer.channel.onmessage?.({ data: Uint8Array.of(3).buffer });
	expect(heard.frames).toEqual([Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)]);
});

test('a channel that takes no more is lost, not a frame in silence', () => {
	const { peer, transport, heard, clock } = started();
	peer.channel.send = () => { throw new Error('OperationError'); };
	expect(transport.send(new Uint8Array(1))).toBe(false);
	clock.pass(250);
	expect(heard.closes).toEqual(['lost']);
});

test('a peer that is gone before the start is reported, and not from inside start', async () => {
	const [peer, clock] = [new FakePeer(), new ManualClock()];
	const transport = new DataChannelTransport(peer as unknown as DataPeer, clock);
	peer.destroy();
	const heard = new TransportRecorder();
	transport.start(heard);
	expect(heard.closes).toEqual([]);
	await heard.until(() => heard.closes.length === 1);
	expect(heard.closes).toEqual(['lost']);
});
