/** Ports for the older systems' programs: opened only when an operator asks for it, to this machine or its networks. */
import { createServer, type Server, type Socket } from 'node:net';
import { addressGroup } from '../../node/address-group.ts';
import { listen } from '../../node/listen.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import { Places, type FacePlace } from '../places.ts';
import { olderFaces, plainAddress, type Conversation } from './faces.ts';
import { OlderRegistry } from './registry.ts';
import { OlderShelf, type OlderLibrary } from './shelf.ts';
import type { VideoIds } from './video-ids.ts';

/** Who may connect: programs on this machine, or on its networks too. */
export type OlderReach = 'local' | 'lan';

/** Where they find us. */
export interface OlderPlaces { readonly transfer: FacePlace; readonly tracker: FacePlace; readonly peer: FacePlace }

/** What is opened, and what is behind it. */
export interface OlderSystemsInit {
	readonly reach: OlderReach;
	readonly places: OlderPlaces;
	readonly clock: Clock;
	readonly library: OlderLibrary;
	readonly ids: VideoIds;
}

/** Connections at once: these programs open one a question, and one a film. */
const LIMITS = { total: 512, perAddress: 64, strangers: 512 } as const;

/** Addresses of this machine, and of networks that no stranger is on. */
const LOCAL = /^(127\.|::1$)/;
const LAN = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|fe[89ab][\da-f]:|f[cd][\da-f]{2}:)/i;

/** Whether a connection from there is taken. */
export function isNear(address: string | undefined, reach: OlderReach): boolean {
	const plain = plainAddress(address);
	return LOCAL.test(plain) || (reach === 'lan' && LAN.test(plain));
}

/** While it runs. */
export class OlderSystems {
	readonly ports: Readonly<Record<keyof OlderPlaces, number>>;
	readonly registry: OlderRegistry;
	readonly shelf: OlderShelf;
	readonly #servers: readonly Server[];
	readonly #sockets: ReadonlySet<Socket>;

	private constructor(
		servers: readonly Server[], sockets: ReadonlySet<Socket>, about: Pick<OlderSystems, 'ports' | 'registry' | 'shelf'>,
	) {
		this.#servers = servers;
		this.#sockets = sockets;
		this.registry = about.registry;
		this.shelf = about.shelf;
		this.ports = about.ports;
	}

	/** @throws when a port is taken; the message says which */
	static async open({ reach, places, clock, library, ids }: OlderSystemsInit): Promise<OlderSystems> {
		const [registry, shelf] = [new OlderRegistry(clock), new OlderShelf(library, ids)];
		const ports = { transfer: 0, tracker: 0, peer: 0 };
		const faces = olderFaces({ shelf, registry, peerPort: () => ports.peer });
		const [sockets, room] = [new Set<Socket>(), new Places(LIMITS)];
		const serve = (face: Conversation): Server => createServer((socket) => {
			socket.on('error', () => {}); // 'close' always follows it
			const isTaken = isNear(socket.remoteAddress, reach);
			const place = isTaken ? room.take(addressGroup(socket.remoteAddress), () => socket.destroy()) : undefined;
			if (!place) return void socket.destroy();
			sockets.add(socket);
			socket.once('close', () => {
				sockets.delete(socket);
				place.leave();
			});
			void face(socket);
		});
		const host = reach === 'local' ? '127.0.0.1' : undefined;
		const servers: Server[] = [];
		try {
			for (const name of ['transfer', 'tracker', 'peer'] as const) {
				const server = serve(faces[name]);
				servers.push(server);
				ports[name] = await listen(server, { host, ...places[name], variable: `OLDER_${name.toUpperCase()}_PORT` });
			}
		} catch (error) {
			for (const server of servers) server.close();
			throw error;
		}
		return new OlderSystems(servers, sockets, { registry, shelf, ports });
	}

	/** Ends all connections and gives the ports back. */
	async close(): Promise<void> {
		const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
		for (const socket of this.#sockets) socket.destroy();
		await Promise.all(closed);
	}
}
