/** Frames that a peer may meet and should not: well-formed ones without sense, bent ones, and noise. */
import type { Bytes } from '../../shared/base/bytes.ts';
import { randomBelow, type Rng } from '../../shared/base/rng.ts';
import { peerIdFrom } from '../../shared/protocol/ids.ts';
import { encode, type PeerMessage } from '../../shared/protocol/peer-message.ts';

/** One in so many frames is bent or noise, most of which end the link: so that much is heard before that. */
const STRANGE_ONE_IN = 400;

/** One in so many asks for chunks, each of which costs 8 KiB on the way back. */
const ASKING_ONE_IN = 200;

/** The next frame for a share of so many groups. */
export function strangeFrame(rng: Rng, groups: number): Bytes {
	const sensible = encode(message(rng, groups));
	if (randomBelow(rng, STRANGE_ONE_IN) > 0) return sensible;
	return randomBelow(rng, 2) === 0 ? bent(rng, sensible) : noise(rng, 1 + randomBelow(rng, 300));
}

/** `length` bytes of no meaning. */
export function noise(rng: Rng, length: number): Bytes {
	return Uint8Array.from({ length }, () => randomBelow(rng, 256));
}

function bent(rng: Rng, frame: Bytes): Bytes {
	const cut = frame.slice(0, 1 + randomBelow(rng, frame.length));
	for (let k = randomBelow(rng, 4); k >= 0; k--) cut[randomBelow(rng, cut.length)] = randomBelow(rng, 256);
	return cut;
}

function message(rng: Rng, groups: number): PeerMessage {
	const group = randomBelow(rng, groups);
	const first = Uint8Array.of(1 << randomBelow(rng, 8), ...new Uint8Array(15)); // of eight chunks that each group has
	if (randomBelow(rng, ASKING_ONE_IN) === 0) return { type: 'request', group, dueInMs: randomBelow(rng, 10_000), chunks: first };
	switch (randomBelow(rng, 14)) {
		case 0: return { type: 'ping', token: randomBelow(rng, 2 ** 32) };
		case 1: return { type: 'pong', token: randomBelow(rng, 2 ** 32) };
		case 2: return { type: 'have', group };
		case 3: return { type: 'have-chunks', group, chunks: first };
		case 4: return { type: 'cancel', group, chunks: noise(rng, 16) };
		case 5: return { type: 'busy', group, chunks: first };
		case 6: return { type: 'position', ms: randomBelow(rng, 2 ** 32), playing: randomBelow(rng, 2) === 0 };
		case 7: return { type: 'peers', peers: [peerIdFrom(noise(rng, 16))] };
		case 8: return { type: 'attachment', attachment: randomBelow(rng, 40), of: 'part', part: randomBelow(rng, 99), bytes: noise(rng, 20) };
		case 9: return { type: 'want-attachment', attachment: 1 + randomBelow(rng, 200), of: 'list', part: randomBelow(rng, 99) };
		case 10: return { type: 'proof', group, certificate: { form: 'signature', bytes: noise(rng, 64) }, leaves: noise(rng, 64) };
		case 11: return { type: 'chunk', index: group * 128, bytes: new Uint8Array(8192) };
		case 12: return { type: 'have-all', revision: randomBelow(rng, 9) };
		default: return { type: 'have-map', groups: Uint8Array.of(randomBelow(rng, 1 << groups)) };
	}
}
