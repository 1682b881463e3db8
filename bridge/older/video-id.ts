/** How the second older system names a film: by a hash of its beginning. */
import type { Hash } from 'node:crypto';

/** What ids are made from. */
export const HASHED_BYTES = 2 ** 20;

/** What an id looks like. */
export const VIDEO_ID = /^[\da-f]{16}$/;

/** The first 16 hex digits of the MD5 of the first mebibyte. */
export function videoIdOf(beginning: Hash): string { return beginning.digest('hex').slice(0, 16); }
