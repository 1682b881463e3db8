/** One bridge: disk, swarms and faces put together. */
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { networkInterfaces } from 'node:os';
import { listen, urlsOf, type Urls } from '../node/listen.ts';
import { nodeClock } from '../node/node-clock.ts';
import { nodeCrypto } from '../node/node-crypto.ts';
import { SECOND, type Ms } from '../shared/base/units.ts';
import type { ShareId } from '../shared/protocol/ids.ts';
import { Bridge } from './bridge.ts';
import { makeHttpFace } from './http/http-face.ts';
import { openTrackerSocket } from './node-tracker-socket.ts';
import { DEFAULT_PLACES, Places } from './places.ts';
import { openOffered, type OfferedByOlder } from './older/offers/open.ts';
import { OlderSystems } from './older/older-systems.ts';
import type { OlderLibrary } from './older/shelf.ts';
import { VideoIds } from './older/video-ids.ts';
import { DEFAULTS, type BridgeConfig } from './process/config.ts';
import { Reception, type HostedShare } from './reception.ts';
import { ParkingDesk } from './parking/parking-desk.ts';
import { ParkingList } from './parking/parking-list.ts';
import { Parking } from './parking/parking.ts';
import { loadDataPeers } from './rtc/node-data-peer.ts';
import { DiskStore } from './store/disk-store.ts';
import { TcpFace } from './tcp/tcp-face.ts';
import { Lines } from './ws/lines.ts';
import { WebSocketFace } from './ws/web-socket-face.ts';

/** What can be set; the rest is as in {@link DEFAULTS}. `say`: a line for whoever runs it; by default nobody hears. */
export interface BridgeOptions extends Partial<BridgeConfig> { readonly say?: (line: string) => void }

/** A bridge that runs. */
export interface RunningBridge {
	readonly bridge: Bridge;
	/** Of the HTTP face, which takes WebSockets too. */
	readonly port: number;
	/** Of the TCP face. */
	readonly tcpPort: number;
	readonly urls: Urls;
	/** Of the older systems' programs, if they may connect. */
	readonly olderPorts: OlderSystems['ports'] | undefined;
	/** Whether it does anything for pages that call it: carries lines, or keeps copies. */
	readonly hasGuests: boolean;
	/** Takes in a WebSocket that came by a server in front. `address`: where it comes from. */
	readonly takeIn: (request: IncomingMessage, stream: Duplex, head: Buffer, address: string) => void;
	/** Of the HTTP face for pages: `:port` of this host, or a URL. */
	readonly address: string;
	/** Says goodbye to everybody, writes what is unsaved, and gives port and files back. Idempotent. */
	close(): Promise<void>;
}

/** How it is called in people's lists of whom they are connected to. */
const NAME = 'Bridge';

/** Parked copies end within so much of their time. */
const SWEEP_EVERY: Ms = 10 * SECOND;

/**
 * Starts a bridge.
 *
 * @throws when its port is taken, its folder cannot be used or WebRTC is missing; the message says which
 */
export async function startBridge(options: BridgeOptions = {}): Promise<RunningBridge> {
	const config = { ...DEFAULTS, ...options };
	const { host } = config;
	const say = options.say ?? (() => undefined);
	const parts = await assemble(config, say);
	const { bridge, parking, server, tcpServer, webSockets } = parts;
	try {
		const port = await listen(server, { host, ...config.http, variable: 'BRIDGE_PORT' });
		const tcpPort = await listen(tcpServer, { host, ...config.tcp, variable: 'BRIDGE_TCP_PORT' });
		const older = config.older && await openOlder(config.older, { config, bridge, say });
		await parking.start();
		const sweeping = setInterval(() => void parking.sweep(), SWEEP_EVERY);
		for (const link of config.shares) void bridge.keep(link);
		let closing: Promise<void> | undefined;
		const close = async () => {
			clearInterval(sweeping);
			await older?.close();
			await closeParts(parts);
		};
		return {
			bridge, port, tcpPort, urls: urlsOf(host, port, networkInterfaces()), olderPorts: older?.systems.ports,
			address: config.publicUrl ?? `:${port}`,
			hasGuests: config.relayBytesPerSecond > 0 || config.parking.maxHours > 0,
			takeIn: (...socket) => webSockets.upgrade(...socket), close: () => closing ??= close(),
		};
	} catch (error) {
		server.close();
		tcpServer.close();
		await parts.store.close();
		throw error;
	}
}

/** The older systems' programs, and the films that they offer. */
async function openOlder(
	older: NonNullable<BridgeConfig['older']>,
	{ config, bridge, say }: Pick<BridgeOptions, 'say'> & { readonly config: BridgeConfig; readonly bridge: Bridge },
) {
	let offered: OfferedByOlder | undefined;
	const library: OlderLibrary = {
		films: () => bridge.films().filter(({ id }) => offered?.has(id) !== true),
		find: (id) => bridge.find(id), use: (id) => bridge.use(id),
	};
	const ids = await VideoIds.open({
		clock: nodeClock, path: join(config.directory, 'older-ids'), beginning: (id, bytes) => bridge.beginning(id, bytes),
	});
	const systems = await OlderSystems.open({ ...older, clock: nodeClock, library, ids });
	bridge.followCatalogues();
	const [trackerUrl] = config.trackers;
	try {
		offered = trackerUrl === undefined || older.offeredBytes === 0 ? undefined : await openOffered(systems, {
			clock: nodeClock, directory: join(config.directory, 'offered'), quotaBytes: older.offeredBytes, trackerUrl,
			say: (line) => say?.(line),
		});
	} catch (error) {
		await systems.close();
		throw error;
	}
	return {
		systems,
		close: async () => {
			await systems.close();
			await offered?.close();
		},
	};
}

type Parts = Awaited<ReturnType<typeof assemble>>;

/** All of it, not listening yet. */
async function assemble(config: BridgeConfig, say: (line: string) => void) {
	const peers = await loadDataPeers();
	if (!peers.ok) {
		throw new Error('The package node-datachannel, which connects to browsers, has no build for this machine or was not '
			+ 'installed. "npm ci" without --omit=optional installs it.');
	}
	const store = await openStore(config, async (share) => !parking.holds(share) && bridge.letGo(share));
	const bridge: Bridge = new Bridge({
		crypto: nodeCrypto, clock: nodeClock, rng: Math.random, store, makePeer: peers.value, openTrackerSocket,
		trackers: config.trackers, servesListed: config.servesListed, name: NAME, say,
		stopped: (share) => parking.stopped(share),
	});
	const parking: Parking = new Parking({
		limits: config.parking, list: new ParkingList(config.directory), now: () => Date.now(),
		host: {
			carry: ({ share, authKey, bytes }) => bridge.park(share, authKey, bytes),
			drop: (share) => bridge.unpark(share), progress: (share) => bridge.progress(share), say,
		},
	});
	const places = new Places(DEFAULT_PLACES);
	const find = (id: ShareId) => hostedBy(bridge, id);
	const reception = new Reception({ crypto: nodeCrypto, clock: nodeClock, places, find });
	const lines = new Lines({ bytesPerSecond: config.relayBytesPerSecond }, nodeClock);
	const desk = new ParkingDesk({ crypto: nodeCrypto, clock: nodeClock, parking });
	const webSockets = new WebSocketFace({ reception, lines, desk, self: bridge.self });
	const tcp = new TcpFace(reception);
	const server = makeHttpFace(bridge, config.publicUrl);
	server.on('upgrade', (request, stream, head) => webSockets.upgrade(request, stream, head));
	const tcpServer = createServer((socket) => tcp.accept(socket));
	return { store, bridge, parking, webSockets, tcp, server, tcpServer };
}

/** Says goodbye to everybody, and gives ports and files back. */
async function closeParts({ store, bridge, webSockets, tcp, server, tcpServer }: Parts): Promise<void> {
	const closed = [server, tcpServer].map((each) => new Promise((resolve) => each.close(resolve)));
	server.closeAllConnections();
	await bridge.close();
	tcp.close();
	webSockets.close();
	await Promise.all(closed);
	await store.close();
}

function hostedBy(bridge: Bridge, id: ShareId): HostedShare | undefined {
	const admitted = bridge.admit(id);
	return admitted && { share: id, self: bridge.self, authKey: admitted.authKey, name: NAME, node: admitted.share.node };
}

async function openStore(
	{ directory, quotaBytes }: BridgeConfig, letGo: (share: ShareId) => Promise<boolean>,
): Promise<DiskStore> {
	const hash = nodeCrypto.sha256Now;
	const opened = await DiskStore.open({ directory, quotaBytes, hash, letGo, now: () => Date.now() });
	if (opened.ok) return opened.value;
	throw new Error(opened.error === 'busy'
		? `The folder ${directory} is used by another bridge. Stop it, or choose another DATA_DIR.`
		: `The folder ${directory} cannot be written to. Choose another DATA_DIR.`);
}
