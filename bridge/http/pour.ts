/**
 * Sends bytes of a film as they arrive. What is sent next is a playhead to the engine: the pieces ahead are due when
 * somebody who watches at the film's own speed would need them. A client that leaves takes its wishes along.
 */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { PendingRead } from '../../shared/ports/media-reader.ts';
import type { Film } from '../film.ts';
import type { ByteRange } from './byte-range.ts';

/** Bytes read at once: small enough that the first of them are soon here. */
const PIECE_BYTES = 256 * 1024;

/** Pieces asked for ahead of the one being sent: some seconds of most films, in memory at worst. */
const PIECES_AHEAD = 8;

/** The speed of a film of unknown length: ten seconds of 4 Mbit/s in ten seconds. */
const USUAL_BYTES_PER_MS = 500;

/** Sends `range` to `out` and ends it; destroys it when the film cannot be had. Settles when there is no more to do. */
export async function pour(film: Film, range: ByteRange, out: Writable): Promise<void> {
	const isGone = (): boolean => out.destroyed;
	if (isGone()) return;
	const ahead: PendingRead[] = [];
	const pace = paceOf(film);
	const closed = once(out, 'close').catch(() => undefined).then(() => { for (const read of ahead) read.cancel(); });
	let next = range.from;
	while (!isGone() && (ahead.length > 0 || next < range.to)) {
		while (ahead.length < PIECES_AHEAD && next < range.to) {
			const end = Math.min(range.to, next + PIECE_BYTES);
			ahead.push(film.reader.read(next, end - next, (ahead.length * PIECE_BYTES) / pace));
			next = end;
		}
		const [head] = ahead;
		head?.due(0);
		const got = await head?.bytes;
		ahead.shift();
		if (!got?.ok) {
			out.destroy();
			break;
		}
		if (!out.write(got.value)) await Promise.race([once(out, 'drain').catch(() => undefined), closed]);
	}
	out.end();
	await closed;
}

function paceOf({ durationSec, reader }: Film): number {
	return durationSec === undefined || durationSec < 1 ? USUAL_BYTES_PER_MS : reader.size / (durationSec * 1000);
}
