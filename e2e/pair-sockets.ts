/** Joins WebSockets of pages under test in pairs: two that ask for `/pair/<name>` hear each other. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Plugin } from 'vite';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';

/** A Vite plugin for test runs. */
export function pairSockets(): Plugin {
	const server = new WebSocketServer({ noServer: true });
	const waiting = new Map<string, WebSocket>();
	return {
		name: 'pair-sockets',
		configureServer({ httpServer }) {
			httpServer?.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
				const { url = '' } = request;
				if (url.startsWith('/pair/')) server.handleUpgrade(request, stream, head, (socket) => join(waiting, url, socket));
			});
		},
	};
}

/** What the first says waits until the second is there. */
function join(waiting: Map<string, WebSocket>, name: string, socket: WebSocket): void {
	const other = waiting.get(name);
	if (!other) {
		socket.pause();
		waiting.set(name, socket);
		return;
	}
	waiting.delete(name);
	relay(socket, other);
	relay(other, socket);
	other.resume();
}

function relay(from: WebSocket, to: WebSocket): void {
	from.on('message', (data: RawData, isBinary: boolean) => to.send(data, { binary: isBinary }));
	from.on('close', () => to.close());
	from.on('error', () => {}); // 'close' always follows it
}
