/** Real sockets on this machine, for tests. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { defer } from '../../../shared/base/deferred.ts';

/** A server on a free port, whose connections `accept` gets. */
export async function serverOf(accept: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
	const server = createServer(accept).listen(0, '127.0.0.1');
	await once(server, 'listening');
	return { server, port: (server.address() as AddressInfo).port };
}

/** A connected socket. `from`: the loopback address it comes from. */
export async function socketTo(port: number, from = '127.0.0.1'): Promise<Socket> {
	const socket = connect({ port, host: '127.0.0.1', localAddress: from });
	await once(socket, 'connect');
	return socket;
}

/** Both ends of one connection. */
export async function socketPair(): Promise<{ near: Socket; far: Socket }> {
	const { promise, resolve } = defer<Socket>();
	const { server, port } = await serverOf(resolve);
	const near = await socketTo(port);
	const far = await promise;
	server.close();
	return { near, far };
}
