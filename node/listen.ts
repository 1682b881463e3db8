/** Finding a port, and telling where it can be reached. */
import type { AddressInfo, Server } from 'node:net';
import { networkInterfaces } from 'node:os';

/** A port that could not be had: the message is for the person at the terminal. */
export class ListenError extends Error {
	override readonly name = 'ListenError';
}

type Failure = NodeJS.ErrnoException;

/** Addresses of this machine that exist for virtual machines and tunnels; people on the LAN rarely reach them. */
const VIRTUAL = /^(docker|br-|veth|virbr|vbox|vmnet|vEthernet|tun|utun|tap|wg|tailscale|zt|cni|podman)/i;

/** Where to listen. `host` undefined: everywhere. `spares`: how many ports after `port` to try when it is taken. */
export interface ListenPlace {
	readonly host: string | undefined;
	readonly port: number;
	readonly spares: number;
	/** The environment variable that chooses the port. */
	readonly variable?: string;
}

/**
 * Listens on the first port that is free. Gives its number.
 *
 * @throws {@link ListenError} when none of those allowed is
 */
export async function listen(server: Server, place: ListenPlace): Promise<number> {
	const { host, spares, variable = 'PORT' } = place;
	const last = Math.min(65_535, place.port + (place.port === 0 ? 0 : spares));
	for (let port = place.port; port <= last; port++) {
		const failure = await tryListening(server, port, host);
		if (!failure) return (server.address() as AddressInfo).port;
		if (failure.code !== 'EADDRINUSE') throw new ListenError(explain(failure, port, place));
	}
	const range = last > place.port ? `The ports ${place.port} to ${last} are` : `Port ${place.port} is`;
	throw new ListenError(`${range} taken by another program. Choose a free one: ${variable}=8123 npm start`);
}

/** URLs of the page: on this machine, and for others on its networks, those that are likelier to work first. */
export interface Urls { readonly local: string | undefined; readonly lan: readonly string[] }

/** Where a server on `host` (undefined: everywhere) can be reached. */
export function urlsOf(host: string | undefined, port: number, interfaces: ReturnType<typeof networkInterfaces>): Urls {
	if (host !== undefined && host !== '0.0.0.0' && host !== '::') {
		const isLocal = /^(localhost|127\.|::1$)/.test(host);
		const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/`;
		return { local: isLocal ? url : undefined, lan: isLocal ? [] : [url] };
	}
	const lan = Object.entries(interfaces)
		.flatMap(([name, addresses]) => (addresses ?? []).map((entry) => ({ name, ...entry })))
		.filter(({ address, family, internal }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'))
		.toSorted((a, b) => Number(VIRTUAL.test(a.name)) - Number(VIRTUAL.test(b.name)));
	return { local: `http://localhost:${port}/`, lan: lan.map(({ address }) => `http://${address}:${port}/`) };
}

/** All interfaces are those of IPv6 and IPv4 together; where there is no IPv6, those of IPv4. */
async function tryListening(server: Server, port: number, host: string | undefined): Promise<Failure | undefined> {
	const failure = await attempt(server, port, host ?? '::');
	const hasNoIpv6 = failure?.code === 'EAFNOSUPPORT' || failure?.code === 'EADDRNOTAVAIL';
	return host === undefined && hasNoIpv6 ? attempt(server, port, '0.0.0.0') : failure;
}

function attempt(server: Server, port: number, host: string): Promise<Failure | undefined> {
	return new Promise((resolve) => {
		const done = (failure?: Failure) => {
			server.off('error', done).off('listening', onListening);
			resolve(failure);
		};
		const onListening = () => done();
		server.once('error', done).once('listening', onListening);
		server.listen(port, host);
	});
}

function explain({ code, message }: Failure, port: number, { host, variable = 'PORT' }: ListenPlace): string {
	if (code === 'EACCES') return `This user may not listen on port ${port}. Choose one from 1024 on: ${variable}=8123 npm start`;
	if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `HOST=${host ?? ''} is no address of this machine.`;
	return `Cannot listen on port ${port}: ${message}`;
}
