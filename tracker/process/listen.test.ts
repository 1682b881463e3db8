import { createServer, type Server } from 'node:http';
import { renderUnicodeCompact } from 'uqr';
import { afterEach, expect, test } from 'vitest';
import { listen, urlsOf } from './listen.ts';
import { bannerFor } from './log.ts';

const servers: Server[] = [];
afterEach(() => { for (const server of servers.splice(0)) server.close(); });
function server(): Server {
	const made = createServer();
	servers.push(made);
	return made;
}

test('a port that is taken is left to its owner, and the next one is taken', async () => {
	const taken = await listen(server(), { host: undefined, port: 0, spares: 0 });
	const next = await listen(server(), { host: undefined, port: taken, spares: 20 });
	expect(next).toBeGreaterThan(taken);
	expect(next).toBeLessThanOrEqual(taken + 20);
});

test('a port that was asked for by name is not replaced', async () => {
	const taken = await listen(server(), { host: undefined, port: 0, spares: 0 });
	await expect(listen(server(), { host: undefined, port: taken, spares: 0 })).rejects
		.toThrow(`Port ${taken} is taken by another program. Choose a free one`);
});

test('an address of another machine is named', async () => {
	await expect(listen(server(), { host: '192.0.2.1', port: 0, spares: 0 })).rejects.toThrow('HOST=192.0.2.1 is no address');
});

const ipv4 = (address: string, internal = false) =>
	({ address, internal, family: 'IPv4' as const, netmask: '', mac: '', cidr: null });
const ipv6 = { address: 'fe80::1', internal: false, family: 'IPv6' as const, netmask: '', mac: '', cidr: null, scopeid: 1 };

test('every address of the network is told, those of virtual machines last', () => {
	const interfaces = {
		lo: [ipv4('127.0.0.1', true)], docker0: [ipv4('172.17.0.1')], eth0: [ipv6, ipv4('192.168.1.5')], wlan0: [ipv4('169.254.1.1')],
	};
	expect(urlsOf(undefined, 8000, interfaces)).toEqual({
		local: 'http://localhost:8000/', lan: ['http://192.168.1.5:8000/', 'http://172.17.0.1:8000/'],
	});
	expect(urlsOf('0.0.0.0', 8000, {})).toEqual({ local: 'http://localhost:8000/', lan: [] });
	expect(urlsOf('127.0.0.1', 80, interfaces)).toEqual({ local: 'http://127.0.0.1:80/', lan: [] });
	expect(urlsOf('::1', 80, interfaces)).toEqual({ local: 'http://[::1]:80/', lan: [] });
	expect(urlsOf('192.168.1.5', 80, interfaces)).toEqual({ local: undefined, lan: ['http://192.168.1.5:80/'] });
});

const code = (url: string) => renderUnicodeCompact(url, { border: 2 }).split('\n').map((line) => `  ${line}`).join('\n');

test('the greeting names every URL, draws those of the network and warns of plain http', () => {
	const lan = ['http://192.168.1.5:8000/', 'http://172.17.0.1:8000/'];
	const banner = bannerFor({ local: 'http://localhost:8000/', lan });
	for (const url of lan) expect(banner).toContain(code(url));
	expect(banner).not.toContain(code('http://localhost:8000/'));
	for (const url of ['http://localhost:8000/', 'http://192.168.1.5:8000/', 'http://172.17.0.1:8000/']) expect(banner).toContain(url);
	expect(banner).toMatch(/[▀▄█]{3}/);
	expect(banner).toContain('not encrypted');
	expect(bannerFor({ local: 'http://localhost:8000/', lan: [] })).not.toMatch(/[▀▄█]|encrypted/);
});

test('of many addresses of the network three are drawn, and that is said', () => {
	const lan = [1, 2, 3, 4].map((k) => `http://192.168.1.${k}:8000/`);
	const banner = bannerFor({ local: undefined, lan });
	expect(lan.map((url) => banner.includes(code(url)))).toEqual([true, true, true, false]);
	expect(banner).toContain(lan[3]);
	expect(banner).toContain('The first 3 addresses');
	expect(bannerFor({ local: undefined, lan: lan.slice(1) })).not.toContain('The first');
});
