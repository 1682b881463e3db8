import { expect, test } from 'vitest';
import { configFrom, DEFAULTS } from './config.ts';

const LINK = 'http://localhost:8000/w/AAAAAAAAAAAAAAAAAAAAAA#AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

test('an empty environment gives the defaults, and the tracker that runs beside', () => {
	expect(configFrom({})).toEqual({ config: DEFAULTS });
	expect(configFrom({ BRIDGE_PORT: '', PORT: '1' }, 'ws://a/ws')).toEqual({
		config: { ...DEFAULTS, trackers: ['ws://a/ws'], servesListed: true },
	});
});

test('everything can be set', () => {
	const env = {
		BRIDGE_PORT: '0', BRIDGE_TCP_PORT: '8300', HOST: '127.0.0.1', DATA_DIR: '/data', BRIDGE_QUOTA_GB: '0.5', BRIDGE_RELAY_MBIT: '8', BRIDGE_PARK_HOURS: '24', BRIDGE_TRACKERS: 'ws://a/ws wss://b/ws',
		BRIDGE_SHARES: ` ${LINK}\n${LINK}&t=5 `,
	};
	const outcome = configFrom(env, 'ws://beside/ws');
	expect(outcome).toMatchObject({ config: {
		http: { port: 0, spares: 0 }, tcp: { port: 8300, spares: 0 }, host: '127.0.0.1', directory: '/data/bridge', quotaBytes: 500_000_000, relayBytesPerSecond: 1_000_000, parking: { bytes: 250_000_000, maxHours: 24 }, trackers: ['ws://a/ws', 'wss://b/ws'],
		shares: [{ id: 'AAAAAAAAAAAAAAAAAAAAAA' }, { startSec: 5 }],
	} });
});

test('older systems are let in on their own ports when somebody says so', () => {
	expect(configFrom({ OLDER_PEER_PORT: '7' })).toEqual({ config: DEFAULTS });
	expect(configFrom({ OLDER_SYSTEMS: 'lan', OLDER_TRACKER_PORT: '6001' })).toMatchObject({ config: { older: {
		reach: 'lan', offeredBytes: 10e9, places: { transfer: { port: 5000, spares: 0 }, tracker: { port: 6001, spares: 0 }, peer: { port: 5001, spares: 20 } },
	} } });
});

test('films that their peers offer are fetched up to a quota, or not at all', () => {
	expect(configFrom({ OLDER_SYSTEMS: 'local', OLDER_OFFERS_GB: '0' })).toMatchObject({ config: { older: { offeredBytes: 0 } } });
});

test.each([
	[{ OLDER_OFFERS_GB: 'all' }, 'OLDER_OFFERS_GB must be a number of gigabytes'],
	[{ OLDER_SYSTEMS: 'yes' }, 'OLDER_SYSTEMS must be local'],
	[{ BRIDGE_PORT: 'http' }, 'BRIDGE_PORT must be a whole number'],
	[{ BRIDGE_PORT: '70000' }, 'BRIDGE_PORT must be at most 65535'],
	[{ BRIDGE_QUOTA_GB: '-1' }, 'BRIDGE_QUOTA_GB must be a number of gigabytes'],
	[{ BRIDGE_PARK_HOURS: '1.5' }, 'BRIDGE_PARK_HOURS must be a whole number of hours'],
	[{ BRIDGE_PARK_GB: '21' }, 'BRIDGE_PARK_GB must be at most BRIDGE_QUOTA_GB'],
	[{ BRIDGE_RELAY_MBIT: 'fast' }, 'BRIDGE_RELAY_MBIT must be megabits a second'],
	[{ BRIDGE_TRACKERS: 'http://a/' }, 'BRIDGE_TRACKERS must be WebSocket URLs'],
	[{ BRIDGE_SHARES: `${LINK} ${LINK.slice(0, -1)}` }, 'BRIDGE_SHARES must be share links with spaces between; number 2 is none'],
])('%o is a problem in words, which say no key', (env, words) => {
	const outcome = configFrom(env);
	expect('problem' in outcome && outcome.problem).toContain(words);
	expect(JSON.stringify(outcome)).not.toContain('AAAAAAA');
});
