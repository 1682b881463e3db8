/** A native peer in few lines: has the link, asks for chunks over TCP, counts what comes, checks and keeps nothing. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { TcpTransport } from '../../bridge/tcp/tcp-transport.ts';
import { nodeClock } from '../../node/node-clock.ts';
import { nodeCrypto } from '../../node/node-crypto.ts';
import type { Transport } from '../../shared/ports/transport.ts';
import { Layout, peerIdFrom } from '../../shared/protocol/ids.ts';
import { deriveLinkKeys } from '../../shared/protocol/keys.ts';
import { CHUNK_BYTES, GROUP_CHUNKS } from '../../shared/protocol/limits.ts';
import { CHUNK_SET_BYTES, decode, encode, NOT_DUE } from '../../shared/protocol/peer-message.ts';
import type { ShareLink } from '../../shared/protocol/share-link.ts';
import { openTo } from '../../shared/runtime/opening.ts';

/** Whom it asks, for what, and from which address of this machine. `size`: bytes of the film. */
export interface TcpReaderInit {
	readonly port: number;
	readonly link: ShareLink;
	readonly size: number;
	readonly from?: string;
}

/** A connection that was greeted. */
export class TcpReader {
	/** Whether the other side said goodbye, or is gone. */
	isOver = false;
	readonly #transport: Transport;
	readonly #layout: Layout;
	readonly #missing = new Map<number, number>();
	#wake: () => void = () => undefined;

	private constructor(transport: Transport, size: number) {
		this.#transport = transport;
		this.#layout = new Layout(size);
	}

	/** @throws when it is not let in */
	static async open({ port, link, size, from = '127.0.0.1' }: TcpReaderInit): Promise<TcpReader> {
		const socket = connect({ port, host: '127.0.0.1', localAddress: from });
		await once(socket, 'connect');
		const { auth: authKey } = await deriveLinkKeys(nodeCrypto, link.key);
		const member = { share: link.id, self: peerIdFrom(nodeCrypto.random(16)), authKey, name: 'reader' };
		const opened = await openTo(new TcpTransport(socket), member, { crypto: nodeCrypto, clock: nodeClock });
		if (!opened.ok) throw new Error(opened.error);
		const reader = new TcpReader(opened.value.transport, size);
		reader.#listen();
		return reader;
	}

	/** Groups of the film. */
	get groups(): number { return this.#layout.groups; }
	/** Bytes of a group. */
	bytesIn(group: number): number { return this.#layout.bytesIn(group); }

	/** Asks for a group, whole. */
	ask(group: number, dueInMs = NOT_DUE): void {
		const count = this.#layout.chunksIn(group);
		this.#missing.set(group, count);
		const chunks = new Uint8Array(CHUNK_SET_BYTES);
		for (let k = 0; k < count; k++) chunks[k >> 3]! |= 1 << (k & 7);
		this.#transport.send(encode({ type: 'request', group, dueInMs, chunks }));
	}

	/** Settles once all of a group that was asked for is here. @throws when it will not be */
	async until(group: number): Promise<void> {
		while ((this.#missing.get(group) ?? 0) > 0) {
			if (this.isOver) throw new Error('the other side is gone');
			await new Promise<void>((resolve) => { this.#wake = resolve; });
		}
		this.#missing.delete(group);
	}

	close(): void { this.#transport.close('done'); }

	#listen(): void {
		const over = () => {
			this.isOver = true;
			this.#wake();
		};
		this.#transport.start({
			frame: (bytes) => {
				const heard = decode(bytes);
				if (!heard.ok) return;
				const message = heard.value;
				if (message.type === 'chunk') this.#count(message.index, message.bytes.length);
				if (message.type === 'ping') this.#transport.send(encode({ type: 'pong', token: message.token }));
				if (message.type === 'bye') over();
			},
			drained: () => undefined, closed: over,
		});
	}

	#count(index: number, bytes: number): void {
		const group = Math.floor(index / GROUP_CHUNKS);
		const left = (this.#missing.get(group) ?? 0) - Math.ceil(bytes / CHUNK_BYTES);
		this.#missing.set(group, left);
		if (left === 0) this.#wake();
	}
}
