/** Links that cannot work, peers that lie, connections that protect less: each is recognised and explained. */
import { networkInterfaces } from 'node:os';
import { expect } from '@playwright/test';
import { film } from './films/make-films.ts';
import { test, type Person } from './fixtures.ts';

test('a link without its key, cut short, or with another key says so', async ({ person }) => {
	const [sharer, another] = [await person(), await person()];
	const link = await sharer.share(await film('ten-seconds'));
	const other = await another.share(await film('no-audio'));
	const [address = ''] = link.split('#');
	const viewer = await person();
	await viewer.watch(address);
	await expect(viewer.page.getByText(/key is missing|without its key/i).first()).toBeVisible();
	await viewer.watch(link.slice(0, -5));
	await viewer.page.reload();
	await expect(viewer.page.getByText(/not complete|cut|incomplete/i).first()).toBeVisible();
	await viewer.watch(`${address}#${other.split('#')[1] ?? ''}`);
	await viewer.page.reload();
	await expect(viewer.page.getByText(/key does not fit/i).first()).toBeVisible();
	await expect.poll(async () => (await viewer.snapshot()).state).toBe('failed');
});

test('a link of which nobody is online waits, and starts by itself', async ({ person }) => {
	const [sharer, viewer] = [await person(), await person()];
	const path = await film('ten-seconds');
	const link = await sharer.share(path);
	sharer.page.on('dialog', (dialog) => void dialog.accept());
	await sharer.page.goto('about:blank');
	await viewer.watch(link);
	await expect.poll(async () => (await viewer.snapshot()).state).toBe('waiting');
	await sharer.page.goBack();
	await sharer.page.locator('input[type=file]').first().setInputFiles(path);
	await expect.poll(() => viewer.seconds(), { timeout: 30_000 }).toBeGreaterThan(1);
});

test('a tracker that cannot be reached is named, with when it is tried again', async ({ person, server }) => {
	const sharer = await person();
	await sharer.share(await film('ten-seconds'));
	await server.kill();
	await expect(sharer.page.getByText('Offline')).toBeVisible({ timeout: 20_000 });
	await server.restart();
	await expect(sharer.page.getByText('Online')).toBeVisible({ timeout: 40_000 });
});

/** Makes a page flip a bit of every frame of one type that it sends. */
async function lie(liar: Person, frameType: number): Promise<void> {
	await liar.page.addInitScript((type) => {
		const send: unknown = Object.getOwnPropertyDescriptor(RTCDataChannel.prototype, 'send')?.value;
		RTCDataChannel.prototype.send = function forge(this: RTCDataChannel, data: unknown) {
			const bytes = new Uint8Array((data as Uint8Array<ArrayBuffer>)).slice();
			const lied = globalThis as unknown as { lied?: boolean };
			if (bytes[0] === type && (globalThis as unknown as { lies?: boolean }).lies === true) {
				bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1;
				lied.lied = true;
			}
			Reflect.apply(send as (data: ArrayBufferView<ArrayBuffer>) => void, this, [bytes]);
		};
	}, frameType);
}

for (const [what, frameType] of [['chunks', 12], ['proofs', 15]] as const) {
	test(`a peer that lies in ${what} is dropped, and the film plays on from the honest one`, async ({ person }) => {
		const [sharer, liar, viewer] = [await person(), await person(), await person()];
		const link = await sharer.share(await film('minute-720p'));
		await lie(liar, frameType);
		await liar.watch(link);
		await expect.poll(() => liar.held(), { timeout: 40_000 }).toBe(1);
		await liar.page.evaluate(() => { (globalThis as unknown as { lies: boolean }).lies = true; });
		await viewer.watch(link);
		await expect.poll(() => viewer.held(), { timeout: 40_000 }).toBe(1);
		await expect.poll(() => viewer.seconds(), { timeout: 20_000 }).toBeGreaterThan(2);
		const lied = await liar.page.evaluate(() => (globalThis as unknown as { lied?: boolean }).lied === true);
		const seen = await viewer.snapshot();
		const liarId = (await liar.snapshot()).peerId;
		const sharerId = (await sharer.snapshot()).peerId;
		if (lied) {
			expect(seen.chunks.rejected).toBeGreaterThan(0);
			expect(seen.peers.map((peer) => peer.id)).not.toContain(liarId);
		}
		expect(seen.peers.map((peer) => peer.id)).toContain(sharerId);
		expect(seen.playback.stalls).toBe(0);
	});
}

/** The first address of this machine that is not its own loopback. */
function lanAddress(): string | undefined {
	const addresses = Object.values(networkInterfaces()).flat();
	return addresses.find((address) => address?.family === 'IPv4' && !address.internal)?.address;
}

test('plain HTTP on a LAN address shares, watches, keeps and warns', async ({ person, server }) => {
	const address = lanAddress();
	test.skip(address === undefined, 'this machine has no network address');
	const origin = `http://${address ?? ''}:${server.port}`;
	const [sharer, viewer] = [await person(), await person()];
	await sharer.page.goto(origin);
	expect(await sharer.page.evaluate(() => globalThis.isSecureContext)).toBe(false);
	await expect(sharer.page.getByText(/not encrypted|not protected|read|alter/i).first()).toBeVisible();
	await sharer.page.locator('input[type=file]').setInputFiles(await film('ten-seconds'));
	const link = await sharer.shareLink();
	expect(link.startsWith(origin)).toBe(true);
	await viewer.watch(link);
	await expect.poll(() => viewer.seconds(), { timeout: 30_000 }).toBeGreaterThan(1);
	await expect.poll(() => viewer.held(), { timeout: 30_000 }).toBe(1);
	await viewer.page.reload();
	await expect.poll(() => viewer.seconds(), { timeout: 20_000 }).toBeGreaterThan(0.5);
	expect((await viewer.snapshot()).bytes.downloaded).toBe(0);
});
