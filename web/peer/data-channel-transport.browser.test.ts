import { expect, test } from 'vitest';
import { equalBytes } from '../../shared/base/bytes.ts';
import { frameOf, TransportRecorder, transportContract } from '../../shared/testkit/transport-contract.ts';
import type { DataChannelTransport } from './data-channel-transport.ts';
import { RtcConnector } from './rtc-connector.ts';

/** Two ends in this page; each is handed over in the tick that made it, as the port wants. */
async function connect(): Promise<{ near: DataChannelTransport; far: DataChannelTransport }> {
	const options = { iceServers: [], timeout: 10_000 };
	const one = new RtcConnector({ ...options, initiator: true });
	const two = new RtcConnector({ ...options, initiator: false });
	const end = (connector: RtcConnector, other: RtcConnector) => new Promise<DataChannelTransport>((resolve, reject) => {
		connector.start({
			signal: (text) => other.accept(text),
			connected: resolve,
			failed: (fault) => reject(new Error(fault)),
		});
	});
	const far = end(two, one);
	const [near, other] = await Promise.all([end(one, two), far]);
	return { near, far: other };
}

transportContract('a data channel', connect);

test('the fingerprints of one end are those of the other, swapped', async () => {
	const { near, far } = await connect();
	const [a, b] = [near.fingerprints()!, far.fingerprints()!];
	expect(a.local.length).toBe(32);
	expect(equalBytes(a.local, b.remote) && equalBytes(a.remote, b.local)).toBe(true);
	expect(equalBytes(a.local, a.remote)).toBe(false);
	near.close('done');
	far.close('done');
});

test('a path within one machine is a LAN path, and has a round trip', async () => {
	const { near, far } = await connect();
	near.start(new TransportRecorder());
	const path = await near.path();
	expect(path?.route).toBe('lan');
	expect(path?.rttMs).toBeLessThan(1000);
	near.close('done');
	far.close('done');
	expect(await near.path()).toBe(undefined);
});

test('a frame is a plain view on memory of its own', async () => {
	const { near, far } = await connect();
	const frames: Uint8Array[] = [];
	const atFar = new TransportRecorder();
	far.start({ frame: (bytes) => { frames.push(bytes); atFar.frame(bytes); }, drained() {}, closed() {} });
	near.send(frameOf(8197, 1));
	await atFar.until(() => frames.length === 1);
	expect(frames[0]?.constructor).toBe(Uint8Array);
	expect(frames[0]?.slice().buffer).not.toBe(frames[0]?.buffer);
	near.close('done');
	far.close('done');
});
