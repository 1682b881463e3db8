/** The limit of a face: a process that pipes a file to whoever connects. `file-server.mjs FILE` prints its port. */
import { createReadStream } from 'node:fs';
import { createServer } from 'node:net';

const [, , file = ''] = process.argv;
const server = createServer((socket) => {
	socket.on('error', () => {}); // the client is gone
	createReadStream(file).pipe(socket);
});
server.listen(0, '127.0.0.1', () => console.log(/** @type {import('node:net').AddressInfo} */ (server.address()).port));
