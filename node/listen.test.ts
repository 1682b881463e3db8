import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { listen, urlsOf } from './listen.ts';

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
