/** A browser's WebSocket as a line to a bridge. */
import { defer } from '../../shared/base/deferred.ts';
import { SECOND, type Ms } from '../../shared/base/units.ts';
import type { OpenLine } from '../../shared/ports/bridge-line.ts';
import type { Transport } from '../../shared/ports/transport.ts';
import { WebSocketTransport } from './web-socket-transport.ts';

/** Networks that swallow packets never refuse. */
const OPENING: Ms = 10 * SECOND;

/** An address that the browser refuses, as `ws:` from a secure page, is a line that does not open. */
export const openLine: OpenLine = (url) => {
	const { promise, resolve } = defer<Transport | undefined>();
	try {
		const socket = new WebSocket(url);
		socket.binaryType = 'arraybuffer';
		const timer = setTimeout(() => socket.close(), OPENING);
		socket.onopen = () => {
			clearTimeout(timer);
			resolve(new WebSocketTransport(socket));
		};
		socket.onclose = () => {
			clearTimeout(timer);
			resolve(undefined);
		};
	} catch {
		resolve(undefined);
	}
	return promise;
};
