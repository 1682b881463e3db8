/** Names of things: of shares, peers, chunks and links. A branded value was checked where it was made. */
import { fromBase64url, base64url } from '../base/text.ts';
import type { Bytes } from '../base/bytes.ts';
import { CHUNK_BYTES, GROUP_BYTES, GROUP_CHUNKS } from './limits.ts';

/** 16 bytes as base64url, 22 characters: the first half of SHA-256(share's public key). */
export type ShareId = string & { readonly __brand: 'ShareId' };

/** 16 random bytes as base64url, 22 characters: one page load, or one run of a bridge. */
export type PeerId = string & { readonly __brand: 'PeerId' };

/** A connected peer as one engine knows it. Never reused. */
export type LinkId = number & { readonly __brand: 'LinkId' };

/** Bytes of a share's or a peer's id. */
export const ID_BYTES = 16;

/** The id that `text` spells, or undefined. There is one spelling: stray bits make it another text. */
export function parseShareId(text: string): ShareId | undefined {
	return isId(text) ? (text as ShareId) : undefined;
}

/** The id that `text` spells, or undefined. */
export function parsePeerId(text: string): PeerId | undefined {
	return isId(text) ? (text as PeerId) : undefined;
}

/** The id with these 16 bytes. */
export function peerIdFrom(bytes: Uint8Array): PeerId {
	return base64url(bytes) as PeerId;
}

/** The id with these 16 bytes. */
export function shareIdFrom(bytes: Uint8Array): ShareId {
	return base64url(bytes) as ShareId;
}

/** The 16 bytes of an id. */
export function idBytes(id: ShareId | PeerId): Bytes {
	return fromBase64url(id) ?? new Uint8Array(ID_BYTES);
}

function isId(text: string): boolean {
	return text.length === 22 && fromBase64url(text)?.length === ID_BYTES;
}

/** The shape of a stream of bytes: how many chunks and groups, and how long the last ones are. */
export class Layout {
	readonly size: number;
	readonly chunks: number;
	readonly groups: number;

	/** @param size - bytes of the whole stream, 1 to `MAX_SHARE_BYTES` */
	constructor(size: number) {
		this.size = size;
		this.chunks = Math.ceil(size / CHUNK_BYTES);
		this.groups = Math.ceil(size / GROUP_BYTES);
	}

	/** Chunks of group `group`: 128, or fewer in the last. */
	chunksIn(group: number): number { return Math.min(GROUP_CHUNKS, this.chunks - group * GROUP_CHUNKS); }
	/** Bytes of group `group`: 1 MiB, or fewer in the last. */
	bytesIn(group: number): number { return Math.min(GROUP_BYTES, this.size - group * GROUP_BYTES); }
	/** Bytes of chunk `index`: 8192, or fewer in the last. */
	chunkBytes(index: number): number { return Math.min(CHUNK_BYTES, this.size - index * CHUNK_BYTES); }
	/** Whether there is a group of that number. */
	hasGroup(group: number): boolean { return group >= 0 && group < this.groups; }
	/** Whether there is a chunk of that number. */
	hasChunk(index: number): boolean { return index >= 0 && index < this.chunks; }
	/** Whether there are so many chunks from `first` on, all of one group. */
	hasRun(first: number, count: number): boolean {
		const last = first + count - 1;
		const isOneGroup = Math.floor(first / GROUP_CHUNKS) === Math.floor(last / GROUP_CHUNKS);
		return this.hasChunk(first) && this.hasChunk(last) && isOneGroup;
	}

	/** Bytes of a run of chunks: all are whole but for the share's last. */
	runBytes(first: number, count: number): number {
		return Math.min(count * CHUNK_BYTES, this.size - first * CHUNK_BYTES);
	}
}
