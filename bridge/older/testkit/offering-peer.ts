/** A peer of the second older system, as its programs are, or as they should not be. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createHash } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { Bytes } from '../../../shared/base/bytes.ts';
import type { Offer } from '../registry.ts';

/** What it offers, and how it is not honest. `stuck`: it answers, and then sends nothing. */
export interface Offering {
	readonly bytes: Bytes;
	readonly name?: string;
	readonly answer?: object;
	readonly sends?: Bytes | 'nothing';
}

/** How one film of it was asked for. `size`: what it answered. */
export interface OfferingPeer { readonly offer: Offer; readonly asked: () => number }

/** Listens until the test is over. */
export async function offeringPeer({ bytes, name = 'Lake', answer, sends = bytes }: Offering): Promise<OfferingPeer> {
	let asked = 0;
	const videoId = createHash('md5').update(bytes.subarray(0, 2 ** 20)).digest('hex').slice(0, 16);
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.on('error', () => {});
		socket.once('data', (said) => {
			asked += 1;
			const { type, video_id } = JSON.parse(said.toString()) as Record<string, unknown>;
			const found = type === 'DOWNLOAD_VIDEO' && video_id === videoId;
			if (!found) return void socket.end(JSON.stringify({ status: 'not_found' }));
			socket.write(JSON.stringify(answer ?? { status: 'success', size: bytes.length, name }));
			socket.once('data', (ack) => {
				if (ack.toString() === 'ACK' && sends !== 'nothing') socket.end(sends);
			});
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	onTestFinished(() => {
		server.close();
		for (const socket of sockets) socket.destroy();
	});
	const { port } = server.address() as AddressInfo;
	return { offer: { peer_id: 'Ada', host: '127.0.0.1', port, videoId }, asked: () => asked };
}
