import { describe, expect, test } from 'vitest';
import { MAX_FRAME_BYTES } from '../../shared/protocol/limits.ts';
import { frameOf, TransportRecorder, transportContract } from '../../shared/testkit/transport-contract.ts';
import { WebSocketTransport } from './web-socket-transport.ts';

let pairs = 0;

/** Two sockets that hear each other, by the test server. */
async function sockets(): Promise<[WebSocket, WebSocket]> {
	const url = new URL(`/pair/${String(performance.timeOrigin)}-${String(++pairs)}`, location.href);
	url.protocol = 'ws:';
	const open = () => new Promise<WebSocket>((resolve, reject) => {
		const socket = new WebSocket(url);
		socket.onopen = () => resolve(socket);
		socket.onclose = () => reject(new Error('closed'));
	});
	return Promise.all([open(), open()]);
}

transportContract('a WebSocket in a page', async () => {
	const [near, far] = await sockets();
	return { near: new WebSocketTransport(near), far: new WebSocketTransport(far) };
});

describe('a message that is no frame closes as rejected, after the frames before it', () => {
	test.each<[string, string | Uint8Array<ArrayBuffer>]>([
		['text', 'hello'],
		['nothing', new Uint8Array(0)],
		['one byte too much', new Uint8Array(MAX_FRAME_BYTES + 1)],
	])('%s', async (_, message) => {
		const [near, far] = await sockets();
		const heard = new TransportRecorder();
		new WebSocketTransport(near).start(heard);
		far.send(frameOf(10, 1));
		far.send(message);
		far.send(frameOf(10, 2));
		await heard.until(() => heard.closes.length > 0);
		expect([heard.frames, heard.closes]).toEqual([[frameOf(10, 1)], ['rejected']]);
		far.close();
	});
});
