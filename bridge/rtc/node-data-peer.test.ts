import { expect, test } from 'vitest';
import { nodeClock } from '../../node/node-clock.ts';
import { rtcContract } from '../../shared/testkit/rtc-contract.ts';
import { loadDataPeers } from './node-data-peer.ts';

const loaded = await loadDataPeers();

test('there is a build of the native library for this machine', () => {
	expect(loaded.ok).toBe(true);
});

if (loaded.ok) rtcContract('Node', { makePeer: loaded.value, clock: nodeClock });
