/**
 * Films' ids as the second older system has them. Each takes a film's first mebibyte, so it is found once, in the
 * background, a few at a time, and kept: what a program got from us on another day is known as ours, too.
 */
import { createHash } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import type { Bytes } from '../../shared/base/bytes.ts';
import { defer } from '../../shared/base/deferred.ts';
import { SECOND, type Ms } from '../../shared/base/units.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import { parseShareId, type ShareId } from '../../shared/protocol/ids.ts';
import { HASHED_BYTES, VIDEO_ID, videoIdOf } from './video-id.ts';

/** Films that are looked into at once. */
const MAX_AT_ONCE = 2;

/** Whoever asks waits this long for those that are being looked into. */
const PATIENCE: Ms = 2 * SECOND;

/** A film whose beginning nobody had is looked into again after this long. */
const AGAIN_AFTER: Ms = 5 * SECOND;

/** Ids that are kept, the newest: a catalogue's worth. */
const MAX_KEPT = 10_000;

/** What ids are found with. */
export interface VideoIdsInit {
	readonly clock: Clock;
	/** Where they are kept, a line each. */
	readonly path: string;
	/** The first bytes of a film; undefined: not to be had now. */
	readonly beginning: (share: ShareId, bytes: number) => Promise<Bytes | undefined>;
}

/** Of one process. */
export class VideoIds {
	readonly #init: VideoIdsInit;
	readonly #found: Map<ShareId, string>;
	/** All there ever were. */
	readonly #ever: Set<string>;
	readonly #waiting = new Set<ShareId>();
	readonly #running = new Map<ShareId, Promise<void>>();
	readonly #failedAt = new Map<ShareId, Ms>();

	private constructor(init: VideoIdsInit, found: Map<ShareId, string>) {
		this.#init = init;
		this.#found = found;
		this.#ever = new Set(found.values());
	}

	/** With those that former runs found. A file that cannot be read is as if it were not there. */
	static async open(init: VideoIdsInit): Promise<VideoIds> {
		const text = await readFile(init.path, 'utf8').catch(() => '');
		const found = text.split('\n').flatMap((line): [ShareId, string][] => {
			const [share = '', videoId = ''] = line.split(' ');
			const id = parseShareId(share);
			return id && VIDEO_ID.test(videoId) ? [[id, videoId]] : [];
		});
		return new VideoIds(init, new Map(found.slice(-MAX_KEPT)));
	}

	/** Whether a film of this id is, or ever was, one of ours. */
	has(videoId: string): boolean { return this.#ever.has(videoId); }

	/** The ids of films, undefined where one is not known yet. Those are looked into, whether somebody waits or not. */
	async of(shares: readonly ShareId[]): Promise<readonly (string | undefined)[]> {
		for (const share of shares) this.#want(share);
		const { promise: late, resolve } = defer<undefined>();
		let isLate = false;
		const cancel = this.#init.clock.after(PATIENCE, () => {
			isLate = true;
			resolve(undefined);
		});
		const hasPassed = (): boolean => isLate;
		const isMissing = (share: ShareId) => this.#waiting.has(share) || this.#running.has(share);
		while (!hasPassed() && shares.some(isMissing)) await Promise.race([late, ...this.#running.values()]);
		cancel();
		return shares.map((share) => this.#found.get(share));
	}

	#want(share: ShareId): void {
		const failedAt = this.#failedAt.get(share) ?? -Infinity;
		if (this.#found.has(share) || this.#running.has(share)) return;
		if (this.#init.clock.now() - failedAt < AGAIN_AFTER) return;
		this.#waiting.add(share);
		this.#next();
	}

	#next(): void {
		const [share] = this.#waiting;
		if (share === undefined || this.#running.size >= MAX_AT_ONCE) return;
		this.#waiting.delete(share);
		this.#running.set(share, this.#lookInto(share).then(() => {
			this.#running.delete(share);
			this.#next();
		}));
		this.#next();
	}

	async #lookInto(share: ShareId): Promise<void> {
		const bytes = await this.#init.beginning(share, HASHED_BYTES);
		if (!bytes) return void this.#failedAt.set(share, this.#init.clock.now());
		const videoId = videoIdOf(createHash('md5').update(bytes));
		this.#failedAt.delete(share);
		this.#found.set(share, videoId);
		this.#ever.add(videoId);
		await appendFile(this.#init.path, `${share} ${videoId}\n`, { mode: 0o600 }).catch(() => undefined); // found anew then
	}
}
