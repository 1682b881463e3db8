/** Links that cannot work, peers that lie, connections that protect less: each is recognised and explained. */
import { expect } from '@playwright/test';
import { film } from './films/make-films.ts';
import { test } from './fixtures.ts';
import { FRAME, FrameGate } from './frame-gate.ts';
import { LAN_HOST } from './lan-host.ts';
import type { Person } from './person.ts';

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

test.describe('where there is no bridge either', () => {
	test.use({ serverEnv: { BRIDGE_RELAY_MBIT: '0', BRIDGE_PARK_HOURS: '0' } });

	test('a browser without WebRTC says so, where a film would be shared and where one would be watched', async ({ person }) => {
		const [sharer, without] = [await person(), await person()];
		const link = await sharer.share(await film('ten-seconds'));
		await without.context.addInitScript(() => { Reflect.deleteProperty(globalThis, 'RTCPeerConnection'); });
		await without.watch(link);
		await expect(without.page.getByRole('alert').getByText('This browser cannot connect to others')).toBeVisible();
		await expect.poll(async () => (await without.snapshot()).state).toBe('failed');
		await without.page.goto(new URL('/', link).href);
		await expect(without.page.getByRole('alert', { name: 'No connections' })).toContainText('WebRTC');
		await without.page.locator('input[type=file]').setInputFiles(await film('ten-seconds'));
		await expect(without.page.getByText('nobody could get the film from it')).toBeVisible();
		await expect(without.page.getByTestId('share-link')).toHaveCount(0);
	});
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
	await expect.poll(() => viewer.seconds(), { timeout: 120_000 }).toBeGreaterThan(1);
});

test('a tracker that cannot be reached is named, with when it is tried again', async ({ person, server }) => {
	const sharer = await person();
	await sharer.share(await film('ten-seconds'));
	await server.kill();
	await expect(sharer.page.getByText('Offline')).toBeVisible({ timeout: 120_000 });
	await server.restart();
	await expect(sharer.page.getByText('Online')).toBeVisible({ timeout: 120_000 });
});

/** The film's groups from here on are held back until somebody has lied: some sixteen seconds into it. */
const HELD_BACK = 4;
/** Where the film is when it has played on into what was held back. */
const BEYOND_SEC = 19;

for (const [what, frameType] of Object.entries(FRAME)) {
	test(`a peer that forges a ${what} is dropped, the honest one is kept, and the film plays on`, async ({ person }) => {
		const [sharer, liar, viewer, late] = [await person(), await person(), await person(), await person()];
		const honestGate = await FrameGate.before(sharer, HELD_BACK);
		const liarGate = await FrameGate.before(liar, HELD_BACK);
		const link = await sharer.share(await film('minute-720p'));
		await liar.watch(link);
		await expect.poll(() => liar.held(), { timeout: 120_000 }).toBe(1);

		// Neither sends the later groups, so the viewer asks both for them, and has nothing of them from anybody.
		await Promise.all([honestGate.hold(), liarGate.hold()]);
		await viewer.watch(link);
		await expect.poll(() => bufferedAhead(viewer), { timeout: 120_000 }).toBeGreaterThan(8);
		await expect.poll(() => liarGate.waiting(frameType), { timeout: 120_000 }).toBeGreaterThan(0);
		const [honestId, liarId] = [(await sharer.snapshot()).peerId, (await liar.snapshot()).peerId];
		expect(await linked(viewer)).toEqual([honestId, liarId].sort());
		expect((await viewer.snapshot()).chunks.rejected).toBe(0);

		await liarGate.forge(frameType);
		await expect.poll(async () => (await viewer.snapshot()).chunks.rejected).toBeGreaterThan(0);
		await expect.poll(() => linked(viewer)).toEqual([honestId]);
		expect(await liarGate.lies()).toBeGreaterThan(0);
		await honestGate.pass();
		await expect.poll(() => viewer.held(), { timeout: 120_000 }).toBe(1);
		await expect.poll(() => viewer.seconds(), { timeout: 120_000 }).toBeGreaterThan(BEYOND_SEC);
		expect(await linked(viewer)).toEqual([honestId]);
		expect((await viewer.snapshot()).playback.stalls).toBe(0);

		// Whoever gets the film from the viewer alone checks every chunk that the viewer stored.
		await Promise.all([sharer.page.close({ runBeforeUnload: false }), liar.page.close({ runBeforeUnload: false })]);
		await late.watch(link);
		await expect.poll(() => late.held(), { timeout: 120_000 }).toBe(1);
		expect((await late.snapshot()).chunks.rejected).toBe(0);
	});
}

async function bufferedAhead(person: Person): Promise<number> {
	return (await person.snapshot()).playback.bufferedAheadSec;
}

/** The ids of those a person is connected with, in order. */
async function linked(person: Person): Promise<readonly string[]> {
	const { peers } = await person.snapshot();
	return peers.map((peer) => peer.id).sort();
}

test('plain HTTP on a name that is not localhost, as in a LAN, shares, watches, keeps and warns', async ({ person, server }) => {
	const origin = `http://${LAN_HOST}:${server.port}`;
	const [sharer, viewer] = [await person(), await person()];
	await sharer.page.goto(origin);
	expect(await sharer.page.evaluate(() => globalThis.isSecureContext)).toBe(false);
	await expect(sharer.page.getByText(/not encrypted|not protected|read|alter/i).first()).toBeVisible();
	await sharer.page.locator('input[type=file]').setInputFiles(await film('ten-seconds'));
	const link = await sharer.shareLink();
	expect(link.startsWith(origin)).toBe(true);
	await viewer.watch(link);
	await expect.poll(() => viewer.seconds(), { timeout: 120_000 }).toBeGreaterThan(1);
	await expect.poll(() => viewer.held(), { timeout: 120_000 }).toBe(1);
	await viewer.page.reload();
	await expect.poll(() => viewer.seconds(), { timeout: 120_000 }).toBeGreaterThan(0.5);
	expect((await viewer.snapshot()).bytes.downloaded).toBe(0);
});
