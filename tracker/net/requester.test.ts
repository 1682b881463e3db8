import type { IncomingHttpHeaders } from 'node:http';
import { expect, test } from 'vitest';
import { isLocalhost } from './headers.ts';
import { addressOf, hostOf, isEncrypted, originOf } from './requester.ts';

const request = (headers: IncomingHttpHeaders, remoteAddress = '10.0.0.1') => ({ headers, socket: { remoteAddress } });

test.each([
	['192.0.2.7', '192.0.2.7'],
	['::ffff:192.0.2.7', '192.0.2.7'],
	['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
	['2001:db8:1:2:ffff::9', '2001:db8:1:2::/64'],
	['2001:db8::9', '2001:db8:0:0::/64'],
	['::1', '0:0:0:0::/64'],
	['fe80::1%eth0', 'fe80:0:0:0::/64'],
	['2001:DB8:0001:2::', '2001:db8:1:2::/64'],
	['nonsense', 'nonsense'],
])('limits count %s as %s', (address, group) => {
	expect(addressOf(request({}, address), 0)).toBe(group);
});

test('only what our own proxies wrote is believed', () => {
	const headers = { 'x-forwarded-for': 'spoofed, 192.0.2.1, 192.0.2.2' };
	expect([0, 1, 2].map((hops) => addressOf(request(headers), hops))).toEqual(['10.0.0.1', '192.0.2.2', '192.0.2.1']);
	expect(addressOf(request({}), 1)).toBe('10.0.0.1');
	expect(addressOf(request({ 'x-forwarded-for': ',' }), 1)).toBe('10.0.0.1');
	expect(addressOf(request({ 'x-forwarded-for': 'x'.repeat(10_000) }), 1).length).toBe(64);
});

test('a page is our own when its origin is the host it asks', () => {
	const origins = {
		'http://films.example': 'own', 'https://films.example': 'own', 'http://FILMS.example': 'own',
		'http://films.example:81': 'foreign', 'http://films.example.evil.test': 'foreign', 'null': 'foreign', '': 'foreign',
		'http://films.example/': 'foreign', 'ftp://films.example': 'foreign',
	};
	for (const [origin, kind] of Object.entries(origins)) {
		expect([origin, originOf(request({ host: 'films.example', origin }), 0)]).toEqual([origin, kind]);
	}
	expect(originOf(request({ host: 'films.example' }), 0)).toBe('none');
	expect(originOf(request({ origin: 'http://films.example' }), 0)).toBe('foreign');
});

test('a proxy tells the host and the scheme, if it is ours', () => {
	const headers = { host: 'inside:8000', 'x-forwarded-host': 'Films.example', 'x-forwarded-proto': 'https' };
	expect([0, 1].map((hops) => [hostOf(request(headers), hops), isEncrypted(request(headers), hops)]))
		.toEqual([['inside:8000', false], ['films.example', true]]);
});

test('localhost is what browsers take for it', () => {
	const hosts = ['localhost', 'localhost:8000', 'app.localhost', '127.0.0.1:80', '127.1.2.3', '[::1]:8000'];
	const others = ['localhost.evil.test', '192.168.1.2', '127.0.0.1.evil.test', 'evil.test#localhost', undefined];
	expect(hosts.filter(isLocalhost)).toEqual(hosts);
	expect(others.filter(isLocalhost)).toEqual([]);
});
