/** Networks that let only the page's own address through: films come over the bridge beside the tracker. */
import { expect } from '@playwright/test';
import { film } from './films/make-films.ts';
import { test } from './fixtures.ts';

test('a viewer whose network lets no WebRTC out, and one whose browser has none, watch over the bridge', async ({ person }) => {
	const [sharer, walled, without] = [await person(), await person(), await person()];
	const link = await sharer.share(await film('ten-seconds'));
	// Only relays may be used, and there are none: what a firewall that drops UDP comes to.
	await walled.context.addInitScript(() => {
		const Native = globalThis.RTCPeerConnection;
		globalThis.RTCPeerConnection = class extends Native {
			constructor(configuration?: RTCConfiguration) { super({ ...configuration, iceTransportPolicy: 'relay' }); }
		};
	});
	await without.context.addInitScript(() => {
		for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection']) Reflect.deleteProperty(globalThis, name);
	});
	await Promise.all([walled.watch(link), without.watch(link)]);
	for (const viewer of [walled, without]) {
		await expect.poll(() => viewer.seconds()).toBeGreaterThan(1);
		await expect.poll(async () => new Set((await viewer.snapshot()).peers.map(({ route }) => route))).toEqual(new Set(['bridge']));
		await expect.poll(() => viewer.held()).toBe(1);
	}
	await expect(walled.page.getByTitle(/^Through a bridge/).first()).toHaveText('Bridge');
	await expect.poll(async () => (await sharer.snapshot()).peers.map(({ route }) => route)).toEqual(['bridge', 'bridge']);
});
