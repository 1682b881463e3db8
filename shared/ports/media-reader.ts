/**
 * Verified, decrypted bytes of one share, by offset: all that playback and the index builder know of where a film comes
 * from. Behind it is a swarm, a file or a test. (`base/bytes.ts` has the `ByteReader` of wire formats: another thing.)
 */
import type { Bytes } from '../base/bytes.ts';
import type { Result } from '../base/result.ts';
import type { Ms } from '../base/units.ts';

/**
 * Why bytes did not come. `gone`: the file vanished. `changed`: it is not what was signed. `closed`: the share ended.
 */
export type ReadFault = 'cancelled' | 'gone' | 'changed' | 'closed';

/** A read on its way. */
export interface PendingRead {
	/** Exactly the bytes asked for, in memory that is the caller's. Settles once all are here, or with the reason. */
	readonly bytes: Promise<Result<Bytes, ReadFault>>;
	/** The playhead moved: the bytes are needed `inMs` from now. */
	due(inMs: Ms): void;
	/** Nobody wants them any more: `bytes` settles as `cancelled` unless it has settled. Idempotent. */
	cancel(): void;
}

/** Reads any range of a share. Reads may overlap each other in time and in bytes. */
export interface MediaReader {
	/** Bytes of the share. */
	readonly size: number;
	/**
	 * Asks for a range inside the share.
	 *
	 * @param dueInMs - when the playhead will need it, from now; 0: it waits already
	 */
	read(offset: number, length: number, dueInMs: Ms): PendingRead;
}
