/** Who asks, as far as HTTP tells: the address limits count by, and whether a page is one of ours. */
import type { IncomingHttpHeaders } from 'node:http';
import { addressGroup } from '../../node/address-group.ts';

/** Where a request's page came from. `none`: no browser, or one that does not say. */
export type Origin = 'own' | 'foreign' | 'none';

/** What of a request matters here. */
export interface RequestHead {
	readonly headers: IncomingHttpHeaders;
	readonly socket: { readonly remoteAddress?: string | undefined };
}

/**
 * The address that limits count by: an IPv4 address, or the /64 of an IPv6 one, which one household has to itself.
 *
 * @param proxyHops - how many proxies of ours stand in front; what they wrote is believed, the rest anybody can claim
 */
export function addressOf(request: RequestHead, proxyHops: number): string {
	const claimed = listOf(request.headers['x-forwarded-for']);
	const hops = Math.min(proxyHops, claimed.length);
	const address = hops > 0 ? claimed.at(-hops) : request.socket.remoteAddress;
	return addressGroup(address);
}

/** Whether a browser reached us over TLS, as far as the proxy in front tells. */
export function isEncrypted(request: RequestHead, proxyHops: number): boolean {
	return proxyHops > 0 && listOf(request.headers['x-forwarded-proto']).at(-1) === 'https';
}

/** The host a browser believes to talk to. */
export function hostOf(request: RequestHead, proxyHops: number): string | undefined {
	const forwarded = proxyHops > 0 ? listOf(request.headers['x-forwarded-host']).at(-1) : undefined;
	return (forwarded ?? request.headers.host)?.toLowerCase();
}

/**
 * Whose page asks. Pages of foreign origins are welcome as guests: a link may name further trackers. `null`, the origin
 * of files and sandboxes, is foreign.
 */
export function originOf(request: RequestHead, proxyHops: number): Origin {
	const { origin } = request.headers;
	if (origin === undefined) return 'none';
	const own = hostOf(request, proxyHops);
	return own !== undefined && hostIn(origin) === own ? 'own' : 'foreign';
}

function hostIn(origin: string): string | undefined {
	return /^https?:\/\/([^/\s]+)$/.exec(origin.toLowerCase())?.[1];
}

function listOf(header: string | readonly string[] | undefined): string[] {
	const whole = typeof header === 'string' ? header : (header?.join(',') ?? '');
	return whole.split(',').map((part) => part.trim()).filter((part) => part !== '');
}
