import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defer, type Deferred } from '../../shared/base/deferred.ts';
import type { Bytes } from '../../shared/base/bytes.ts';
import { SECOND } from '../../shared/base/units.ts';
import { shareIdFrom, type ShareId } from '../../shared/protocol/ids.ts';
import { ManualClock } from '../../shared/testkit/manual-clock.ts';
import { someBytes } from '../../shared/testkit/test-crypto.ts';
import { temporaryFolder } from '../store/testkit/temporary.ts';
import { VideoIds } from './video-ids.ts';

const [A, B, C] = [1, 2, 3].map((n) => shareIdFrom(someBytes(16, n))) as [ShareId, ShareId, ShareId];
/** Of no bytes. */
const EMPTY = 'd41d8cd98f00b204';

async function bed(path = join(temporaryFolder(), 'ids')) {
	const clock = new ManualClock();
	const asked = new Map<ShareId, Deferred<Bytes | undefined>>();
	const ids = await VideoIds.open({ clock, path, beginning: (share) => {
		asked.set(share, defer());
		return asked.get(share)!.promise;
	} });
	return { clock, asked, ids, path };
}

test('two are looked into at once; who asks waits two seconds, and finds the rest the next time', async () => {
	const { clock, asked, ids } = await bed();
	const first = ids.of([A, B, C]);
	expect([...asked.keys()]).toEqual([A, B]);
	asked.get(A)!.resolve(new Uint8Array(0));
	await expect.poll(() => asked.has(C)).toBe(true);
	clock.pass(2 * SECOND);
	expect(await first).toEqual([EMPTY, undefined, undefined]);
	for (const each of [B, C]) asked.get(each)!.resolve(new Uint8Array(0));
	expect(await ids.of([A, B, C])).toEqual([EMPTY, EMPTY, EMPTY]);
});

test('one that nobody had is looked into again a little later', async () => {
	const { clock, asked, ids } = await bed();
	const first = ids.of([A]);
	asked.get(A)!.resolve(undefined);
	expect(await first).toEqual([undefined]);
	asked.clear();
	expect(await ids.of([A])).toEqual([undefined]);
	expect(asked.size).toBe(0);
	clock.pass(5 * SECOND);
	const next = ids.of([A]);
	asked.get(A)!.resolve(new Uint8Array(0));
	expect(await next).toEqual([EMPTY]);
});

test('they are kept; lines that are none do no harm', async () => {
	const { asked, ids, path } = await bed();
	const first = ids.of([A]);
	asked.get(A)!.resolve(new Uint8Array(0));
	await first;
	appendFileSync(path, `torn\n${B} ../../etc\n`);
	const again = await bed(path);
	expect(again.ids.has(EMPTY)).toBe(true);
	expect(await again.ids.of([A])).toEqual([EMPTY]);
	expect(again.asked.size).toBe(0);
});
