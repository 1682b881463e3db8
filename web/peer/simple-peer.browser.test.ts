import { expect, test } from 'vitest';
import { connectPair, rtcContract } from '../../shared/testkit/rtc-contract.ts';
import { TransportRecorder } from '../../shared/testkit/transport-contract.ts';
import { makeDataPeer } from './simple-peer.ts';
import { wallClock } from './wall-clock.ts';

const means = { makePeer: makeDataPeer, clock: wallClock };

rtcContract('browser', means);

test('a path has a round trip', async () => {
	const { near, far } = await connectPair(means);
	near.start(new TransportRecorder());
	expect((await near.path())?.rttMs).toBeLessThan(1000);
	near.close('done');
	far.close('done');
});
