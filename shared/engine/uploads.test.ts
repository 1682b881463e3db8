import { expect, test } from 'vitest';
import { MAX_QUEUED_CHUNKS } from './settings.ts';
import { UploadQueue, type Batch } from './uploads.ts';

const never: Parameters<UploadQueue['next']>[0] = () => 0;
const upTo = (count: number) => Array.from({ length: count }, (_, k) => k);

/** All batches, as `group:chunks`. */
function drain(queue: UploadQueue, sent: (group: number, k: number) => number = never): string[] {
	const batches: string[] = [];
	for (let batch = take(queue, sent); batch; batch = take(queue, sent)) batches.push(`${batch.group}:${batch.chunks.join(' ')}`);
	return batches;
}

function take(queue: UploadQueue, sent = never, most = 4): Batch | undefined {
	const next = queue.next(sent, { now: 0, givesWayMs: 4000 });
	return next && queue.take(next, most, sent);
}

test('what is due first goes first, in small batches, in the order asked for', () => {
	const queue = new UploadQueue();
	queue.add(7, [1, 2, 3, 4, 5], Infinity);
	queue.add(3, [9, 8], 500);
	queue.add(4, [0], Infinity);
	expect(drain(queue)).toEqual(['3:9 8', '7:1 2 3 4', '7:5', '4:0']);
	expect(queue.size).toBe(0);
});

test('a later request for a group can make it urgent, never less so', () => {
	const queue = new UploadQueue();
	queue.add(1, [0], 100);
	queue.add(2, [0], Infinity);
	queue.add(2, [1], 50);
	queue.add(2, [2], Infinity);
	expect(drain(queue)).toEqual(['2:0 1 2', '1:0']);
});

test('chunks that were sent least often go first', () => {
	const queue = new UploadQueue();
	queue.add(0, upTo(8), Infinity);
	expect(drain(queue, (_, k) => (k < 4 ? 3 : k % 2))).toEqual(['0:4 6', '0:5 7', '0:0 1 2 3']);
});

test('a chunk that was sent a moment ago gives way to what is due a little later, not to what nobody waits for', () => {
	const queue = new UploadQueue();
	queue.add(0, [1], 500);
	queue.add(1, [2], 3000);
	queue.add(2, [3], Infinity);
	expect(drain(queue, (group) => (group === 0 ? 1 : 0))).toEqual(['1:2', '0:1', '2:3']);
});

test('asking twice queues once, and a cancel takes back what has not gone', () => {
	const queue = new UploadQueue();
	expect(queue.add(0, [1, 2], Infinity)).toEqual([]);
	expect(queue.add(0, [2, 3], Infinity)).toEqual([]);
	queue.cancel(0, [2, 77]);
	queue.cancel(5, [1]);
	expect(queue.size).toBe(2);
	expect(drain(queue)).toEqual(['0:1 3']);
});

test('what would be too much is refused', () => {
	const queue = new UploadQueue();
	for (let group = 0; group < MAX_QUEUED_CHUNKS / 128; group++) {
		expect(queue.add(group, upTo(128), Infinity)).toEqual([]);
	}
	expect(queue.add(99, [4, 5], 0)).toEqual([4, 5]);
	expect(queue.size).toBe(MAX_QUEUED_CHUNKS);
	expect(take(queue, never, 8)?.chunks.length).toBe(8);
	expect(queue.add(99, [4, 5], 0)).toEqual([]);
});
