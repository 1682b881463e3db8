import { describe, expect, test } from 'vitest';
import { SECOND } from '../../shared/base/units.ts';
import { ManualClock } from '../../shared/testkit/manual-clock.ts';
import { ONE_READ_BYTES } from './hear.ts';
import { OlderRegistry } from './registry.ts';

const us = { peer_id: 'streamlet', host: '192.168.1.2', port: 5001 };
const register = (peer_id: string, port = 5000) => ({ type: 'REGISTER', peer_id, host: 'localhost', port });

function bed() {
	const clock = new ManualClock();
	const registry = new OlderRegistry(clock);
	const ask = (request: Readonly<Record<string, unknown>>, address = '192.168.1.7', ourVideos = ['aa']) =>
		JSON.parse(registry.answer(request, { address, us, ourVideos })) as Record<string, unknown>;
	return { clock, registry, ask };
}

describe('a peer', () => {
	test('is told to others from when it registers until it unregisters, and we are always there', () => {
		const { ask } = bed();
		expect(ask(register('Ada'))).toMatchObject({ status: 'success', peer_count: 2 });
		expect(ask({ type: 'GET_PEERS' })).toEqual({
			status: 'success', peers: [us, { peer_id: 'Ada', host: 'localhost', port: 5000 }], count: 2,
		});
		expect(ask({ type: 'UNREGISTER', peer_id: 'Ada' })).toMatchObject({ status: 'success' });
		expect(ask({ type: 'GET_PEERS' })).toMatchObject({ count: 1 });
	});

	test('is forgotten after five minutes without a sign of life, with what it announced', () => {
		const { clock, ask } = bed();
		for (const name of ['Ada', 'Bob']) ask(register(name));
		ask({ type: 'ANNOUNCE_VIDEO', peer_id: 'Ada', video_id: 'bb' });
		clock.pass(200 * SECOND);
		expect(ask({ type: 'HEARTBEAT', peer_id: 'Bob' })).toEqual({ status: 'success' });
		clock.pass(101 * SECOND);
		expect(ask({ type: 'GET_PEERS' })).toMatchObject({ count: 2 });
		expect(ask({ type: 'FIND_VIDEO', video_id: 'bb' })).toMatchObject({ peers: [], count: 0 });
		expect(ask({ type: 'HEARTBEAT', peer_id: 'Ada' })).toMatchObject({ status: 'error' });
	});

	test('is spoken for only from where it registered', () => {
		const { registry, ask } = bed();
		ask(register('Ada'));
		expect(ask(register('Ada', 6), '10.0.0.9')).toMatchObject({ status: 'error' });
		expect(ask({ type: 'ANNOUNCE_VIDEO', peer_id: 'Ada', video_id: 'bb' }, '10.0.0.9')).toMatchObject({ status: 'error' });
		ask({ type: 'UNREGISTER', peer_id: 'Ada' }, '10.0.0.9');
		expect(ask({ type: 'GET_PEERS' })).toMatchObject({ count: 2 });
		ask({ type: 'ANNOUNCE_VIDEO', peer_id: 'Ada', video_id: 'bb' });
		expect(registry.offers()).toEqual([{ peer_id: 'Ada', host: '192.168.1.7', port: 5000, videoId: 'bb' }]);
	});

	test.each([
		{ peer_id: '' }, { peer_id: 'x'.repeat(65) }, { peer_id: 'a\nb' }, { peer_id: 5 }, { peer_id: 'streamlet' },
		{ host: '' }, { host: undefined }, { port: 0 }, { port: 65_536 }, { port: '5000' }, { port: 1.5 },
	])('of which %j is said is not taken', (wrong) => {
		const { ask } = bed();
		expect(ask({ ...register('Ada'), ...wrong })).toMatchObject({ status: 'error' });
		expect(ask({ type: 'GET_PEERS' })).toMatchObject({ count: 1 });
	});

	test('is one of sixteen at an address, and of 256 in all', () => {
		const { ask } = bed();
		const taken = Array.from({ length: 300 }, (_, k) => ask(register(`peer ${k}`), `10.0.0.${k >> 4}`).status);
		expect(taken.filter((status) => status === 'success').length).toBe(256);
		expect(ask(register('one more'), '10.0.0.1')).toMatchObject({ status: 'error' });
	});
});

describe('films', () => {
	test('are ours and those that others announce, with who has them', () => {
		const { ask } = bed();
		ask(register('Ada'));
		for (const video_id of ['aa', 'bb']) ask({ type: 'ANNOUNCE_VIDEO', peer_id: 'Ada', video_id });
		const ada = { peer_id: 'Ada', host: 'localhost', port: 5000 };
		expect(ask({ type: 'GET_ALL_VIDEOS' })).toEqual({ status: 'success', videos: { aa: [us, ada], bb: [ada] }, count: 2 });
		expect(ask({ type: 'FIND_VIDEO', video_id: 'aa' })).toEqual({ status: 'success', peers: [us, ada], count: 2 });
	});

	test('are as many as one read takes', () => {
		const { registry } = bed();
		const ourVideos = Array.from({ length: 500 }, (_, k) => `video ${k}`);
		const answer = registry.answer({ type: 'GET_ALL_VIDEOS' }, { address: '10.0.0.1', us, ourVideos });
		expect(Buffer.byteLength(answer)).toBeLessThanOrEqual(ONE_READ_BYTES);
		expect((JSON.parse(answer) as { count: number }).count).toBeGreaterThan(20);
	});
});

test('what is not understood is said', () => {
	const { ask } = bed();
	for (const type of [undefined, 'SHUTDOWN', 7]) expect(ask({ type })).toMatchObject({ status: 'error' });
	expect(ask({ type: 'ANNOUNCE_VIDEO', peer_id: 'nobody', video_id: 'x' })).toMatchObject({ status: 'error' });
});
