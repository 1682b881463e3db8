/**
 * Pulls a small film apart: its chunks of samples land at even distances over a huge sparse file, the index at the end,
 * with 64-bit offsets. It costs the disk what the small film costs.
 */
import { open, readFile } from 'node:fs/promises';

interface Box { readonly type: string; readonly start: number; readonly body: number; readonly end: number }

const PARENTS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);

/** @param size - bytes of the file to make */
export async function spreadOut(from: string, to: string, size: number): Promise<void> {
	const film = await readFile(from);
	const top = boxes(film, 0, film.length);
	const moov = top.find((box) => box.type === 'moov')!;
	const ftyp = top.find((box) => box.type === 'ftyp')!;
	const offsets = [...new Set(chunkOffsets(film, moov))].sort((a, b) => a - b);
	const mdat = top.find((box) => box.type === 'mdat')!;
	const dataStart = ftyp.end + 16;
	const room = size - dataStart - 4 * moov.end;
	const moved = new Map(offsets.map((old, k) => [old, dataStart + Math.floor((room / offsets.length) * k)]));
	const index = rewrite(film, moov, moved);
	const file = await open(to, 'w');
	try {
		await file.truncate(size);
		await file.write(film.subarray(ftyp.start, ftyp.end), 0, ftyp.end - ftyp.start, 0);
		await file.write(bigMdat(size - index.length - ftyp.end), 0, 16, ftyp.end);
		for (const [k, old] of offsets.entries()) {
			const end = offsets[k + 1] ?? mdat.end;
			await file.write(film, old, end - old, moved.get(old));
		}
		await file.write(index, 0, index.length, size - index.length);
	} finally {
		await file.close();
	}
}

function boxes(bytes: Buffer, from: number, to: number): Box[] {
	const found: Box[] = [];
	for (let at = from; at < to;) {
		const end = at + bytes.readUInt32BE(at);
		found.push({ type: bytes.toString('latin1', at + 4, at + 8), start: at, body: at + 8, end });
		at = end;
	}
	return found;
}

function chunkOffsets(bytes: Buffer, box: Box): number[] {
	if (box.type === 'stco') {
		const count = bytes.readUInt32BE(box.body + 4);
		return Array.from({ length: count }, (_, k) => bytes.readUInt32BE(box.body + 8 + 4 * k));
	}
	return PARENTS.has(box.type) ? boxes(bytes, box.body, box.end).flatMap((child) => chunkOffsets(bytes, child)) : [];
}

/** The box with every `stco` turned into a `co64` of the new offsets. */
function rewrite(bytes: Buffer, box: Box, moved: ReadonlyMap<number, number>): Buffer {
	if (box.type === 'stco') {
		const offsets = chunkOffsets(bytes, box);
		const body = Buffer.alloc(8 + 8 * offsets.length);
		body.writeUInt32BE(offsets.length, 4);
		for (const [k, old] of offsets.entries()) body.writeBigUInt64BE(BigInt(moved.get(old)!), 8 + 8 * k);
		return boxed('co64', body);
	}
	if (!PARENTS.has(box.type)) return bytes.subarray(box.start, box.end);
	return boxed(box.type, Buffer.concat(boxes(bytes, box.body, box.end).map((child) => rewrite(bytes, child, moved))));
}

function boxed(type: string, body: Buffer): Buffer {
	const head = Buffer.alloc(8);
	head.writeUInt32BE(8 + body.length, 0);
	head.write(type, 4, 'latin1');
	return Buffer.concat([head, body]);
}

function bigMdat(size: number): Buffer {
	const head = Buffer.alloc(16);
	head.writeUInt32BE(1, 0);
	head.write('mdat', 4, 'latin1');
	head.writeBigUInt64BE(BigInt(size), 8);
	return head;
}
