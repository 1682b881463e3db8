/** A million messages at a real tracker: whoever floods is cut off, everybody else notices nothing. */
import { expect, test } from 'vitest';
import { MIB } from '../../shared/base/units.ts';
import { peerIdFrom, shareIdFrom } from '../../shared/protocol/ids.ts';
import { Client } from '../../tracker/testkit/client.ts';
import { untilTestEnds } from '../bench/until-test-ends.ts';
import { ServerProcess } from '../server-process.ts';
import { flood, type Flooded } from './flooder.ts';

const MESSAGES = 1_000_000;
const PER_CONNECTION = 10_000;
/** Floods at once. */
const ABREAST = 8;
/** Those above 64 KiB come by fewer: the first of them ends the connection. */
const OVERSIZED = { connections: 50, count: 10 };
/** What the process may grow by, unswept garbage for the most part. To keep what a million messages say takes more. */
const MAX_GROWTH = 160 * MIB;

/** What a newcomer says in {@link meet}. */
const MESSAGES_OF_A_MEETING = 5;

const film = shareIdFrom(new Uint8Array(16).fill(9));
const peer = (k: number) => peerIdFrom(new Uint8Array(16).fill(k));
const hello = (id: string) => JSON.stringify({ type: 'hello', version: 1, peer: id });

/** What is sent, what it is answered with, how the connection ends (PROTOCOL.md §6). */
const KINDS = {
	valid: { message: '{"type":"ping"}', codes: ['too-fast'], closed: 4001 },
	'not greeted': { message: JSON.stringify({ type: 'join', share: film, wants: 8 }), codes: ['not-greeted', 'too-fast'], closed: 4001 },
	'unknown type': { message: '{"type":"reboot"}', codes: ['bad-message', 'too-fast'], closed: 4001 },
	malformed: { message: '{"type":', codes: ['bad-message', 'too-fast'], closed: 4001 },
	oversized: { message: 'x'.repeat(64 * 1024 + 1), codes: [], closed: 1009 },
} as const;
type Kind = keyof typeof KINDS;

interface Job { readonly kind: Kind; readonly count: number; readonly from: string }

/** Who sends what from where: an address each, since an address has a budget too. */
function jobs(): Job[] {
	const small = (['valid', 'not greeted', 'unknown type', 'malformed'] as const).flatMap((kind) => (
		Array.from({ length: MESSAGES / 4 / PER_CONNECTION }, () => ({ kind, count: PER_CONNECTION }))));
	const large = Array.from({ length: OVERSIZED.connections }, () => ({ kind: 'oversized' as const, count: OVERSIZED.count }));
	return [...small, ...large].map((job, k) => ({ ...job, from: `127.0.${2 + (k >> 7)}.${1 + (k & 127)}` }));
}

test('a million messages of all kinds are cut off, and others meet meanwhile', async () => {
	const { port, url } = await untilTestEnds(ServerProcess.start());
	const resident = residentBytes(url);
	const before = await resident();
	const first = await Client.to(port, { localAddress: '127.0.1.1' });
	await first.ask(hello(peer(1)));
	await first.ask({ type: 'join', share: film, wants: 8 });

	const outcomes: { readonly kind: Kind; readonly flooded: Flooded }[] = [];
	const waiting = jobs();
	const total = waiting.length;
	const sender = async () => {
		for (let job = waiting.shift(); job; job = waiting.shift()) {
			outcomes.push({ kind: job.kind, flooded: await flood(port, { ...job, message: KINDS[job.kind].message }) });
		}
	};
	const flooding = Promise.all(Array.from({ length: ABREAST }, sender));
	const meetings: number[] = [];
	const sizes: number[] = [];
	while (waiting.length > 0) {
		meetings.push(await meet(port, first, meetings.length));
		sizes.push(await resident());
	}
	await flooding;

	for (const { kind, flooded } of outcomes) {
		const { codes, closed } = KINDS[kind];
		expect(flooded, kind).toMatchObject({ codes, closed });
	}
	const sent = outcomes.reduce((sum, { flooded }) => sum + flooded.sent, 0);
	const heard = await messagesHeard(url) - meetings.length * MESSAGES_OF_A_MEETING;
	const largest = Math.max(...sizes);
	console.log(`  ${sent} messages over ${total} connections, ${heard} of them acted upon; resident ${mib(before)} MiB before, `
		+ `${mib(largest)} at most, ${mib(await resident())} after; ${meetings.length} newcomers met somebody meanwhile, `
		+ `the slowest in ${Math.max(...meetings).toFixed(0)} ms`);
	expect(sent).toBeGreaterThanOrEqual(MESSAGES);
	expect(heard).toBeLessThan(MESSAGES / 10);
	expect(meetings.length).toBeGreaterThan(0);
	expect(largest - before).toBeLessThan(MAX_GROWTH);
	expect(await first.ask({ type: 'find', share: film, wants: 0 })).toMatchObject({ online: 1 });
	first.socket.terminate();
});

/** A newcomer joins, finds the first one and signals him. How long that took, in milliseconds. */
async function meet(port: number, first: Client, number: number): Promise<number> {
	const began = performance.now();
	const newcomer = await Client.to(port, { localAddress: `127.0.1.${2 + (number % 250)}` });
	const id = peerIdFrom(Uint8Array.from({ length: 16 }, (_, k) => (k < 4 ? (number >> (8 * k)) & 255 : 2)));
	await newcomer.ask(hello(id));
	expect(await newcomer.ask({ type: 'join', share: film, wants: 8 })).toMatchObject({ online: 2, peers: [peer(1)] });
	newcomer.say({ type: 'signal', share: film, to: peer(1), signal: 'offer' });
	expect(await first.next()).toEqual({ type: 'signal', share: film, from: id, signal: 'offer' });
	newcomer.say({ type: 'leave', share: film });
	await newcomer.ask({ type: 'ping' });
	newcomer.socket.close();
	return performance.now() - began;
}

async function metrics(url: string): Promise<string> { return (await fetch(`${url}/metrics`)).text(); }

function residentBytes(url: string) {
	return async () => Number(/^streamlet_resident_memory_bytes (\d+)/m.exec(await metrics(url))?.[1]);
}

async function messagesHeard(url: string): Promise<number> {
	const counts = [...(await metrics(url)).matchAll(/messages_total\{type="[\w-]+"\} (\d+)/g)];
	return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

function mib(bytes: number): string { return (bytes / MIB).toFixed(0); }
