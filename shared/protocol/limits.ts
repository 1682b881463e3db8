/** Sizes and bounds that every implementation shares. PROTOCOL.md is normative; a change here is a change there. */
import { MIB } from '../base/units.ts';

/** Bytes of a chunk (the last may be shorter): what is hashed, asked for and counted. */
export const CHUNK_BYTES = 8192;

/** Chunks of a group: a power of two, so that a group's root is a node of the whole tree (RFC 9162 §2.1). */
export const GROUP_CHUNKS = 128;

/** Bytes of a group, 1 MiB: what one proof covers and the store reads and writes at once. */
export const GROUP_BYTES = CHUNK_BYTES * GROUP_CHUNKS;

/** Groups of a share: its map of held groups fits one 16 KiB frame. 128 GiB. */
export const MAX_GROUPS = 131_072;

/** Bytes of a share. */
export const MAX_SHARE_BYTES = MAX_GROUPS * GROUP_BYTES;

/** Bytes of a SHA-256 hash. */
export const HASH_BYTES = 32;

/** Bytes of a whole descriptor: it fits one frame and one tracker message. */
export const MAX_DESCRIPTOR_BYTES = 16_384;

/** Bytes of one part of an attachment as it travels (sealed); the last may be shorter. */
export const PART_BYTES = 16_384;

/** Bytes that sealing adds to a part: a 12-byte nonce before, a 16-byte tag behind. */
export const SEAL_BYTES = 28;

/** Parts of an attachment that the descriptor names by itself; from one more on, it names lists of them. */
export const DIRECT_PARTS = 8;

/** Hashes in one list of parts: it fits one part. */
export const LIST_PARTS = PART_BYTES / HASH_BYTES;

/** Lists of one attachment: 64 × 512 parts are 512 MiB, some 30 000 hours of index pages. */
export const MAX_LISTS = 64;

/** Attachments of a share: index, pages, roots, poster, storyboard and two dozen subtitles. */
export const MAX_ATTACHMENTS = 32;

/** Bytes of a signal that peers or the tracker relay: an SDP offer of a data channel is under 1 KiB. */
export const MAX_SIGNAL_BYTES = 16_384;

/**
 * Chunks that one frame may carry, neighbours of one group: with 64 KiB a message, data channels carry a third more for
 * three quarters of the processor time; with 128 KiB no more than with 8 (engine/NOTES.md §5).
 */
export const MAX_RUN_CHUNKS = 8;

/** Bytes of a frame: a run of chunks with its header. */
export const MAX_FRAME_BYTES = MAX_RUN_CHUNKS * CHUNK_BYTES + 64;

/** Peers named in one exchange. */
export const MAX_EXCHANGED_PEERS = 64;

/** Letters of a person's name that a tracker takes (PROTOCOL.md §6); in UTF-8 they may be more than peers take. */
export const MAX_NAME_LENGTH = 32;

/** UTF-8 bytes of a person's name. */
export const MAX_NAME_BYTES = 96;

/** Bytes of a statement that lists a share: 42 of head, link key, name with its length, signature. */
export const MAX_LISTING_BYTES = 235;

/** Entries of the catalogue in one answer of a tracker. */
export const MAX_PAGE_ENTRIES = 24;

/** UTF-8 characters of a title. */
export const MAX_TITLE_LENGTH = 300;

/** Bytes of media in memory at once for groups on their way, per share: 32 groups. */
export const HOT_BYTES = 32 * MIB;
