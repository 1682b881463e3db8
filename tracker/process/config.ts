/** What the environment says about how to run, checked once. */
import * as v from 'valibot';
import { bridgeAddress, iceServer, MAX_BRIDGES, type IceServer } from '../../shared/protocol/tracker-message.ts';

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** How to run a tracker. */
export interface TrackerConfig {
	/** Undefined: all interfaces. */
	readonly host: string | undefined;
	/** 0: any free one. */
	readonly port: number;
	/** How many ports after `port` to try when it is taken. */
	readonly spares: number;
	/** Where the database lies; undefined: in memory. */
	readonly dataDir: string | undefined;
	/** The built page; undefined: none is served. */
	readonly webDir: string | undefined;
	readonly iceServers: readonly IceServer[];
	/** WebSocket URLs of bridges, and paths at our own address, that pages are told of. */
	readonly bridges: readonly string[];
	/** Proxies of ours that stand in front and tell the client's address. */
	readonly proxyHops: number;
	readonly logLevel: (typeof LEVELS)[number];
	readonly connections: number;
	readonly connectionsPerAddress: number;
}

/** A tracker that nobody told anything. 8000 is in DESIGN §10; the rest of the figures are for one small machine. */
export const DEFAULTS: TrackerConfig = {
	host: undefined, port: 8000, spares: 20, dataDir: '.data', webDir: undefined, iceServers: [], bridges: [], proxyHops: 0,
	logLevel: 'info', connections: 20_000, connectionsPerAddress: 256,
};

const whole = (min: number, max: number) => v.pipe(
	v.string(), v.regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`), v.transform(Number),
	v.minValue(min, `must be at least ${min}`), v.maxValue(max, `must be at most ${max}`),
);
const hops = v.pipe(
	v.string(), v.transform((text) => ({ true: '1', false: '0' })[text] ?? text), whole(0, 10),
);
const json = v.rawTransform<string, unknown>(({ dataset, addIssue, NEVER }) => {
	try {
		return JSON.parse(dataset.value);
	} catch {
		addIssue({ message: 'must be JSON, such as [{"urls":"stun:stun.example.org"}]' });
		return NEVER;
	}
});
const iceServers = v.pipe(v.string(), json, v.pipe(v.array(iceServer, 'must be a list of ICE servers'), v.maxLength(16)));
const text = v.pipe(v.string(), v.maxLength(4096));

const bridges = v.pipe(
	text, v.transform((list) => list.split(/\s+/).filter((word) => word !== '')),
	v.array(v.config(bridgeAddress, { message: 'must be WebSocket URLs of bridges, such as wss://bridge.example.org/' })),
	v.maxLength(MAX_BRIDGES, `must be at most ${MAX_BRIDGES}`),
);

const environment = v.object({
	PORT: v.optional(whole(0, 65_535)),
	HOST: v.optional(text),
	DATA_DIR: v.optional(text),
	ICE_SERVERS: v.optional(iceServers),
	BRIDGES: v.optional(bridges),
	TRUST_PROXY: v.optional(hops),
	LOG_LEVEL: v.optional(v.picklist(LEVELS, `must be one of ${LEVELS.join(', ')}`)),
	MAX_CONNECTIONS: v.optional(whole(1, 1_000_000)),
	MAX_CONNECTIONS_PER_ADDRESS: v.optional(whole(1, 1_000_000)),
});

/** A configuration, or what is wrong with the environment, in words for the person who wrote it. */
export type ConfigOutcome = { readonly config: TrackerConfig } | { readonly problem: string };

/** Reads the environment. A variable that is empty counts as not set; a port that is set has no spares. */
export function configFrom(env: Readonly<Record<string, string | undefined>>): ConfigOutcome {
	const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
	const parsed = v.safeParse(environment, given);
	if (!parsed.success) {
		const issues = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? 'environment'} ${issue.message}`);
		return { problem: issues.join('; ') };
	}
	const set = parsed.output;
	return { config: {
		...DEFAULTS,
		host: set.HOST,
		port: set.PORT ?? DEFAULTS.port,
		spares: set.PORT === undefined ? DEFAULTS.spares : 0,
		dataDir: set.DATA_DIR ?? DEFAULTS.dataDir,
		iceServers: set.ICE_SERVERS ?? DEFAULTS.iceServers,
		bridges: set.BRIDGES ?? DEFAULTS.bridges,
		proxyHops: set.TRUST_PROXY ?? DEFAULTS.proxyHops,
		logLevel: set.LOG_LEVEL ?? DEFAULTS.logLevel,
		connections: set.MAX_CONNECTIONS ?? DEFAULTS.connections,
		connectionsPerAddress: set.MAX_CONNECTIONS_PER_ADDRESS ?? DEFAULTS.connectionsPerAddress,
	} };
}
