import { expect, test } from 'vitest';
import { pathFromStats } from './rtc-route.ts';

const path = (local: object, remote: object) => pathFromStats([
	{ id: 'T', type: 'transport', selectedCandidatePairId: 'P' },
	{ id: 'other', type: 'candidate-pair', localCandidateId: 'R', remoteCandidateId: 'L', currentRoundTripTime: 9 },
	{ id: 'P', type: 'candidate-pair', localCandidateId: 'L', remoteCandidateId: 'R', currentRoundTripTime: 0.025 },
	{ id: 'L', type: 'local-candidate', ...local },
	{ id: 'R', type: 'remote-candidate', ...remote },
]);
const host = { candidateType: 'host' };

test.each([
	['lan', host, host],
	['lan', host, { candidateType: 'host', address: '192.168.1.7' }],
	['lan', host, { candidateType: 'host', address: 'fd12::1' }],
	['lan', host, { candidateType: 'host', address: '3f2c.local' }],
	['lan', host, { candidateType: 'prflx', address: '' }],
	['lan', { candidateType: 'prflx' }, { candidateType: 'prflx', address: '10.1.2.3' }],
	['lan', { ...host, address: '203.0.113.9' }, { candidateType: 'host', address: '203.0.113.9' }],
	['lan', { ...host, ip: '203.0.113.9' }, { candidateType: 'prflx', ip: '203.0.113.9' }],
	['direct', { candidateType: 'srflx', address: '203.0.113.9' }, { candidateType: 'srflx', address: '203.0.113.9' }],
	['direct', host, { candidateType: 'srflx' }],
	['direct', host, { candidateType: 'prflx', address: '203.0.113.9' }],
	['direct', host, { candidateType: 'host', address: '172.32.0.1' }],
	['direct', { candidateType: 'srflx' }, { candidateType: 'srflx', address: '203.0.113.9' }],
	['relay', { candidateType: 'relay' }, host],
	['relay', host, { candidateType: 'relay', address: '10.0.0.1' }],
])('%s: %o to %o', (route, local, remote) => {
	expect(path(local, remote)).toEqual({ route, rttMs: 25 });
});

test('a browser that marks the pair itself is understood', () => {
	expect(pathFromStats([
		{ id: 'P', type: 'candidate-pair', selected: true, localCandidateId: 'L', remoteCandidateId: 'R' },
		{ id: 'L', ...host }, { id: 'R', ...host },
	])).toEqual({ route: 'lan', rttMs: undefined });
});

test('without a pair there is no path', () => {
	expect(pathFromStats([])).toBe(undefined);
	expect(pathFromStats([{ id: 'T', type: 'transport' }])).toBe(undefined);
});
