/** One tracker: rules, database, sockets and pages put together. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { readDescriptor } from '../shared/protocol/descriptor.ts';
import { readListing } from '../shared/protocol/listing.ts';
import { SECOND, type Ms } from '../shared/base/units.ts';
import { MAX_BRIDGES } from '../shared/protocol/tracker-message.ts';
import { limitsFor, type Limits } from './core/limits.ts';
import { makeState, type TrackerState } from './core/state.ts';
import { BridgeDoor, type TakeIn } from './net/bridge-door.ts';
import { boundConnections } from './net/connections.ts';
import { makeHttp } from './net/http.ts';
import { Hub, type HubParts } from './net/hub.ts';
import { Metrics, type Levels } from './net/metrics.ts';
import { nodeCrypto } from '../node/node-crypto.ts';
import { compressPages, loadPages } from './net/pages.ts';
import { acceptSockets } from './net/upgrade.ts';
import { DEFAULTS, type TrackerConfig } from './process/config.ts';
import { listen, urlsOf, type Urls } from '../node/listen.ts';
import { makeLog } from './process/log.ts';
import { openDescriptorStore, type DescriptorStore } from './store/descriptor-store.ts';

/** What can be set; the rest is as in {@link DEFAULTS}, `log` is silent, `limits` follow from the connections. */
export interface TrackerOptions extends Partial<TrackerConfig> {
	readonly log?: Logger;
	readonly limits?: Limits;
	/** How often silent connections are asked whether they live. */
	readonly heartbeat?: Ms;
	/** Where listed films are for programs, as soon as it is known: `:port` of this host, or a URL. */
	readonly bridge?: () => string | undefined;
	/** A bridge will be started in this process, and `openDoor` called. */
	readonly expectsBridge?: boolean;
}

/** A tracker that runs. */
export interface RunningTracker {
	readonly port: number;
	readonly urls: Urls;
	/** Leads WebSockets under the bridge's path to it; undefined: there is none after all. */
	openDoor(takeIn: TakeIn | undefined): void;
	/** Tells everybody, lets them go, and gives port and files back: within three seconds. Idempotent. */
	close(): Promise<void>;
}

/** A dead connection is noticed within two beats; NATs forget silent ones after a minute or more. */
const HEARTBEAT: Ms = 30 * SECOND;
const SWEEP_EVERY: Ms = 5 * SECOND;
const STORE_SWEEP_EVERY: Ms = 3600 * SECOND;
/** How often those who browse the catalogue are told how many are online. */
const TELL_ONLINE_EVERY: Ms = SECOND;

/**
 * Starts a tracker.
 *
 * @throws when its port is taken, its database cannot be opened or its pages cannot be read; the message says which
 */
export async function startTracker(options: TrackerOptions = {}): Promise<RunningTracker> {
	const config = { ...DEFAULTS, ...options };
	const pages = config.webDir === undefined ? undefined : await loadPages(config.webDir);
	const log = options.log ?? makeLog('silent');
	const store = await openStore(config.dataDir, log);
	const door = new BridgeDoor(options.expectsBridge ?? false);
	const bridges = () => [...door.addresses, ...config.bridges].slice(0, MAX_BRIDGES);
	const parts = assemble(config, store, { log, bridges });
	const { state, metrics } = parts;
	const health = () => ({ connections: state.sessions.size, peers: state.peers.size, swarms: state.swarms.size });
	const app = makeHttp({ pages, metrics, proxyHops: config.proxyHops, health });
	await app.ready();
	acceptSockets(app.server, { hub: parts.hub, door }, config.proxyHops);
	if (config.proxyHops === 0) boundConnections(app.server, config.connectionsPerAddress * 2);
	try {
		const port = await listen(app.server, config);
		const cancelTimers = startTimers(parts, store, options.heartbeat ?? HEARTBEAT);
		if (pages) void compressPages(pages).catch(parts.report);
		let closing: Promise<void> | undefined;
		const close = () => (closing ??= halt({ server: app.server, ...parts, store, cancelTimers }));
		const urls = urlsOf(config.host, port, networkInterfaces());
		return { port, urls, openDoor: (takeIn) => door.open(takeIn), close };
	} catch (error) {
		store.close();
		metrics.close();
		throw error;
	}
}

/** The parts that know each other. */
interface Parts {
	readonly state: TrackerState;
	readonly metrics: Metrics;
	readonly hub: Hub;
	readonly report: (error: unknown) => void;
}

/** All that has to be given back. */
interface Running extends Parts {
	readonly server: Server;
	readonly store: DescriptorStore;
	readonly cancelTimers: () => void;
}

function assemble(
	config: TrackerConfig & TrackerOptions, shelf: DescriptorStore,
	{ log, bridges }: { readonly log: Logger; readonly bridges: () => readonly string[] },
): Parts {
	const limits = config.limits ?? limitsFor(config.connections, config.connectionsPerAddress);
	const secret = () => randomBytes(24).toString('base64url');
	const { iceServers, bridge = () => undefined } = config;
	const state = makeState({ rng: Math.random, secret, shelf, limits, iceServers, bridge, bridges });
	const metrics = new Metrics(() => levels(state, shelf));
	const report = (error: unknown) => log.error(error);
	const check: HubParts['check'] = (share, bytes) => readDescriptor(nodeCrypto, share, bytes);
	const checkListing: HubParts['checkListing'] = (share, bytes) => readListing(nodeCrypto, share, bytes);
	return { state, metrics, report, hub: new Hub({ state, metrics, now, check, checkListing, report }) };
}

function levels(state: TrackerState, store: DescriptorStore): Levels {
	const kept = store.count();
	return {
		connections: state.sessions.size, peers: state.peers.size, swarms: state.swarms.size,
		descriptors: kept.ok ? kept.value : 0, listed: state.catalogue.size,
	};
}

async function openStore(dataDir: string | undefined, log: Logger): Promise<DescriptorStore> {
	const report = (error: unknown) => log.error(error, 'the database failed');
	if (dataDir === undefined) return openDescriptorStore(':memory:', report);
	const path = join(dataDir, 'tracker.db');
	try {
		await mkdir(dataDir, { recursive: true });
		return await openDescriptorStore(path, report);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new Error(`The database ${path} cannot be opened (${reason}). Choose another DATA_DIR, or move it away.`);
	}
}

function startTimers({ hub }: Parts, store: DescriptorStore, heartbeat: Ms): () => void {
	const sweepStore = () => {
		store.sweep(now());
		hub.prune();
	};
	const timers = [
		setInterval(() => hub.beat(), heartbeat),
		setInterval(() => hub.sweep(), SWEEP_EVERY),
		setInterval(() => hub.tellOnline(), TELL_ONLINE_EVERY),
		setInterval(sweepStore, STORE_SWEEP_EVERY),
	];
	sweepStore();
	return () => { for (const timer of timers) clearInterval(timer); };
}

/** Sockets have two seconds to say goodbye (`closeTimeout`); then the server has no connection left, and closes. */
async function halt(running: Running): Promise<void> {
	const { server, hub, store, metrics } = running;
	running.cancelTimers();
	const closed = new Promise((resolve) => server.close(resolve));
	hub.dismissAll();
	server.closeAllConnections();
	await closed;
	metrics.close();
	store.close();
}

/** Monotonic, and comparable with what an earlier process wrote: milliseconds since 1970 as our start saw it. */
function now(): Ms {
	return performance.timeOrigin + performance.now();
}
