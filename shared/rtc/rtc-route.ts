/** How the packets of a connection travel, for people: read from the browser's statistics. */
import type { StatsReport } from './data-peer.ts';

/** `lan`: within one network. `direct`: across the internet, nobody between. `relay`: through a TURN server. */
export type Route = 'lan' | 'direct' | 'relay';

/** The path in use. `rttMs` is the browser's latest measurement. */
export interface RtcPath { readonly route: Route; readonly rttMs: number | undefined }

/** The path that the statistics call selected; undefined before there is one. */
export function pathFromStats(reports: readonly StatsReport[]): RtcPath | undefined {
	const pair = selectedPair(reports);
	if (!pair) return undefined;
	const local = reports.find((report) => report['id'] === pair['localCandidateId']);
	const remote = reports.find((report) => report['id'] === pair['remoteCandidateId']);
	const seconds = pair['currentRoundTripTime'];
	return { route: routeOf(local ?? {}, remote ?? {}), rttMs: typeof seconds === 'number' ? seconds * 1000 : undefined };
}

/** Newer browsers name the pair in the transport's report, Firefox marks the pair itself. */
function selectedPair(reports: readonly StatsReport[]): StatsReport | undefined {
	const transport = reports.find((report) => report['type'] === 'transport');
	const id = transport?.['selectedCandidatePairId'];
	if (id !== undefined) return reports.find((report) => report['id'] === id);
	return reports.find((report) => report['type'] === 'candidate-pair' && report['selected'] === true);
}

/**
 * Our candidate is `host` only if the other side saw the address we have: no translator on our side. Then a remote
 * `host` or `prflx` (an mDNS name not looked up yet) is in our network, unless its address is known and public.
 */
function routeOf(local: StatsReport, remote: StatsReport): Route {
	const types = [local['candidateType'], remote['candidateType']];
	if (types.includes('relay')) return 'relay';
	const address = remote['address'] ?? remote['ip'];
	const isOurs = types[0] === 'host' && address === (local['address'] ?? local['ip']); // both on one machine
	if (typeof address === 'string' && address !== '') return isOurs || isPrivate(address) ? 'lan' : 'direct';
	return types[0] === 'host' && types[1] !== 'srflx' ? 'lan' : 'direct';
}

/** Loopback, link-local and private ranges of IPv4 (RFC 1918, 3927) and IPv6 (RFC 4193, 4291), and mDNS names. */
function isPrivate(address: string): boolean {
	return /^(10|127|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\.|^(::1$|f[cd]|fe[89ab])|\.local$/i.test(address);
}
