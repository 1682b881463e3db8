/**
 * The way to a bridge that runs in the tracker's process: WebSockets under one path of the tracker's own address, so
 * that whatever let the page through, a firewall or a proxy with a certificate, lets its lines through as well.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** What begins with it is the bridge's. */
export const BRIDGE_PATH = '/bridge';

/** Takes a WebSocket in. `address`: where it comes from. */
export type TakeIn = (request: IncomingMessage, stream: Duplex, head: Buffer, address: string) => void;

/** One a tracker. `expected`: pages are told of it from the first moment, the bridge comes a moment later. */
export class BridgeDoor {
	#isThere: boolean;
	#takeIn: TakeIn | undefined;

	constructor(expected: boolean) { this.#isThere = expected; }

	/** What pages are told: nothing when there is no bridge. */
	get addresses(): readonly string[] { return this.#isThere ? [BRIDGE_PATH] : []; }

	/** The bridge is there; undefined: it could not be started. */
	open(takeIn: TakeIn | undefined): void {
		this.#takeIn = takeIn;
		this.#isThere = takeIn !== undefined;
	}

	/** Whether the request was the bridge's to take. */
	pass(request: IncomingMessage, stream: Duplex, head: Buffer, address: string): boolean {
		const path = request.url?.split('?', 1)[0] ?? '';
		if (!this.#takeIn || (path !== BRIDGE_PATH && !path.startsWith(`${BRIDGE_PATH}/`))) return false;
		this.#takeIn(request, stream, head, address);
		return true;
	}
}
