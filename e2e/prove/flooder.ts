/**
 * A connection that keeps no rule: it sends frames as fast as the network takes them, and goes on after the goodbye.
 * A WebSocket library would stop there, so this one writes its frames by hand (RFC 6455 §5.2).
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Frames written at once: enough to be fast, few enough to notice the end. */
const BATCH = 500;

const UPGRADE = [
	'GET /ws HTTP/1.1', 'Host: flood', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13',
	'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '', '',
].join('\r\n');

/** What came of one connection. `closed`: the close code. `codes`: of the refusals it got, each once, in order. */
export interface Flooded {
	readonly sent: number;
	readonly closed: number | undefined;
	readonly codes: readonly string[];
}

/** A message, so many times, from one loopback address. */
export interface Flood { readonly message: string; readonly count: number; readonly from: string }

/** Sends until all is sent or the connection is cut, then waits for its end. */
export async function flood(port: number, { message, count, from }: Flood): Promise<Flooded> {
	const socket = connect({ port, host: '127.0.0.1', localAddress: from });
	const heard = hear(socket);
	const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
	socket.write(UPGRADE);
	await Promise.race([once(socket, 'data'), ended]);
	const each = frame(message);
	const batches = new Map<number, Buffer>();
	let sent = 0;
	while (sent < count && !socket.destroyed) {
		const size = Math.min(BATCH, count - sent);
		const batch = batches.get(size) ?? Buffer.concat(Array.from({ length: size }, () => each));
		batches.set(size, batch);
		if (!socket.write(batch)) await Promise.race([once(socket, 'drain').catch(() => undefined), ended]);
		sent += size;
	}
	await ended;
	return { sent, ...read(Buffer.concat(heard)) };
}

/** Keeps the first of what comes; the tracker says at most a few hundred short things to one who floods it. */
function hear(socket: Socket): Buffer[] {
	const heard: Buffer[] = [];
	socket.on('error', () => {}); // 'close' always follows it
	socket.on('data', (bytes) => heard.push(bytes));
	return heard;
}

/** One text frame, masked with zeros, as a client must. */
function frame(text: string): Buffer {
	const body = Buffer.from(text);
	const head = body.length < 126 ? Buffer.alloc(6) : body.length < 65_536 ? Buffer.alloc(8) : Buffer.alloc(14);
	head[0] = 0x81;
	if (head.length === 6) head[1] = 0x80 | body.length;
	else if (head.length === 8) {
		head[1] = 0xfe;
		head.writeUInt16BE(body.length, 2);
	} else {
		head[1] = 0xff;
		head.writeBigUInt64BE(BigInt(body.length), 2);
	}
	return Buffer.concat([head, body]);
}

/** The refusals and the close code in what a server sent after its handshake. */
function read(bytes: Buffer): Pick<Flooded, 'closed' | 'codes'> {
	const codes = new Set<string>();
	let closed: number | undefined;
	const handshake = bytes.indexOf('\r\n\r\n');
	for (let at = handshake < 0 ? bytes.length : handshake + 4; at + 2 <= bytes.length;) {
		const isLong = bytes[at + 1] === 126;
		const body = at + (isLong ? 4 : 2);
		const end = body + (isLong ? bytes.readUInt16BE(at + 2) : bytes[at + 1]!);
		if (bytes[at] === 0x88) closed = bytes.readUInt16BE(body);
		const said = bytes[at] === 0x81 ? JSON.parse(bytes.toString('utf8', body, end)) as { code?: string } : {};
		if (said.code !== undefined) codes.add(said.code);
		at = end;
	}
	return { closed, codes: [...codes] };
}
