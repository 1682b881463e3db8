/** Listening to programs that send one message and wait: what comes, until it is whole or too much. */
import type { Socket } from 'node:net';
import { SECOND, type Ms } from '../../shared/base/units.ts';

/** Whoever says nothing for so long is gone, or never meant to. */
const WITHIN: Ms = 20 * SECOND;

/** How long a message may be, and when it is whole. */
export interface Wanted { readonly mostBytes: number; readonly isWhole: (bytes: Buffer) => boolean }

/** What the other side says; undefined when it ends, stays silent or says too much. The socket is paused after it. */
export function hear(socket: Socket, { mostBytes, isWhole }: Wanted): Promise<Buffer | undefined> {
	return new Promise((resolve) => {
		let bytes = Buffer.alloc(0);
		const settle = (outcome: Buffer | undefined) => {
			clearTimeout(timer);
			socket.off('data', take).off('close', end).off('end', end).pause();
			resolve(outcome);
		};
		const end = () => settle(undefined);
		const take = (piece: Buffer) => {
			bytes = Buffer.concat([bytes, piece]);
			if (bytes.length > mostBytes) settle(undefined);
			else if (isWhole(bytes)) settle(bytes);
		};
		const timer = setTimeout(end, WITHIN);
		socket.on('data', take).on('close', end).on('end', end);
		socket.resume();
	});
}

/** A JSON object, which these programs send in one piece and read in one. */
export async function hearObject(socket: Socket): Promise<Readonly<Record<string, unknown>> | undefined> {
	const bytes = await hear(socket, { mostBytes: ONE_READ_BYTES, isWhole: (all) => objectIn(all) !== undefined });
	return bytes && objectIn(bytes);
}

/** They read an answer by one call for so many bytes: what is longer is cut, and no JSON any more. */
export const ONE_READ_BYTES = 4096;

/** An answer with as many of `items` as one read takes. */
export function fitting<T>(items: readonly T[], answer: (items: readonly T[]) => object): string {
	for (let count = items.length; ; count--) {
		const text = JSON.stringify(answer(items.slice(0, count)));
		if (count === 0 || Buffer.byteLength(text) <= ONE_READ_BYTES) return text;
	}
}

function objectIn(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
	try {
		const value: unknown = JSON.parse(bytes.toString('utf8'));
		return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
	} catch {
		return undefined; // not all of it yet, or none at all
	}
}
