/**
 * The descriptors that one tracker is to keep for us: each share's latest, said until it is kept. A revoked one is the
 * last: nothing older ever follows it, however late it comes, and once the tracker has it the share is forgotten.
 */
import type { Bytes } from '../base/bytes.ts';
import { SECOND, type Ms } from '../base/units.ts';
import type { DescriptorClaims } from '../protocol/descriptor.ts';
import type { ShareId } from '../protocol/ids.ts';
import type { Refusal } from '../protocol/tracker-message.ts';
import type { Clock } from '../ports/clock.ts';

/** What a tracker had no time or room for is said again after this long: it checks one descriptor a second. */
const AGAIN_MS: Ms = 5 * SECOND;

/** A descriptor as far as it matters here. */
export type Published = Pick<DescriptorClaims, 'revision' | 'state' | 'bytes'>;

/** What a publisher needs. */
export interface PublisherInit {
	readonly clock: Clock;
	/** Says it to the tracker, if the line is up. */
	readonly say: (share: ShareId, descriptor: Bytes) => void;
	/** The tracker keeps this revision. */
	readonly kept: (share: ShareId, revision: number) => void;
	/** The tracker knows that the share was stopped for good: there is no more to say of it. */
	readonly over: (share: ShareId) => void;
}

/** What is published at one tracker. */
export class Publisher {
	readonly #init: PublisherInit;
	readonly #latest = new Map<ShareId, Published>();
	readonly #revoked = new Set<ShareId>();
	/** What has to be said again, and what ends the wait for it. */
	readonly #unheard = new Set<ShareId>();
	#cancelAgain: (() => void) | undefined;

	constructor(init: PublisherInit) { this.#init = init; }

	/** Takes the place of an older one, never of a revoked one. */
	publish(share: ShareId, descriptor: Published): void {
		const before = this.#latest.get(share);
		if (this.#revoked.has(share) || (before && before.revision > descriptor.revision)) return;
		if (descriptor.state === 'revoked') this.#revoked.add(share);
		this.#latest.set(share, descriptor);
		this.#init.say(share, descriptor.bytes);
	}

	/** The line is new: the tracker may have forgotten, or was never told. */
	sayAll(): void {
		this.#unheard.clear();
		for (const [share, { bytes }] of this.#latest) this.#init.say(share, bytes);
	}

	/** The tracker keeps a revision. */
	heard(share: ShareId, revision: number): void {
		const latest = this.#latest.get(share);
		if (latest?.state === 'revoked' && revision >= latest.revision) this.#forget(share);
		this.#init.kept(share, revision);
	}

	/** The tracker did not keep what was published: it is said again where that helps. */
	refused(share: ShareId, code: Refusal): void {
		const latest = this.#latest.get(share);
		if (!latest) return;
		if (code === 'revoked') {
			this.#forget(share);
			if (latest.state === 'revoked') this.#init.kept(share, latest.revision);
		} else if (code === 'too-fast' || code === 'unavailable') {
			this.#unheard.add(share);
			this.#cancelAgain ??= this.#init.clock.after(AGAIN_MS, () => this.#sayAgain());
		}
	}

	/** Nothing is said again. */
	close(): void { this.#cancelAgain?.(); }

	#forget(share: ShareId): void {
		this.#latest.delete(share);
		this.#init.over(share);
	}

	#sayAgain(): void {
		this.#cancelAgain = undefined;
		const shares = [...this.#unheard];
		this.#unheard.clear();
		for (const share of shares) {
			const latest = this.#latest.get(share);
			if (latest) this.#init.say(share, latest.bytes);
		}
	}
}
