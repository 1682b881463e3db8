import { describe, expect, test } from 'vitest';
import { concat, type Bytes } from '../../shared/base/bytes.ts';
import { MIB } from '../../shared/base/units.ts';
import { MAX_FRAME_BYTES } from '../../shared/protocol/limits.ts';
import { withLength } from '../../shared/protocol/stream-frames.ts';
import { frameOf, TransportRecorder, transportContract } from '../../shared/testkit/transport-contract.ts';
import { TcpTransport } from './tcp-transport.ts';
import { socketPair } from './testkit/sockets.ts';

transportContract('TCP', async () => {
	const { near, far } = await socketPair();
	const end = () => { near.destroy(); far.destroy(); };
	return { near: new TcpTransport(near), far: new TcpTransport(far), end };
});

/** A transport whose other end is a plain socket that does as it likes. */
async function facing() {
	const { near, far } = await socketPair();
	const transport = new TcpTransport(near);
	const heard = new TransportRecorder();
	transport.start(heard);
	far.on('error', () => {}); // reset by the end we test
	return { transport, heard, other: far };
}

describe('whoever breaks the framing', () => {
	test.each<[string, Bytes]>([
		['a frame of no bytes', Uint8Array.of(0, 0, 0, 0)],
		['a frame of one byte too much', withLength(new Uint8Array(MAX_FRAME_BYTES + 1))],
		['a length of four gigabytes', Uint8Array.of(255, 255, 255, 255)],
		['another protocol', new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n')],
	])('with %s is closed as rejected, after the frames before it', async (_, bad) => {
		const { heard, other } = await facing();
		other.write(concat(withLength(frameOf(10, 1)), bad, withLength(frameOf(10, 2))));
		await heard.until(() => heard.closes.length > 0);
		expect([heard.frames, heard.closes]).toEqual([[frameOf(10, 1)], ['rejected']]);
		other.destroy();
	});
});

describe('whoever goes away', () => {
	test('in mid-frame is lost, and the frame is not delivered', async () => {
		const { heard, other } = await facing();
		other.end(withLength(frameOf(100, 1)).slice(0, 50));
		await heard.until(() => heard.closes.length > 0);
		expect(heard.events).toEqual(['closed']);
		expect(heard.closes).toEqual(['lost']);
	});

	test('with a reset is lost', async () => {
		const { heard, other } = await facing();
		other.resetAndDestroy();
		await heard.until(() => heard.closes.length > 0);
		expect(heard.closes).toEqual(['lost']);
	});

	test('before anybody listens is lost, and not from inside start', async () => {
		const { near, far } = await socketPair();
		far.destroy();
		near.resume();
		await new Promise((resolve) => near.once('close', resolve));
		const heard = new TransportRecorder();
		new TcpTransport(near).start(heard);
		expect(heard.events).toEqual([]);
		await heard.until(() => heard.closes.length > 0);
		expect(heard.closes).toEqual(['lost']);
	});

	test('from reading does not keep close from ending', async () => {
		const { transport, heard, other } = await facing();
		other.pause();
		while (transport.send(new Uint8Array(MAX_FRAME_BYTES))) await new Promise((resolve) => { setImmediate(resolve); });
		transport.close('done');
		await heard.until(() => heard.closes.length > 0);
		expect(heard.closes).toEqual(['done']);
		other.destroy();
	});
});

describe('whoever asks and does not read', () => {
	test('is lost before what waits for it grows large', async () => {
		const { near, far } = await socketPair();
		const transport = new TcpTransport(near);
		const heard = new TransportRecorder();
		transport.start(heard);
		far.pause();
		let largest = 0;
		for (let k = 0; k < 100_000 && !near.destroyed; k++) {
			transport.send(new Uint8Array(MAX_FRAME_BYTES));
			largest = Math.max(largest, near.writableLength);
			if (k % 16 === 0) await new Promise((resolve) => { setImmediate(resolve); });
		}
		await heard.until(() => heard.closes.length > 0);
		expect(heard.closes).toEqual(['lost']);
		expect(largest).toBeLessThan(4 * MIB + 2 * MAX_FRAME_BYTES);
		far.destroy();
	});
});

test('a frame is a plain view', async () => {
	const { near, far } = await socketPair();
	const frames: Bytes[] = [];
	const atFar = new TransportRecorder();
	const frame = (bytes: Bytes) => { frames.push(bytes); atFar.frame(bytes); };
	new TcpTransport(far).start({ frame, drained() {}, closed() {} });
	new TcpTransport(near).send(frameOf(8197, 1));
	await atFar.until(() => frames.length === 1);
	expect(frames[0]?.constructor).toBe(Uint8Array);
	expect(frames[0]?.slice().buffer).not.toBe(frames[0]?.buffer);
	near.destroy();
	far.destroy();
});
