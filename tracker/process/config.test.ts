import { expect, test } from 'vitest';
import { configFrom, DEFAULTS } from './config.ts';

const problem = (env: Record<string, string>): string => {
	const outcome = configFrom(env);
	return 'problem' in outcome ? outcome.problem : 'none';
};

test('nothing set is the default, and empty is not set', () => {
	expect(configFrom({})).toEqual({ config: DEFAULTS });
	expect(configFrom({ PORT: '', HOST: '', ICE_SERVERS: '', TRUST_PROXY: '', HOME: '/root' })).toEqual({ config: DEFAULTS });
});

test('a port that is set has no spares', () => {
	expect(configFrom({ PORT: '8000' })).toMatchObject({ config: { port: 8000, spares: 0 } });
});

test('everything can be set', () => {
	const env = {
		PORT: '0', HOST: '::1', DATA_DIR: '/data', TRUST_PROXY: 'true', LOG_LEVEL: 'debug', MAX_CONNECTIONS: '9',
		MAX_CONNECTIONS_PER_ADDRESS: '3', BRIDGES: 'wss://b.example/ /bridge', ICE_SERVERS: '[{"urls":["stun:a","turn:b"],"username":"u","credential":"c"}]',
	};
	expect(configFrom(env)).toEqual({ config: {
		...DEFAULTS, port: 0, spares: 0, host: '::1', dataDir: '/data', proxyHops: 1, logLevel: 'debug', connections: 9,
		connectionsPerAddress: 3, bridges: ['wss://b.example/', '/bridge'], iceServers: [{ urls: ['stun:a', 'turn:b'], username: 'u', credential: 'c' }],
	} });
});

test.each([
	[{ PORT: 'http' }, 'PORT must be a whole number from 0 to 65535'],
	[{ PORT: '65536' }, 'PORT must be at most 65535'],
	[{ PORT: '-1' }, 'PORT must be a whole number'],
	[{ TRUST_PROXY: 'yes' }, 'TRUST_PROXY must be a whole number from 0 to 10'],
	[{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of fatal'],
	[{ ICE_SERVERS: 'stun:a' }, 'ICE_SERVERS must be JSON'],
	[{ ICE_SERVERS: '{}' }, 'ICE_SERVERS must be a list'],
	[{ ICE_SERVERS: '[{"urls":7}]' }, 'ICE_SERVERS'],
	[{ BRIDGES: 'http://b.example/' }, 'must be WebSocket URLs of bridges'],
	[{ BRIDGES: '/a /b /c /d /e' }, 'BRIDGES must be at most 4'],
	[{ PORT: 'x', LOG_LEVEL: 'y' }, '; LOG_LEVEL'],
])('%j is refused in words', (env, words) => {
	expect(problem(env as Record<string, string>)).toContain(words);
});
