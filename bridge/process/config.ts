/** What the environment says about how to run a bridge, checked once. */
import { join } from 'node:path';
import * as v from 'valibot';
import { MAX_PARK_HOURS } from '../../shared/protocol/parking.ts';
import { parseShareLink, type ShareLink } from '../../shared/protocol/share-link.ts';
import type { FacePlace } from '../places.ts';
import type { OlderPlaces, OlderReach } from '../older/older-systems.ts';

/** How to run a bridge. */
export interface BridgeConfig {
	/** Undefined: all interfaces. */
	readonly host: string | undefined;
	readonly http: FacePlace;
	readonly tcp: FacePlace;
	/** Where films are kept. */
	readonly directory: string;
	readonly quotaBytes: number;
	/** What of it is for parked copies, and for how many hours one is kept at most; 0: none is. */
	readonly parking: { readonly bytes: number; readonly maxHours: number };
	/** What may pass over lines between pages, all together; 0: there are none. */
	readonly relayBytesPerSecond: number;
	/** WebSocket URLs. */
	readonly trackers: readonly string[];
	/** Whether the older systems' programs may connect, and where; and bytes of films of theirs that are fetched. */
	readonly older: {
		readonly reach: OlderReach; readonly places: OlderPlaces; readonly offeredBytes: number;
	} | undefined;
	/** Whether it serves what stands in their public catalogues. */
	readonly servesListed: boolean;
	/** Where the HTTP face is for the outside, if that is not this host and its port. */
	readonly publicUrl: string | undefined;
	/** What it takes part in from the start. */
	readonly shares: readonly ShareLink[];
}

const GB = 1e9;
/** Bytes of a megabit. */
const MEGABIT = 125_000;

/** A bridge that nobody told anything: beside a tracker on the same machine. 20 GB are a dozen films. */
export const DEFAULTS: BridgeConfig = {
	host: undefined, http: { port: 8100, spares: 20 }, tcp: { port: 8200, spares: 20 }, directory: join('.data', 'bridge'), quotaBytes: 20 * GB,
	parking: { bytes: 10 * GB, maxHours: 168 }, relayBytesPerSecond: 100 * MEGABIT, older: undefined,
	trackers: ['ws://localhost:8000/ws'], servesListed: false, publicUrl: undefined, shares: [],
};

const port = v.pipe(
	v.string(), v.regex(/^\d{1,5}$/, 'must be a whole number from 0 to 65535'), v.transform(Number),
	v.maxValue(65_535, 'must be at most 65535'),
);
const gigabytes = v.pipe(
	v.string(), v.regex(/^\d{1,7}(\.\d{1,3})?$/, 'must be a number of gigabytes, such as 20 or 0.5'), v.transform(Number),
);
const hours = v.pipe(
	v.string(), v.regex(/^\d{1,5}$/, 'must be a whole number of hours, such as 168, or 0 for none'), v.transform(Number),
	v.maxValue(MAX_PARK_HOURS, `must be at most ${MAX_PARK_HOURS}`),
);
const megabits = v.pipe(
	v.string(), v.regex(/^\d{1,6}(\.\d{1,3})?$/, 'must be megabits a second, such as 100, or 0 for none'),
	v.transform((text) => Number(text) * MEGABIT),
);
const text = v.pipe(v.string(), v.maxLength(4096));
const webSocketUrls = v.pipe(
	text, v.transform(words),
	v.array(v.pipe(v.string(), v.regex(/^wss?:\/\/[^\s/]+/, 'must be WebSocket URLs, such as ws://localhost:8000/ws'))),
);

const environment = v.object({
	BRIDGE_PORT: v.optional(port),
	BRIDGE_TCP_PORT: v.optional(port),
	HOST: v.optional(text),
	DATA_DIR: v.optional(text),
	BRIDGE_QUOTA_GB: v.optional(gigabytes),
	BRIDGE_PARK_GB: v.optional(gigabytes),
	BRIDGE_PARK_HOURS: v.optional(hours),
	BRIDGE_RELAY_MBIT: v.optional(megabits),
	BRIDGE_URL: v.optional(v.pipe(
		text, v.regex(/^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/, 'must be an http or https URL, such as https://films.example.org'),
		v.maxLength(200, 'must have at most 200 letters'),
	)),
	BRIDGE_TRACKERS: v.optional(webSocketUrls),
	OLDER_SYSTEMS: v.optional(v.picklist(['local', 'lan'], 'must be local (this machine) or lan (its networks)')),
	OLDER_OFFERS_GB: v.optional(gigabytes),
	OLDER_TRANSFER_PORT: v.optional(port),
	OLDER_TRACKER_PORT: v.optional(port),
	OLDER_PEER_PORT: v.optional(port),
	BRIDGE_SHARES: v.optional(v.pipe(v.string(), v.maxLength(65_536))),
});

/** A configuration, or what is wrong with the environment, in words for the person who wrote it. */
export type ConfigOutcome = { readonly config: BridgeConfig } | { readonly problem: string };

/**
 * Reads the environment. A variable that is empty counts as not set; a port that is set has no spares.
 *
 * @param tracker - URL of the tracker that runs beside it, if one does
 */
export function configFrom(env: Readonly<Record<string, string | undefined>>, tracker?: string): ConfigOutcome {
	const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
	const parsed = v.safeParse(environment, given);
	if (!parsed.success) {
		return { problem: parsed.issues.map((issue) => `${issue.path?.[0].key as string} ${issue.message}`).join('; ') };
	}
	const set = parsed.output;
	const shares = sharesIn(set.BRIDGE_SHARES ?? '');
	if (typeof shares === 'string') return { problem: shares };
	const quotaBytes = set.BRIDGE_QUOTA_GB === undefined ? DEFAULTS.quotaBytes : set.BRIDGE_QUOTA_GB * GB;
	const parkBytes = set.BRIDGE_PARK_GB === undefined ? quotaBytes / 2 : set.BRIDGE_PARK_GB * GB;
	if (parkBytes > quotaBytes) return { problem: 'BRIDGE_PARK_GB must be at most BRIDGE_QUOTA_GB: it is a part of it' };
	return { config: {
		host: set.HOST,
		http: placeAt(set.BRIDGE_PORT, DEFAULTS.http),
		tcp: placeAt(set.BRIDGE_TCP_PORT, DEFAULTS.tcp),
		directory: set.DATA_DIR === undefined ? DEFAULTS.directory : join(set.DATA_DIR, 'bridge'),
		quotaBytes,
		parking: { bytes: parkBytes, maxHours: set.BRIDGE_PARK_HOURS ?? DEFAULTS.parking.maxHours },
		relayBytesPerSecond: set.BRIDGE_RELAY_MBIT ?? DEFAULTS.relayBytesPerSecond,
		trackers: set.BRIDGE_TRACKERS ?? (tracker === undefined ? DEFAULTS.trackers : [tracker]),
		servesListed: tracker !== undefined, // beside its own tracker; elsewhere whoever runs it says what it serves
		publicUrl: set.BRIDGE_URL,
		shares,
		older: olderIn(set),
	} };
}

function olderIn(set: v.InferOutput<typeof environment>): BridgeConfig['older'] {
	return set.OLDER_SYSTEMS && {
		reach: set.OLDER_SYSTEMS, offeredBytes: (set.OLDER_OFFERS_GB ?? 10) * GB,
		places: {
			transfer: placeAt(set.OLDER_TRANSFER_PORT, { port: 5000, spares: 0 }),
			tracker: placeAt(set.OLDER_TRACKER_PORT, { port: 6000, spares: 0 }),
			peer: placeAt(set.OLDER_PEER_PORT, { port: 5001, spares: 20 }),
		},
	};
}

/** A port that somebody chose has no spares. */
function placeAt(chosen: number | undefined, usual: FacePlace): FacePlace {
	return chosen === undefined ? usual : { port: chosen, spares: 0 };
}

/** Never says the link itself: it is a key. */
function sharesIn(list: string): readonly ShareLink[] | string {
	const parsed = words(list).map((url) => parseShareLink(url));
	const bad = parsed.findIndex((link) => !link.ok);
	if (bad >= 0) return `BRIDGE_SHARES must be share links with spaces between; number ${bad + 1} is none, or cut short`;
	return parsed.flatMap((link) => (link.ok ? [link.value] : []));
}

function words(list: string): string[] { return list.split(/\s+/).filter((word) => word !== ''); }
