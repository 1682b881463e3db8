/** How many connections one address may hold open, whether or not it ever asks for anything. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Ends connections beyond `max` an address at once: a slow sender of headers must not lock everybody else out. Not for
 * servers behind a proxy, whose address is everybody's.
 */
export function boundConnections(server: Server, max: number): void {
	const open = new Map<string, number>();
	server.on('connection', (socket: Socket) => {
		const address = socket.remoteAddress ?? 'unknown';
		const count = (open.get(address) ?? 0) + 1;
		open.set(address, count);
		socket.once('close', () => {
			const left = (open.get(address) ?? 1) - 1;
			if (left > 0) open.set(address, left);
			else open.delete(address);
		});
		if (count > max) socket.destroy();
	});
}
