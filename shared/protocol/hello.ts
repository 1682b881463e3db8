/**
 * The first frame each side of a transport sends, and what makes it count: a MAC under the auth key over both peers and
 * both ends of the transport. Nobody without the link joins, and a tracker that swaps fingerprints cannot sit in the
 * middle. PROTOCOL.md §5.
 */
import { concat, equalBytes, type Bytes } from '../base/bytes.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { utf8 } from '../base/text.ts';
import { idBytes, type PeerId, type ShareId } from './ids.ts';
import { HASH_BYTES } from './limits.ts';
import { decode, encode, signedPartOfHello, type PeerMessage } from './peer-message.ts';
import type { Crypto } from './primitives.ts';

/** Version of the peer protocol, the first byte of a hello's body. */
export const PEER_VERSION = 1;

/** Bit of a hello's features: its sender came to see what the share is, not for the film; screens do not show it. */
export const VISITS = 1;

const CONTEXT = utf8('streamlet hello v1');

/**
 * Who greets whom over what. A binding is 32 bytes that only this transport has: the SHA-256 fingerprint of that end's
 * DTLS certificate on a data channel, that end's fresh nonce elsewhere.
 */
export interface Greeting {
	readonly share: ShareId;
	readonly sender: PeerId;
	readonly receiver: PeerId;
	readonly senderBinding: Bytes;
	readonly receiverBinding: Bytes;
}

/** A hello that was checked. */
export type Hello = Extract<PeerMessage, { type: 'hello' }>;

/**
 * Why a hello does not count. `wrong-peer`: not who signalling named, or ourselves. `bad-mac`: its sender does not have
 * the link, or somebody sits in the middle.
 */
export type HelloFault = 'malformed' | 'version' | 'wrong-peer' | 'bad-mac';

/** The frame to send. */
export async function makeHello(
	crypto: Crypto, authKey: Bytes, greeting: Greeting, about: { readonly name: string; readonly features: number },
): Promise<Bytes> {
	const blank = { type: 'hello', version: PEER_VERSION, peer: greeting.sender, mac: new Uint8Array(HASH_BYTES) } as const;
	const frame = encode({ ...blank, ...about });
	frame.set(await mac(crypto, authKey, greeting, frame), frame.length - HASH_BYTES);
	return frame;
}

/** Whether a frame that came is the hello of `greeting.sender` to `greeting.receiver`, us. */
export async function checkHello(
	crypto: Crypto, authKey: Bytes, greeting: Greeting, frame: Bytes,
): Promise<Result<Hello, HelloFault>> {
	const message = decode(frame);
	if (!message.ok || message.value.type !== 'hello') return fail('malformed');
	const hello = message.value;
	if (hello.version !== PEER_VERSION) return fail('version');
	if (hello.peer !== greeting.sender || hello.peer === greeting.receiver) return fail('wrong-peer');
	const expected = await mac(crypto, authKey, greeting, frame);
	return equalBytes(hello.mac, expected) ? ok(hello) : fail('bad-mac');
}

/**
 * The 32 bytes of the certificate's fingerprint in a session description; undefined unless there is one, it is SHA-256,
 * and all lines that name one agree. A browser takes a connection that fits any of them, so a stranger's line beside
 * the right one must not pass.
 */
export function fingerprintFromSdp(sdp: string): Bytes | undefined {
	const lines = sdp.split(/[\r\n]+/).filter((line) => /fingerprint/i.test(line));
	const prints = lines.map(fingerprintIn);
	const [first] = prints;
	return first && prints.every((print) => print && equalBytes(print, first)) ? first : undefined;
}

function fingerprintIn(line: string): Bytes | undefined {
	const [, hex] = /^a=fingerprint:sha-256 ((?:[0-9a-f]{2}:){31}[0-9a-f]{2})$/i.exec(line) ?? [];
	return hex === undefined ? undefined : Uint8Array.from(hex.split(':'), (byte) => Number.parseInt(byte, 16));
}

function mac(crypto: Crypto, authKey: Bytes, greeting: Greeting, frame: Bytes): Promise<Bytes> {
	const { share, sender, receiver, senderBinding, receiverBinding } = greeting;
	const ends = [idBytes(share), idBytes(sender), idBytes(receiver), senderBinding, receiverBinding];
	return crypto.hmacSha256(authKey, concat(CONTEXT, ...ends, signedPartOfHello(frame)));
}
